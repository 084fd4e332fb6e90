import { beforeAll, describe, expect, it } from "vitest";
import { newChat, runningTurn, say } from "../../support/chats.ts";
import { type Body, type SignedIn, signUp } from "../../support/client.ts";
import { countCalls } from "../../support/postgres.ts";
import { allEvents } from "../../support/sse.ts";
import { openTab, type Tab } from "../../support/socket.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

/** The next frame about the chat, without earlier ones. */
async function nextUpdate(tab: Tab): Promise<Body> {
  const frame = (await tab.until("chat_updated")).at(-1);
  tab.frames.length = 0;
  return frame;
}

const chatOf = async (chatId: string) => {
  const {
    messages: _messages,
    previous_cursor: _cursor,
    ...chat
  } = (await ada.get(`/chats/${chatId}`)).body;
  return chat;
};

describe("the subscribers of a chat", () => {
  it("receive every change as a frame without an id, whoever makes it", async () => {
    const chatId = await newChat(ada);
    const [tab, other] = [await openTab(ada, chatId), await openTab(ada, chatId)];
    await say(ada, chatId, "A note for later");
    expect(await nextUpdate(tab)).toMatchObject({ message: { content: "A note for later" } });
    const changes: [() => Promise<unknown>, object][] = [
      [() => ada.put(`/chats/${chatId}`, { title: "By hand" }), { title: "By hand" }],
      [() => ada.patch(`/chats/${chatId}`, { title: "Again" }), { title: "Again" }],
      [() => ada.patch(`/chats/${chatId}`, { pinned: true }), { pinned: true }],
      [() => ada.post(`/chats/${chatId}/name`, { message: "A name" }), { auto_title: false }],
    ];
    for (const [change, expected] of changes) {
      await change();
      const frame = await nextUpdate(tab);
      expect(Object.keys(frame).toSorted()).toEqual(["chat", "type"]);
      expect(frame.chat).toMatchObject(expected);
      expect(frame.chat).toEqual(await chatOf(chatId));
    }
    await until(async () => other.frames.length === 5);
    expect(other.frames.every((frame) => frame.id === undefined)).toBe(true);
    for (const open of [tab, other]) open.close();
  });

  it("receive a stored note with its message, and a long one without its content", async () => {
    const chatId = await newChat(ada);
    const tab = await openTab(ada, chatId);
    const note = { chat_id: chatId, type: "bot", content: "Short" };
    const { body: stored } = await ada.post("/messages", note, { "idempotency-key": "note" });
    const frame = await nextUpdate(tab);
    expect(frame.message).toEqual(stored);
    expect(frame.chat).toMatchObject({ current_message_id: stored.id, message_count: 1 });
    const replayed = await ada.post("/messages", note, { "idempotency-key": "note" });
    expect(replayed.body).toEqual(stored);
    const id = await say(ada, chatId, "é".repeat(32_000));
    const long = await nextUpdate(tab);
    expect(long.message).toMatchObject({ id, content: null, content_length: 32_000 });
    tab.close();
  });

  it("end up with the newest of many concurrent changes", async () => {
    const chatId = await newChat(ada);
    const tab = await openTab(ada, chatId);
    await Promise.all(
      Array.from({ length: 8 }, (_, n) => ada.put(`/chats/${chatId}`, { title: `Title ${n}` })),
    );
    await until(async () => tab.frames.length === 8);
    expect(tab.frames.at(-1)?.chat).toEqual(await chatOf(chatId));
    tab.close();
  });

  it("cost nothing when there are none, and a change still takes one trip", async () => {
    const chatId = await newChat(ada);
    expect(await countCalls(chatId, () => ada.put(`/chats/${chatId}`, { title: "Alone" }))).toBe(1);
    const tab = await openTab(ada, chatId);
    expect(await countCalls(chatId, () => ada.put(`/chats/${chatId}`, { title: "Seen" }))).toBe(1);
    tab.close();
  });
});

describe("a chat deleted in mid-answer", () => {
  it("tells its streams and sockets why they end, in events after the last one", async () => {
    const turn = await runningTurn(ada);
    const [first, second] = [
      await ada.fetch(`/chats/${turn.chatId}/stream`),
      await ada.fetch(`/chats/${turn.chatId}/stream?after=1`),
    ];
    const reading = Promise.all([allEvents(first), allEvents(second)]);
    const tab = await openTab(ada, turn.chatId);
    await tab.until("content_delta");
    expect((await ada.delete(`/chats/${turn.chatId}`)).status).toBe(200);
    for (const events of await reading) {
      const [error, last] = events.slice(-2);
      expect(error).toMatchObject({ name: "turn_error", data: { type: "error" } });
      expect(error?.data).toMatchObject({ code: "chat_deleted", error: expect.any(String) });
      expect(last).toMatchObject({ name: "stream_complete", data: { type: "stream_complete" } });
      const ids = events.map(({ id }) => id);
      expect(ids).toEqual(ids.map((_, index) => (ids[0] ?? 0) + index));
      expect(events.filter(({ name }) => name === "stream_complete")).toHaveLength(1);
      expect(events.map(({ name }) => name)).not.toContain("ai_message_complete");
    }
    expect(await turn.rest()).toEqual(expect.arrayContaining(["turn_error", "stream_complete"]));
    const frames = await tab.until("stream_complete");
    expect(frames.at(-2)).toMatchObject({ type: "error", code: "chat_deleted" });
    expect(frames.at(-1)?.id).toBe((frames.at(-2)?.id ?? 0) + 1);
    await turn.finish();
  });

  it("mentions no answer to a socket of a chat without a running one", async () => {
    const chatId = await newChat(ada);
    const tab = await openTab(ada, chatId);
    await tab.ping();
    await ada.delete(`/chats/${chatId}`);
    expect(await tab.closed).toEqual({ code: 1001, reason: "chat deleted" });
    expect(tab.frames).toEqual([]);
  });
});
