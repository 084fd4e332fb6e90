import { beforeAll, describe, expect, it } from "vitest";
import { edit, regenerate } from "../../support/branches.ts";
import { newChat, say } from "../../support/chats.ts";
import { type Body, platformUrl, type SignedIn, signUp } from "../../support/client.ts";
import { newDocument } from "../../support/documents.ts";
import { readyFile, settled } from "../../support/files.ts";
import { countCalls, query } from "../../support/postgres.ts";
import { allEvents } from "../../support/sse.ts";

const LEASE = ["The rent is $1,500 a month."];

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

const ask = async (chatId: string, body: object) => {
  const { status, body: turn } = await ada.post(`/chats/${chatId}/messages`, body);
  expect(status, JSON.stringify(turn)).toBe(200);
  return turn;
};
const messagesOf = async (chatId: string): Promise<Body[]> =>
  (await ada.get(`/chats/${chatId}/messages`)).body;
const filesOf = (messages: Body[]) => messages.map(({ files }) => files.map(({ id }: Body) => id));
const shown = (id: string, name: string) => ({ id, name, status: "ready" });

describe("the attachments of a message", () => {
  it("are shown wherever the message is", async () => {
    const [lease, nda] = [
      await newDocument(ada, LEASE, { name: "lease_2024*.pdf" }),
      await newDocument(ada, LEASE, { name: "nda.pdf" }),
    ];
    const chatId = await newChat(ada, { auto_title: false });
    const body = {
      content: "What is the rent?",
      file_ids: [nda],
      file_url: `/files/${lease}/content`,
    };
    const turn = await ask(chatId, body);
    const files = [shown(nda, "nda.pdf"), shown(lease, "lease_2024*.pdf")];
    expect(turn.user_message).toMatchObject({ type: "user", role: "user", files });
    expect(turn.ai_response).toMatchObject({ type: "bot", role: "assistant", files: [] });
    const stored = await messagesOf(chatId);
    expect(stored).toEqual([turn.user_message, turn.ai_response]);
    expect((await ada.get(`/chats/${chatId}`)).body.messages).toEqual(stored);
    expect((await ada.get(`/chats/${chatId}/export?format=json`)).body.messages).toEqual(stored);
    const { body: markdown } = await ada.get(`/chats/${chatId}/export?format=markdown`);
    expect(markdown).toContain("\n*Attached: nda.pdf, lease\\_2024\\*.pdf.*\n");
  });

  it("are in the events of the turn", async () => {
    const lease = await newDocument(ada, LEASE);
    const init = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ content: "What is the rent?", file_ids: [lease], stream: true }),
    };
    const events = await allEvents(await ada.fetch("/chat", init));
    const message = (name: string) => events.find((event) => event.name === name)?.data.message;
    expect(message("user_message").files).toEqual([shown(lease, "lease.pdf")]);
    expect(message("user_message").role).toBe("user");
    expect(message("ai_message_complete")).toMatchObject({ role: "assistant", files: [] });
  });

  it("are its own: not those of the messages above it, but one that is attached again", async () => {
    const [lease, nda] = [await newDocument(ada, LEASE), await newDocument(ada, LEASE)];
    const chatId = await newChat(ada, { auto_title: false });
    await ask(chatId, { content: "First", file_ids: [lease] });
    await ask(chatId, { content: "Second" });
    await say(ada, chatId, "A note.");
    await ask(chatId, { content: "Third", file_ids: [nda, lease] });
    expect(filesOf(await messagesOf(chatId))).toEqual([[lease], [], [], [], [], [nda, lease], []]);
  });

  it("stay with an edited message, and with one that is answered again", async () => {
    const [lease, nda] = [await newDocument(ada, LEASE), await newDocument(ada, LEASE)];
    const chatId = await newChat(ada, { auto_title: false });
    await ask(chatId, { content: "First", file_ids: [lease] });
    const { user_message: message, ai_response: answer } = await ask(chatId, {
      content: "Second",
      file_ids: [nda, lease],
    });
    await regenerate(ada, answer.id);
    expect(filesOf(await messagesOf(chatId))).toEqual([[lease], [], [nda, lease], []]);
    await edit(ada, message.id, { content: "Edited" });
    expect(filesOf(await messagesOf(chatId))).toEqual([[lease], [], [nda, lease], []]);
    await edit(ada, message.id, { content: "Without", file_ids: [] });
    expect(filesOf(await messagesOf(chatId))).toEqual([[lease], [], [], []]);
  });

  it("of messages that an earlier version stored are those that their parent does not have", async () => {
    const [lease, nda] = [await newDocument(ada, LEASE), await newDocument(ada, LEASE)];
    const chatId = await newChat(ada, { auto_title: false });
    await ask(chatId, { content: "First", file_ids: [lease] });
    await ask(chatId, { content: "Second", file_ids: [nda] });
    await query("UPDATE messages SET own_file_count = NULL WHERE chat_id = $1", [chatId]);
    const stored = await messagesOf(chatId);
    expect(filesOf(stored)).toEqual([[lease], [], [nda], []]);
    await edit(ada, stored[2].id, { content: "Edited" });
    expect(filesOf(await messagesOf(chatId))).toEqual([[lease], [], [nda], []]);
  });

  it("say so once a file is deleted, to a client that had the messages too", async () => {
    const lease = await newDocument(ada, LEASE);
    const chatId = await newChat(ada, { auto_title: false });
    await ask(chatId, { content: "The rent?", file_ids: [lease] });
    const etag = (await ada.get(`/chats/${chatId}/messages`)).headers.get("etag") ?? "";
    expect((await ada.delete(`/files/${lease}`)).status).toBe(204);
    const again = await ada.get(`/chats/${chatId}/messages`, { "if-none-match": etag });
    expect(again.body[0].files).toEqual([{ id: lease, name: null, status: "deleted" }]);
    const { body: markdown } = await ada.get(`/chats/${chatId}/export?format=markdown`);
    expect(markdown).toContain("*Attached: a deleted file.*");
  });

  it("never name another user's file", async () => {
    const eve = await signUp();
    const foreign = await newDocument(eve, LEASE, { name: "secret.pdf" });
    const chatId = await newChat(ada, { auto_title: false });
    await ask(chatId, { content: "Hello?" });
    // A row that the product would never write.
    await query(
      "UPDATE messages SET file_ids = ARRAY[$2::uuid], own_file_count = 1 WHERE chat_id = $1 AND type = 'user'",
      [chatId, foreign],
    );
    const { body } = await ada.get(`/chats/${chatId}/messages`);
    expect(body[0].files).toEqual([{ id: foreign, name: null, status: "deleted" }]);
    expect(JSON.stringify(body)).not.toContain("secret.pdf");
  });

  it("are read with the messages, in one trip", async () => {
    const files = await Promise.all([1, 2, 3].map(() => newDocument(ada, LEASE)));
    const chatId = await newChat(ada, { auto_title: false });
    for (const id of files) await ask(chatId, { content: "And this?", file_ids: [id] });
    for (const path of [`/chats/${chatId}/messages`, `/chats/${chatId}`]) {
      expect(await countCalls(ada.user.id, () => ada.get(path))).toBe(1);
    }
  });
});

describe("the status of an attachment", () => {
  it("reaches a client that has the messages from before", async () => {
    const eve = await signUp("Eve", platformUrl);
    const { id } = await readyFile(eve, "The rent is $1,500 a month.");
    const { body: turn } = await eve.post("/chat", { content: "The rent?", file_ids: [id] });
    const path = `/chats/${turn.chat_id}/messages`;
    const read = async (etag?: string) => {
      const { status, headers, body } = await eve.get(path, etag ? { "if-none-match": etag } : {});
      return { status, etag: headers.get("etag") ?? "", state: body?.[0].files[0].status };
    };
    // As if its first ingestion had failed.
    await query("UPDATE files SET status = 'failed', failure_code = 'damaged' WHERE id = $1", [id]);
    const failed = await read();
    expect(failed.state).toBe("failed");
    expect((await read(failed.etag)).status).toBe(304);
    expect((await eve.post(`/files/${id}/complete`)).status).toBe(200);
    expect((await read(failed.etag)).status).toBe(200);
    expect((await settled(eve, id)).status).toBe("ready");
    const ready = await read(failed.etag);
    expect(ready).toMatchObject({ status: 200, state: "ready" });
    expect((await read(ready.etag)).status).toBe(304);
  });
});
