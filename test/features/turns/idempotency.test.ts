import { beforeAll, describe, expect, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import { expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { atOnce, isReplayed, newKey, send, withKey } from "../../support/keys.ts";
import { callsContaining, query } from "../../support/postgres.ts";
import { release, requestsContaining, script } from "../../support/provider.ts";
import { allEvents, textOf } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
let eve: SignedIn;
beforeAll(async () => {
  [ada, eve] = await Promise.all([signUp(), signUp()]);
});

const AT_ONCE = 20;

/** An answer that waits until the provider was called, so that the sends overlap. */
async function heldAnswer() {
  const marker = await script({ kind: "answer", tokens: ["One ", "two."], holdAfter: 1 });
  const asked = async () =>
    (await requestsContaining(marker)).filter((request) => request.body.stream);
  return {
    marker,
    asked,
    finish: async () => {
      await until(async () => (await asked()).length > 0);
      await release(marker);
    },
  };
}

const usageOf = (chatId: string) =>
  query("SELECT service_type FROM ai_usage WHERE chat_id = $1 ORDER BY 1", [chatId]);

describe("twenty sends at once with one key", () => {
  it("are one user message, one answer and one bill, returned twenty times", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const held = await heldAnswer();
    const key = newKey();
    const path = `/chats/${chatId}/messages`;
    const sends = atOnce(AT_ONCE, () => ada.post(path, { content: held.marker }, withKey(key)));
    await held.finish();
    const responses = await sends;
    for (const { status, body } of responses) {
      expect(status).toBe(200);
      expect(body).toEqual(responses[0]?.body);
    }
    expect(responses.filter(isReplayed)).toHaveLength(AT_ONCE - 1);
    const { body: chat } = await ada.get(`/chats/${chatId}`);
    expect(chat).toMatchObject({ message_count: 2 });
    expect(chat.messages).toEqual([
      responses[0]?.body.user_message,
      responses[0]?.body.ai_response,
    ]);
    expect(await held.asked()).toHaveLength(1);
    expect(await usageOf(chatId)).toEqual([{ service_type: "answer" }]);
  });

  it("are one stream, read twenty times from its first event", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const held = await heldAnswer();
    const key = newKey();
    const path = `/chats/${chatId}/messages/stream`;
    const sends = atOnce(AT_ONCE, () => send(ada, path, { content: held.marker }, key));
    await held.finish();
    const responses = await sends;
    const streams = await Promise.all(responses.map((response) => allEvents(response)));
    expect(textOf(streams[0] ?? [])).toBe("One two.");
    for (const events of streams) expect(events).toEqual(streams[0]);
    expect(responses.filter(isReplayed)).toHaveLength(AT_ONCE - 1);
    expect(await held.asked()).toHaveLength(1);
    expect((await ada.get(`/chats/${chatId}`)).body.message_count).toBe(2);
  });

  it("are one chat, where none was named", async () => {
    const bob = await signUp();
    const held = await heldAnswer();
    const key = newKey();
    const sends = atOnce(AT_ONCE, () => bob.post("/chat", { content: held.marker }, withKey(key)));
    await held.finish();
    const responses = await sends;
    for (const { body } of responses) expect(body).toEqual(responses[0]?.body);
    expect(responses.filter(isReplayed)).toHaveLength(AT_ONCE - 1);
    const { body: list } = await bob.get("/chats");
    expect(list).toMatchObject({ total: 1, chats: [{ message_count: 2 }] });
    expect(await held.asked()).toHaveLength(1);
    expect(await usageOf(list.chats[0].id)).toEqual([
      { service_type: "answer" },
      { service_type: "title" },
    ]);
  });

  it("are one chat and one stream, where none was named and all stream", async () => {
    const bob = await signUp();
    const held = await heldAnswer();
    const key = newKey();
    const body = { content: held.marker, stream: true };
    const sends = atOnce(AT_ONCE, () => send(bob, "/chat", body, key));
    await held.finish();
    const streams = await Promise.all((await sends).map((response) => allEvents(response)));
    for (const events of streams) expect(events).toEqual(streams[0]);
    expect((await bob.get("/chats")).body.total).toBe(1);
    expect(await held.asked()).toHaveLength(1);
  });
});

