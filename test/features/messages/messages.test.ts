import { beforeAll, describe, expect, it } from "vitest";
import { type Body, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { chatOf, newChat, runningTurn } from "../../support/chats.ts";
import { countCalls, injectFault, query } from "../../support/postgres.ts";
import { requestsContaining } from "../../support/provider.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

const store = (chatId: string, fields: object = {}) =>
  ada.post("/messages", { chat_id: chatId, type: "user", content: "Hello", ...fields });

describe("storing a message", () => {
  it("appends it to the current one, and makes it the current one", async () => {
    const { body: chat } = await ada.post("/chats", {});
    const first = await store(chat.id);
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      chat_id: chat.id,
      parent_id: null,
      type: "user",
      content: "Hello",
      status: "complete",
      file_name: null,
      file_url: null,
      metadata: {},
      sibling_ids: [first.body.id],
      sibling_count: 1,
    });
    const second = await store(chat.id, { type: "bot", content: "Good day" });
    expect(second.body.parent_id).toBe(first.body.id);
    const read = await ada.get(`/chats/${chat.id}`);
    expect(read.body.messages).toEqual([first.body, second.body]);
    expect(read.body).toMatchObject({ current_message_id: second.body.id, message_count: 2 });
    expect(read.body.updated_at).toBe(second.body.created_at);
    expect(read.body.auto_title).toBe(true);
  });

  it("keeps all that was sent, exactly", async () => {
    const id = await newChat(ada);
    const fields = {
      content: "  Line \ufeff\r\n\tΩ 👩‍⚖️ \u0007 e\u0301 'quoted' \\n $1 %s \u2028  ",
      file_name: "Lease – final (2).pdf",
      file_url: "https://files.example.com/lease.pdf?x=1&y=ü",
      metadata: { nested: { list: [1, 2.5, "three", null, true] }, "key with ~/": "", big: 1e21 },
    };
    const { body } = await store(id, fields);
    expect(body).toMatchObject(fields);
    expect((await ada.get(`/chats/${id}/messages`)).body).toEqual([body]);
  });

  it("generates nothing", async () => {
    const content = `quiet ${crypto.randomUUID()}`;
    await store(await newChat(ada), { content });
    expect(await requestsContaining(content)).toEqual([]);
  });

  it("takes one round trip", async () => {
    const id = await newChat(ada);
    expect(await countCalls(ada.user.id, () => store(id))).toBe(1);
  });

  it("accepts the longest allowed text, and no longer", async () => {
    const id = await newChat(ada);
    const longest = await store(id, { content: "𝒳".repeat(32_000) });
    expect(longest.status).toBe(201);
    const longer = await store(id, { content: "𝒳".repeat(32_001) });
    expectProblem(longer, 422, "validation_failed", "/content");
  });

  it.each([
    [{ type: "system" }, "/type"],
    [{ type: null }, "/type"],
    [{ content: "" }, "/content"],
    [{ content: " \n " }, "/content"],
    [{ content: null }, "/content"],
    [{ chat_id: "x" }, "/chat_id"],
    [{ file_url: "javascript:alert(1)" }, "/file_url"],
    [{ file_url: "/etc/passwd" }, "/file_url"],
    [{ file_name: "x".repeat(256) }, "/file_name"],
    [{ metadata: [] }, "/metadata"],
    [{ metadata: { text: "x".repeat(16_400) } }, "/metadata"],
    [{ status: "streaming" }, "/status"],
    [{ parent_id: null }, "/parent_id"],
    [{ id: "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10" }, "/id"],
  ])("is refused with %j", async (fields, pointer) => {
    const id = await newChat(ada);
    expectProblem(await store(id, fields), 422, "validation_failed", pointer);
    expect((await ada.get(`/chats/${id}`)).body.message_count).toBe(0);
  });

  it("reserves the server's own keys of metadata", async () => {
    const response = await store(await newChat(ada), { metadata: { usage: {} } });
    expectProblem(response, 422, "reserved_key", "/metadata/usage");
  });

  it("requires a body with a chat", async () => {
    expectProblem(await ada.post("/messages"), 422, "validation_failed", "/chat_id");
  });

  it("is refused in a chat that was deleted or never existed", async () => {
    const id = await newChat(ada);
    await ada.delete(`/chats/${id}`);
    expectProblem(await store(id), 404, "not_found");
    expectProblem(await store(crypto.randomUUID()), 404, "not_found");
  });

  it("waits for a running answer", async () => {
    const turn = await runningTurn(ada);
    const refused = await store(turn.chatId);
    expectProblem(refused, 409, "turn_in_progress");
    expect(refused.body.message_id).toBe(turn.answerId);
    await turn.finish();
    await turn.rest();
    const stored = await store(turn.chatId);
    expect(stored.body.parent_id).toBe(turn.answerId);
  });
});

describe("concurrently stored messages", () => {
  it("form one line, without losses or duplicates", async () => {
    const { id } = await chatOf(ada, 2);
    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, index) => store(id, { content: `at once ${index}` })),
    );
    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201));
    const { body } = await ada.get(`/chats/${id}`);
    expect(body).toMatchObject({ message_count: 22 });
    expect(body.messages).toHaveLength(22);
    body.messages.forEach((message: Body, index: number) => {
      expect(message.parent_id).toBe(body.messages[index - 1]?.id ?? null);
      expect(message.sibling_count).toBe(1);
    });
    const [row] = await query("SELECT version FROM chats WHERE id = $1", [id]);
    expect(row?.version).toBe("22");
  });

  it("are stored once each when the response of Postgres is lost", async () => {
    const id = await newChat(ada);
    const content = `lost ${crypto.randomUUID()}`;
    await injectFault({ contains: content, times: 1, kind: "cut_after_commit" });
    const stored = await store(id, { content });
    expect(stored.status).toBe(201);
    const { headers, body } = await ada.get(`/chats/${id}`);
    expect(body).toMatchObject({ message_count: 1, messages: [stored.body] });
    expect(headers.get("etag")).toBe('"2"');
  });
});
