import { beforeAll, describe, expect, it } from "vitest";
import { askedChat, edit, pathOf, promptsOf, regenerate, stream } from "../../support/branches.ts";
import { chatOf, newChat, runningTurn, say } from "../../support/chats.ts";
import { type Body, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { countCalls } from "../../support/postgres.ts";
import { script } from "../../support/provider.ts";
import { allEvents, textOf } from "../../support/sse.ts";

let ada: SignedIn;
let eve: SignedIn;
beforeAll(async () => {
  [ada, eve] = await Promise.all([signUp(), signUp()]);
});

describe("editing a user message", () => {
  it("adds the new one beside the old one, and answers it", async () => {
    const { chatId, marker, userMessage, answer } = await askedChat(ada);
    const path = `/chats/${chatId}/messages`;
    const second = (await ada.post(path, { content: `Second ${marker}` })).body;
    await ada.post(path, { content: `Third ${marker}` });
    await script({ tokens: ["Edited."] }, marker);
    const { status, body } = await edit(ada, second.user_message.id, { content: "Otherwise?" });
    expect(status).toBe(200);
    expect(body.user_message).toMatchObject({
      parent_id: answer.id,
      type: "user",
      content: "Otherwise?",
      sibling_ids: [second.user_message.id, body.user_message.id],
      sibling_count: 2,
    });
    expect(body.ai_response).toMatchObject({
      parent_id: body.user_message.id,
      content: "Edited.",
      sibling_ids: [body.ai_response.id],
    });
    const { body: chat } = await ada.get(`/chats/${chatId}`);
    expect(chat).toMatchObject({ current_message_id: body.ai_response.id, message_count: 8 });
    expect(chat.messages).toEqual([userMessage, answer, body.user_message, body.ai_response]);
    const expected = [userMessage.content, answer.content, "Otherwise?"];
    expect((await promptsOf(marker)).at(-1)).toEqual(expected);
  });

  it("that began the chat makes another first message, and the model sees nothing of the old one", async () => {
    const { chatId, marker, userMessage } = await askedChat(ada);
    const content = `Begin anew ${marker}`;
    const { body } = await edit(ada, userMessage.id, { content });
    expect(body.user_message).toMatchObject({
      parent_id: null,
      sibling_ids: [userMessage.id, body.user_message.id],
    });
    expect(await promptsOf(content)).toEqual([[content]]);
    expect(await pathOf(ada, chatId)).toEqual([body.user_message.id, body.ai_response.id]);
    const [old] = (await ada.get(`/chats/${chatId}/messages?before=${body.ai_response.id}`)).body;
    expect(old.sibling_count).toBe(2);
    const links = (await ada.get(`/chats/${chatId}/messages?limit=2`)).headers.get("link");
    expect(links).toBeNull();
  });

  it("streams the new message, and then its answer", async () => {
    const { chatId, marker, userMessage } = await askedChat(ada);
    await script({ tokens: ["One ", "two."] }, marker);
    const path = `/messages/${userMessage.id}`;
    const events = await allEvents(await stream(ada, "PATCH", path, { content: `New ${marker}` }));
    expect(events[0]).toMatchObject({ name: "user_message" });
    expect(events[0]?.data.message).toMatchObject({ content: `New ${marker}`, sibling_count: 2 });
    expect(textOf(events)).toBe("One two.");
    expect(events.at(-1)?.name).toBe("stream_complete");
    const { messages } = (await ada.get(`/chats/${chatId}`)).body;
    expect(messages).toEqual([events[0]?.data.message, events.at(-2)?.data.message]);
  });

  it("uses the body alone, and copies no omitted field", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const said = {
      file_name: "lease.pdf",
      file_url: "https://example.com/lease.pdf",
      metadata: { a: [1] },
    };
    const path = `/chats/${chatId}/messages`;
    const first = (await ada.post(path, { content: "See this", ...said })).body;
    const bare = await edit(ada, first.user_message.id, { content: "Never mind" });
    expect(bare.body.user_message).toMatchObject({ file_name: null, file_url: null, metadata: {} });
    const again = await edit(ada, bare.body.user_message.id, { content: "See this", ...said });
    expect(again.body.user_message).toMatchObject(said);
    expect(again.body.user_message.sibling_count).toBe(3);
  });

  it("works for a message without an answer, and off the active path", async () => {
    const { id: chatId, path } = await chatOf(ada, 5);
    const [, answerId, userMessageId = ""] = path;
    const { body } = await edit(ada, userMessageId, { content: "Aside" });
    expect((await pathOf(ada, chatId)).slice(0, 2)).toEqual(path.slice(0, 2));
    const last = await edit(ada, path[4] ?? "", { content: "At the end" });
    expect(last.body.user_message.parent_id).toBe(path[3]);
    expect(await pathOf(ada, chatId)).toEqual([
      ...path.slice(0, 4),
      last.body.user_message.id,
      last.body.ai_response.id,
    ]);
    expect(body.user_message.parent_id).toBe(answerId);
  });

  it("takes three round trips", async () => {
    const bob = await signUp();
    const { userMessage } = await askedChat(bob);
    const trips = await countCalls(bob.user.id, () => edit(bob, userMessage.id, { content: "?" }));
    expect(trips).toBe(3);
  });

  it("keeps both branches, and the chat switches to the newest leaf of a requested one", async () => {
    const { chatId, userMessage, answer } = await askedChat(ada);
    const path = `/chats/${chatId}/messages`;
    const second = (await ada.post(path, { content: "Second?" })).body;
    const newer = (await regenerate(ada, second.ai_response.id)).body.ai_response;
    const edited = (await edit(ada, userMessage.id, { content: "Otherwise?" })).body;
    const go = async (id: string) => {
      const { body } = await ada.patch(`/chats/${chatId}`, { current_message_id: id });
      return { to: body.current_message_id, count: body.message_count };
    };
    expect(await go(userMessage.id)).toEqual({ to: newer.id, count: 7 });
    const old = [userMessage.id, answer.id, second.user_message.id, newer.id];
    expect(await pathOf(ada, chatId)).toEqual(old);
    expect(await go(second.ai_response.id)).toEqual({ to: second.ai_response.id, count: 7 });
    expect(await go(edited.user_message.id)).toEqual({ to: edited.ai_response.id, count: 7 });
    const file = (await ada.get(`/chats/${chatId}/export?format=json`)).body;
    expect(file.messages).toEqual([edited.user_message, edited.ai_response]);
    const { messages } = (await ada.get(`/chats/${chatId}`)).body;
    expect(messages).toEqual(file.messages);
  });
});