describe("a repeated send", () => {
  it("attaches to the answer while it runs, from its first event", async () => {
    const chatId = await newChat(ada);
    const held = await heldAnswer();
    const key = newKey();
    const path = `/chats/${chatId}/messages/stream`;
    const first = await send(ada, path, { content: held.marker }, key);
    await until(async () => (await held.asked()).length > 0);
    const again = await send(ada, path, { content: held.marker }, key);
    expect(isReplayed(first)).toBe(false);
    expect(isReplayed(again)).toBe(true);
    expect(again.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    await release(held.marker);
    const [received, repeated] = await Promise.all([allEvents(first), allEvents(again)]);
    expect(repeated).toEqual(received);
    expect(received[0]?.name).toBe("user_message");
  });

  it("may ask for its answer in another format, during and after the turn", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const held = await heldAnswer();
    const key = newKey();
    const path = `/chats/${chatId}/messages`;
    const body = { content: held.marker };
    const stream = await send(ada, path, { ...body, stream: true }, key);
    await until(async () => (await held.asked()).length > 0);
    const waiting = ada.post(path, { ...body, stream: false }, withKey(key));
    await release(held.marker);
    const events = await allEvents(stream);
    const complete = events.find((event) => event.name === "ai_message_complete")?.data.message;
    expect((await waiting).body.ai_response).toEqual(complete);
    const late = await ada.post(path, body, withKey(key));
    expect(isReplayed(late)).toBe(true);
    expect(late.body).toEqual((await waiting).body);
    expect(await allEvents(await send(ada, path, { ...body, stream: true }, key))).toEqual(events);
  });

  it("is answered as before when the chat has continued", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const key = newKey();
    const path = `/chats/${chatId}/messages`;
    const first = await ada.post(path, { content: "First" }, withKey(key));
    await ada.post(path, { content: "Second" });
    const held = await heldAnswer();
    const running = ada.post(path, { content: held.marker });
    await until(async () => (await held.asked()).length > 0);
    const again = await ada.post(path, { content: "First" }, withKey(key));
    expect(again.body).toEqual(first.body);
    await release(held.marker);
    await running;
    expect((await ada.get(`/chats/${chatId}`)).body.message_count).toBe(6);
  });

  it("is recognised by its key in quotes, and ids in capitals", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const key = newKey();
    const body = { content: "Quoted?" };
    const first = await ada.post(`/chats/${chatId}/messages`, body, withKey(key));
    const path = `/chats/${chatId.toUpperCase()}/messages`;
    const again = await ada.post(path, body, withKey(`"${key}"`));
    expect(isReplayed(again)).toBe(true);
    expect(again.body).toEqual(first.body);
  });
});

describe("a key", () => {
  it("is refused for another body, during and after the turn", async () => {
    const held = await heldAnswer();
    const key = newKey();
    const running = ada.post("/chat", { content: held.marker }, withKey(key));
    await until(async () => (await held.asked()).length > 0);
    const other = { content: "Something else" };
    expectProblem(await ada.post("/chat", other, withKey(key)), 422, "idempotency_key_reused");
    await release(held.marker);
    const { chat_id: chatId } = (await running).body;
    expectProblem(await ada.post("/chat", other, withKey(key)), 422, "idempotency_key_reused");
    const inChat = { chat_id: chatId, content: held.marker };
    expectProblem(await ada.post("/chat", inChat, withKey(key)), 422, "idempotency_key_reused");
    expect((await ada.get(`/chats/${chatId}`)).body.message_count).toBe(2);
  });

  it("is refused in another chat", async () => {
    const [one, two] = [await newChat(ada), await newChat(ada)];
    const key = newKey();
    const body = { content: "Here" };
    expect((await ada.post(`/chats/${one}/messages`, body, withKey(key))).status).toBe(200);
    const elsewhere = await ada.post(`/chats/${two}/messages`, body, withKey(key));
    expectProblem(elsewhere, 422, "idempotency_key_reused");
    expect((await ada.get(`/chats/${two}`)).body.message_count).toBe(0);
  });

  it("belongs to one user and one route", async () => {
    const key = newKey();
    const body = { content: "Mine" };
    const mine = await ada.post("/chat", body, withKey(key));
    const hers = await eve.post("/chat", body, withKey(key));
    expect([isReplayed(mine), isReplayed(hers)]).toEqual([false, false]);
    expect(hers.body.chat_id).not.toBe(mine.body.chat_id);
    const elsewhere = await ada.post(`/chats/${mine.body.chat_id}/messages`, body, withKey(key));
    expect(elsewhere.status).toBe(200);
    expect(isReplayed(elsewhere)).toBe(false);
  });

  it("costs no extra round trip, and a repetition only one", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const held = await heldAnswer();
    const key = newKey();
    const path = `/chats/${chatId}/messages`;
    const running = ada.post(path, { content: held.marker }, withKey(key));
    await until(async () => (await held.asked()).length > 0);
    expect(await callsContaining(key)).toHaveLength(1);
    await release(held.marker);
    const { body } = await running;
    expect(await callsContaining(body.ai_response.id)).toHaveLength(2);
    await allEvents(await send(ada, path, { content: held.marker, stream: true }, key));
    expect(await callsContaining(key)).toHaveLength(2);
    expect(await callsContaining(body.ai_response.id)).toHaveLength(2);
  });

  it("is stored with ids and a hash, and never with the content", async () => {
    const key = newKey();
    const marker = await script({ kind: "answer", tokens: ["A secret answer."] });
    const { body } = await ada.post("/chat", { content: `Private ${marker}` }, withKey(key));
    const rows = await query("SELECT * FROM idempotency_keys WHERE key = $1", [key]);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      user_id: ada.user.id,
      route: "POST /chat",
      chat_id: body.chat_id,
      message_id: body.user_message.id,
      answer_id: body.ai_response.id,
    });
    expect(JSON.stringify(rows)).not.toMatch(/Private|secret|marker/);
  });
});
