import { beforeAll, describe, expect, it } from "vitest";
import { askedChat, ended, pathOf, promptsOf, regenerate, stream } from "../../support/branches.ts";
import { chatOf, grow, newChat, runningTurn, say } from "../../support/chats.ts";
import { type Body, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { countCalls, query } from "../../support/postgres.ts";
import { release, requestsContaining, script } from "../../support/provider.ts";
import { allEvents, readEvents, textOf } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
let eve: SignedIn;
beforeAll(async () => {
  [ada, eve] = await Promise.all([signUp(), signUp()]);
});

/** The last prompt that contains a text. */
const promptOf = async (text: string) => (await promptsOf(text)).at(-1);

describe("regenerating an answer", () => {
  it("adds another one beside it, with which the chat continues", async () => {
    const { chatId, marker, userMessage, answer } = await askedChat(ada);
    await script({ tokens: ["Second."] }, marker);
    const { status, body } = await regenerate(ada, answer.id);
    expect(status).toBe(200);
    expect(body.user_message).toEqual(userMessage);
    expect(body.ai_response).toMatchObject({
      parent_id: userMessage.id,
      content: "Second.",
      status: "complete",
      sibling_ids: [answer.id, body.ai_response.id],
      sibling_count: 2,
    });
    const { body: chat } = await ada.get(`/chats/${chatId}`);
    expect(chat).toMatchObject({ current_message_id: body.ai_response.id, message_count: 3 });
    expect(chat.messages).toEqual([userMessage, body.ai_response]);
    const rows = await query("SELECT content FROM messages WHERE id = $1", [answer.id]);
    expect(rows).toEqual([{ content: answer.content }]);
  });

  it("streams the existing user message, and then the answer, under growing ids", async () => {
    const { chatId, marker, userMessage, answer } = await askedChat(ada);
    const path = `/messages/${answer.id}/regenerate`;
    await script({ tokens: ["One ", "two."] }, marker);
    const first = await allEvents(await stream(ada, "POST", path));
    expect(first.map(({ name }) => name).filter((name) => name !== "content_delta")).toEqual([
      "user_message",
      "ai_message_start",
      "ai_message_complete",
      "stream_complete",
    ]);
    expect(first[0]?.data.message).toEqual(userMessage);
    expect(textOf(first)).toBe("One two.");
    const second = await allEvents(await stream(ada, "POST", path));
    const ids = [...first, ...second].map(({ id }) => id);
    expect(ids).toEqual(ids.map((_, index) => (ids[0] ?? 0) + index));
    const { message } = second.at(-2)?.data ?? {};
    expect(message).toMatchObject({ parent_id: userMessage.id, sibling_count: 3 });
    expect((await pathOf(ada, chatId)).at(-1)).toBe(message.id);
  });

  it("streams when only Accept asks for it, and needs no body", async () => {
    const { answer } = await askedChat(ada);
    const path = `/messages/${answer.id}/regenerate`;
    const headers = { accept: "text/event-stream" };
    const events = await allEvents(await ada.fetch(path, { method: "POST", headers }));
    expect(events.at(-1)?.name).toBe("stream_complete");
  });

  it("uses the named model, and refuses unknown ones", async () => {
    const { answer } = await askedChat(ada);
    const { body } = await regenerate(ada, answer.id, { model: "gpt-4.1", stream: null });
    expect(body.ai_response.metadata.model).toBe("gpt-4.1");
    expectProblem(await regenerate(ada, answer.id, { model: "gpt-0" }), 422, "unknown_model");
    const unknown = await regenerate(ada, answer.id, { content: "?" });
    expectProblem(unknown, 422, "validation_failed", "/content");
  });

  it("shows the model the path up to its user message, and nothing after or beside it", async () => {
    const { chatId, marker, userMessage, answer } = await askedChat(ada);
    const path = `/chats/${chatId}/messages`;
    const second = (await ada.post(path, { content: `Second ${marker}` })).body;
    await ada.post(path, { content: `Third ${marker}` });
    await regenerate(ada, second.ai_response.id);
    const expected = [userMessage.content, answer.content, second.user_message.content];
    expect(await promptOf(marker)).toEqual(expected);
    await regenerate(ada, answer.id);
    expect(await promptOf(marker)).toEqual([userMessage.content]);
  });

  it("works off the active path, and switches the chat to it", async () => {
    const { id: chatId, path } = await chatOf(ada, 6);
    const marker = `marker-${crypto.randomUUID()}`;
    const contents = ["aside one", "aside two", `aside ${marker}`, "aside four"];
    const aside = await grow(chatId, path[1] ?? null, contents);
    const { body } = await regenerate(ada, aside[3] ?? "");
    const expected = [...path.slice(0, 2), ...aside.slice(0, 3), body.ai_response.id];
    expect(await pathOf(ada, chatId)).toEqual(expected);
    expect(await promptOf(marker)).toEqual(["message 1", "message 2", ...contents.slice(0, 3)]);
    const before = await ada.get(`/chats/${chatId}/messages?limit=2&before=${expected[4]}`);
    expect(before.body.map(({ id }: Body) => id)).toEqual(expected.slice(2, 4));
    const file = (await ada.get(`/chats/${chatId}/export?format=json`)).body;
    expect(file.messages.map(({ id }: Body) => id)).toEqual(expected);
    await ada.post(`/chats/${chatId}/messages`, { content: `Next ${marker}` });
    expect((await promptOf(`Next ${marker}`))?.slice(0, 5)).toEqual([
      "message 1",
      "message 2",
      ...contents.slice(0, 3),
    ]);
  });

  it("accepts the id of a user message, answered before or not", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const userMessageId = await say(ada, chatId, "Nobody answered this.");
    const first = await regenerate(ada, userMessageId);
    expect(first.body.ai_response).toMatchObject({ parent_id: userMessageId, sibling_count: 1 });
    const second = await regenerate(ada, userMessageId.toUpperCase());
    expect(second.body.ai_response).toMatchObject({
      parent_id: userMessageId,
      sibling_ids: [first.body.ai_response.id, second.body.ai_response.id],
    });
  });

  it("works for an answer that failed, and for one that was stopped", async () => {
    const failed = await askedChat(ada, { errorStatus: 500 });
    expect(failed.answer.status).toBe("failed");
    const mended = await regenerate(ada, failed.answer.id);
    expect(mended.body.ai_response).toMatchObject({ status: "complete", sibling_count: 2 });
    const running = await runningTurn(ada);
    await ada.post(`/chats/${running.chatId}/stop`);
    await running.finish();
    const whole = await regenerate(ada, running.answerId);
    expect(whole.status).toBe(200);
    expect(whole.body.ai_response.sibling_ids[0]).toBe(running.answerId);
  });

  it("that fails keeps the old answer, and the text of the new one", async () => {
    const { chatId, marker, userMessage, answer } = await askedChat(ada);
    await script({ tokens: ["Some ", "more"], cutAfter: 1, tokenDelayMs: 30, times: 1 }, marker);
    const refused = await regenerate(ada, answer.id);
    expectProblem(refused, 502, "ai_unavailable");
    expect(refused.body).toMatchObject({ chat_id: chatId, user_message_id: userMessage.id });
    const last = await ended(ada, chatId);
    expect(last).toMatchObject({ id: refused.body.message_id, status: "failed", content: "Some " });
    expect(last.sibling_ids).toEqual([answer.id, last.id]);
  });

  it("takes three round trips: to find the chat, to begin and to end", async () => {
    const bob = await signUp();
    const { marker, answer } = await askedChat(bob);
    await script({ tokens: ["One."], holdAfter: 0 }, marker);
    const asked = async () => (await requestsContaining(marker)).length;
    const before = await asked();
    let events: Promise<unknown> = Promise.resolve();
    const first = await countCalls(bob.user.id, async () => {
      events = stream(bob, "POST", `/messages/${answer.id}/regenerate`).then(allEvents);
      await until(async () => (await asked()) > before);
    });
    const last = await countCalls(bob.user.id, async () => {
      await release(marker);
      await events;
    });
    expect([first, last]).toEqual([2, 1]);
  });

  it("can be read from any device while it runs, and nothing else begins meanwhile", async () => {
    const { chatId, marker, userMessage, answer } = await askedChat(ada);
    await script({ tokens: ["One ", "two."], holdAfter: 1 }, marker);
    const own = readEvents(await stream(ada, "POST", `/messages/${answer.id}/regenerate`));
    await own.next();
    const messageId = (await own.next()).value?.data.message_id;
    const watching = ada.fetch(`/chats/${chatId}/stream`).then(allEvents);
    for (const refused of [
      await regenerate(ada, answer.id),
      await regenerate(ada, messageId),
      await ada.patch(`/chats/${chatId}`, { current_message_id: answer.id }),
      await ada.post("/messages", { chat_id: chatId, type: "user", content: "?" }),
    ]) {
      expectProblem(refused, 409, "turn_in_progress");
      expect(refused.body.message_id).toBe(messageId);
    }
    await release(marker);
    const events = await watching;
    expect(events[0]?.data.message).toEqual(userMessage);
    expect(textOf(events)).toBe("One two.");
    const back = await ada.patch(`/chats/${chatId}`, { current_message_id: answer.id });
    expect(back.status).toBe(200);
    expect(await pathOf(ada, chatId)).toEqual([userMessage.id, answer.id]);
  });

  it("lists itself among the siblings, the oldest first, however many there are", async () => {
    const { chatId, userMessage, answer } = await askedChat(ada);
    const more = Array.from({ length: 60 }, (_, index) => index);
    for (const index of more) {
      await query(
        `INSERT INTO messages (id, chat_id, parent_id, type, content, status, created_at)
         VALUES ($1, $2, $3, 'bot', 'Again', 'complete', now() - interval '1 day' + $4::int * interval '1 s')`,
        [crypto.randomUUID(), chatId, userMessage.id, index],
      );
    }
    const { body } = await regenerate(ada, answer.id);
    const { id, sibling_ids: ids, sibling_count: count } = body.ai_response;
    expect([ids.length, ids.at(-1), count]).toEqual([50, id, 62]);
    expect(ids).not.toContain(answer.id);
  });
});

describe("regeneration is refused", () => {
  it("where a stored answer has no user message", async () => {
    const chatId = await newChat(ada);
    const stored = { chat_id: chatId, type: "bot", content: "Welcome." };
    const first = (await ada.post("/messages", stored)).body.id;
    const second = (await ada.post("/messages", stored)).body.id;
    for (const id of [first, second]) {
      expectProblem(await regenerate(ada, id), 422, "no_question");
    }
    expect((await ada.get(`/chats/${chatId}`)).body).toMatchObject({ message_count: 2 });
  });

  it("to other users, and in a deleted chat", async () => {
    const { chatId, userMessage, answer } = await askedChat(ada);
    const before = (await ada.get(`/chats/${chatId}`)).body;
    for (const id of [answer.id, userMessage.id, chatId, crypto.randomUUID(), "no-id"]) {
      expectProblem(await regenerate(eve, id), 404, "not_found");
    }
    expect((await ada.get(`/chats/${chatId}`)).body).toEqual(before);
    await ada.delete(`/chats/${chatId}`);
    expectProblem(await regenerate(ada, answer.id), 404, "not_found");
  });
});