describe("an edit is refused", () => {
  it("of an answer", async () => {
    const { chatId, answer } = await askedChat(ada);
    const stored = { chat_id: chatId, type: "bot", content: "Stored." };
    const { id } = (await ada.post("/messages", stored)).body;
    for (const of of [answer.id, id]) {
      expectProblem(await edit(ada, of, { content: "Mine" }), 422, "answer_not_editable");
    }
    expect((await ada.get(`/chats/${chatId}`)).body).toMatchObject({
      message_count: 3,
      current_message_id: id,
    });
  });

  it("while an answer is running, whichever message it belongs to", async () => {
    const { chatId, userMessage } = await askedChat(ada);
    const running = await runningTurn(ada, chatId);
    const before = (await ada.get(`/chats/${chatId}`)).body;
    for (const id of [userMessage.id, running.userMessageId]) {
      const refused = await edit(ada, id, { content: "Otherwise?" });
      expectProblem(refused, 409, "turn_in_progress");
      expect(refused.body.message_id).toBe(running.answerId);
    }
    expect((await ada.get(`/chats/${chatId}`)).body).toEqual(before);
    await running.finish();
    await running.rest();
    expect((await edit(ada, running.userMessageId, { content: "Otherwise?" })).status).toBe(200);
  });

  it("where the body is not that of a user message", async () => {
    const chatId = await newChat(ada);
    const id = await say(ada, chatId, "Hello?");
    const bodies: [Body, string][] = [
      [{}, "/content"],
      [{ content: " " }, "/content"],
      [{ content: "?", type: "bot" }, "/type"],
      [{ content: "?", chat_id: chatId }, "/chat_id"],
      [{ content: "?", file_url: "ftp://x" }, "/file_url"],
    ];
    for (const [body, pointer] of bodies) {
      expectProblem(await edit(ada, id, body), 422, "validation_failed", pointer);
    }
    const reserved = { content: "?", metadata: { usage: 1 } };
    expectProblem(await edit(ada, id, reserved), 422, "reserved_key");
    expectProblem(await edit(ada, id, { content: "?", model: "gpt-0" }), 422, "unknown_model");
    expect((await ada.get(`/chats/${chatId}`)).body.message_count).toBe(1);
  });

  it("to other users, and in a deleted chat", async () => {
    const { chatId, userMessage, answer } = await askedChat(ada);
    const before = (await ada.get(`/chats/${chatId}`)).body;
    for (const id of [userMessage.id, answer.id, chatId, crypto.randomUUID(), "no-id"]) {
      expectProblem(await edit(eve, id, { content: "Mine" }), 404, "not_found");
    }
    expect((await ada.get(`/chats/${chatId}`)).body).toEqual(before);
    await ada.delete(`/chats/${chatId}`);
    expectProblem(await edit(ada, userMessage.id, { content: "?" }), 404, "not_found");
  });
});
