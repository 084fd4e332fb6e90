import { beforeAll, describe, expect, it } from "vitest";
import { newChat, runningTurn } from "../support/chats.ts";
import { expectProblem, type SignedIn, signUp } from "../support/client.ts";
import { atOnce, isReplayed, newKey, withKey } from "../support/keys.ts";
import { callsContaining, countCalls, injectFault, query } from "../support/postgres.ts";
import { release, requestsContaining, script } from "../support/provider.ts";
import { until } from "../support/until.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

const AT_ONCE = 20;

describe("creating a chat with a key", () => {
  it("twenty times at once makes one, however often that is tried", async () => {
    const bob = await signUp();
    for (let round = 1; round <= 10; round++) {
      const key = newKey();
      const create = () => bob.post("/chats", { title: "One" }, withKey(key));
      const responses = await atOnce(AT_ONCE, create);
      for (const { status, body, headers } of responses) {
        expect(status).toBe(201);
        expect(body).toEqual(responses[0]?.body);
        expect(headers.get("location")).toBe(`/chats/${body.id}`);
        expect(headers.get("etag")).toBe('"1"');
      }
      expect(responses.filter(isReplayed)).toHaveLength(AT_ONCE - 1);
      expect((await bob.get("/chats")).body.total).toBe(round);
    }
  });

  it("takes one round trip, and returns the chat's current state", async () => {
    const key = newKey();
    const create = () => ada.post("/chats", { title: "Before" }, withKey(key));
    expect(await countCalls(key, create)).toBe(1);
    const { body } = await create();
    await ada.put(`/chats/${body.id}`, { title: "After" });
    const again = await create();
    expect(again.body).toMatchObject({ id: body.id, title: "After" });
    expect(again.headers.get("etag")).toBe('"2"');
    expectProblem(await ada.post("/chats", {}, withKey(key)), 422, "idempotency_key_reused");
  });

  it("makes one when the response of Postgres is lost", async () => {
    const bob = await signUp();
    const key = newKey();
    await injectFault({ contains: key, times: 1, kind: "cut_after_commit" });
    const first = await bob.post("/chats", {}, withKey(key));
    expect([first.status, isReplayed(first)]).toEqual([201, false]);
    expect((await bob.post("/chats", {}, withKey(key))).body).toEqual(first.body);
    expect((await bob.get("/chats")).body.total).toBe(1);
  });

  it("makes no second one after the first was deleted", async () => {
    const key = newKey();
    const { body } = await ada.post("/chats", {}, withKey(key));
    await ada.delete(`/chats/${body.id}`);
    expectProblem(await ada.post("/chats", {}, withKey(key)), 404, "not_found");
  });
});

describe("storing a message with a key", () => {
  const store = (chatId: string, content: string, key: string) =>
    ada.post("/messages", { chat_id: chatId, type: "user", content }, withKey(key));

  it("twenty times at once stores one", async () => {
    const chatId = await newChat(ada);
    const key = newKey();
    const responses = await atOnce(AT_ONCE, () => store(chatId, "Once", key));
    for (const { status, body } of responses) {
      expect(status).toBe(201);
      expect(body).toEqual(responses[0]?.body);
    }
    expect(responses.filter(isReplayed)).toHaveLength(AT_ONCE - 1);
    expect((await ada.get(`/chats/${chatId}`)).body).toMatchObject({
      message_count: 1,
      messages: [responses[0]?.body],
    });
  });

  it("stores one when the response of Postgres is lost, and refuses another body", async () => {
    const chatId = await newChat(ada);
    const key = newKey();
    await injectFault({ contains: key, times: 1, kind: "cut_after_commit" });
    const first = await store(chatId, "Once", key);
    expect([first.status, isReplayed(first)]).toEqual([201, false]);
    expect(await countCalls(key, () => store(chatId, "Once", key))).toBe(1);
    expectProblem(await store(chatId, "Twice", key), 422, "idempotency_key_reused");
    expect((await ada.get(`/chats/${chatId}`)).body.message_count).toBe(1);
  });

  it("can be repeated while an answer runs, but not begun", async () => {
    const [done, fresh] = [newKey(), newKey()];
    const chatId = await newChat(ada);
    const stored = await store(chatId, "Before", done);
    const turn = await runningTurn(ada, chatId);
    expect((await store(chatId, "Before", done)).body).toEqual(stored.body);
    expectProblem(await store(chatId, "Meanwhile", fresh), 409, "turn_in_progress");
    await turn.finish();
    await turn.rest();
    const then = await store(chatId, "Meanwhile", fresh);
    expect([then.status, isReplayed(then)]).toEqual([201, false]);
  });

  it("is gone with its chat", async () => {
    const chatId = await newChat(ada);
    const key = newKey();
    await store(chatId, "Gone", key);
    await ada.delete(`/chats/${chatId}`);
    expectProblem(await store(chatId, "Gone", key), 404, "not_found");
  });
});

describe("letting the model name a chat with a key", () => {
  const suggest = (name: string) => [
    JSON.stringify({ suggested_name: name, reasoning: `It is about ${name}.` }),
  ];

  it("calls the model once, and returns the same name and reason again", async () => {
    const chatId = await newChat(ada);
    const marker = await script({ tokens: suggest("deposits") });
    const key = newKey();
    const name = () => ada.post(`/chats/${chatId}/name`, { message: marker }, withKey(key));
    const first = await name();
    expect(first.body).toEqual({ suggested_name: "deposits", reasoning: "It is about deposits." });
    const again = await name();
    expect([again.status, isReplayed(again)]).toEqual([200, true]);
    expect(again.body).toEqual(first.body);
    expect(await requestsContaining(marker)).toHaveLength(1);
    const rows = await query("SELECT * FROM idempotency_keys WHERE key = $1", [key]);
    expect(JSON.stringify(rows)).not.toContain("deposits");
  });

  it("twenty times at once calls the provider once, and all get the same response", async () => {
    const chatId = await newChat(ada);
    const marker = await script({ tokens: suggest("one name"), firstTokenDelayMs: 300 });
    const key = newKey();
    const name = () => ada.post(`/chats/${chatId}/name`, { message: marker }, withKey(key));
    const responses = await atOnce(AT_ONCE, name);
    for (const { body } of responses) {
      expect(body).toEqual({ suggested_name: "one name", reasoning: "It is about one name." });
    }
    expect(responses.filter(isReplayed)).toHaveLength(AT_ONCE - 1);
    expect(await requestsContaining(marker)).toHaveLength(1);
    const usage = await query("SELECT id FROM ai_usage WHERE chat_id = $1", [chatId]);
    expect(usage).toHaveLength(1);
    const chat = await ada.get(`/chats/${chatId}`);
    expect(chat.body.title).toBe("one name");
    expect(chat.headers.get("etag")).toBe('"2"');
  });

  it("twenty times at once shares a failure, and a later request calls it again", async () => {
    const chatId = await newChat(ada);
    const marker = await script({ tokens: [""], holdAfter: 0, times: 1 });
    const key = newKey();
    const name = () => ada.post(`/chats/${chatId}/name`, { message: marker }, withKey(key));
    const sent = atOnce(AT_ONCE, name);
    await until(async () => (await callsContaining(key)).length >= AT_ONCE);
    await release(marker);
    for (const response of await sent) expectProblem(response, 502, "ai_unavailable");
    expect(await requestsContaining(marker)).toHaveLength(1);
    await script({ tokens: suggest("later") }, marker);
    const then = await name();
    expect([then.body.suggested_name, isReplayed(then)]).toEqual(["later", false]);
    expect((await name()).body).toEqual(then.body);
    expect(await requestsContaining(marker)).toHaveLength(2);
  });

  it("twenty times at once with different bodies refuses all but the first body", async () => {
    const chatId = await newChat(ada);
    const marker = await script({ tokens: suggest("one"), firstTokenDelayMs: 300 });
    const key = newKey();
    let sent = 0;
    const responses = await atOnce(AT_ONCE, () =>
      ada.post(`/chats/${chatId}/name`, { message: `${marker} ${sent++ % 2}` }, withKey(key)),
    );
    const refused = responses.filter(({ status }) => status !== 200);
    for (const response of refused) expectProblem(response, 422, "idempotency_key_reused");
    expect(refused).toHaveLength(AT_ONCE / 2);
    expect(await requestsContaining(marker)).toHaveLength(1);
  });

  it("frees the key where there is nothing to name the chat after", async () => {
    const chatId = await newChat(ada);
    const key = newKey();
    const name = (body: object) => ada.post(`/chats/${chatId}/name`, body, withKey(key));
    const refusals = await atOnce(5, () => name({}));
    for (const response of refusals) expectProblem(response, 422, "validation_failed", "/message");
    const marker = await script({ tokens: suggest("then") });
    expect((await name({ message: marker })).body.suggested_name).toBe("then");
  });

  it("takes over the key of a crashed request, which then changes nothing", async () => {
    const chatId = await newChat(ada);
    const held = await script({ tokens: suggest("crashed"), holdAfter: 0, times: 1 });
    const marker = await script({ tokens: suggest("taken over") });
    const key = newKey();
    const body = { message: `${held} ${marker}` };
    const name = () => ada.post(`/chats/${chatId}/name`, body, withKey(key));
    const first = name();
    await until(async () => (await requestsContaining(held)).length === 1);
    await query(
      "UPDATE idempotency_keys SET created_at = created_at - interval '61 seconds' WHERE key = $1",
      [key],
    );
    expect((await name()).body.suggested_name).toBe("taken over");
    await release(held);
    expect((await first).body.suggested_name).toBe("taken over");
    expect((await ada.get(`/chats/${chatId}`)).headers.get("etag")).toBe('"2"');
    const usage = await query("SELECT id FROM ai_usage WHERE chat_id = $1", [chatId]);
    expect(usage).toHaveLength(2);
  });

  it("names the chat once when the response of Postgres is lost", async () => {
    const chatId = await newChat(ada);
    const marker = await script({ tokens: suggest("lost leases") });
    // It is part of the statement that names the chat, and of no other.
    await injectFault({ contains: "It is about lost leases.", times: 1, kind: "cut_after_commit" });
    const named = await ada.post(`/chats/${chatId}/name`, { message: marker }, withKey(newKey()));
    expect([named.status, isReplayed(named)]).toEqual([200, false]);
    expect(named.body.suggested_name).toBe("lost leases");
    expect((await ada.get(`/chats/${chatId}`)).headers.get("etag")).toBe('"2"');
    const usage = await query("SELECT id FROM ai_usage WHERE chat_id = $1", [chatId]);
    expect(usage).toHaveLength(1);
  });

  it("leaves the key free where the provider fails, so that it can be retried", async () => {
    const chatId = await newChat(ada);
    const marker = await script({ errorStatus: 500, times: 1 });
    const key = newKey();
    const name = () => ada.post(`/chats/${chatId}/name`, { message: marker }, withKey(key));
    expectProblem(await name(), 502, "ai_unavailable");
    const then = await name();
    expect([then.status, isReplayed(then)]).toEqual([200, false]);
  });

  it("returns no reason for a name that the user set since", async () => {
    const chatId = await newChat(ada);
    const marker = await script({ tokens: suggest("deposits") });
    const key = newKey();
    const name = () => ada.post(`/chats/${chatId}/name`, { message: marker }, withKey(key));
    await name();
    await ada.put(`/chats/${chatId}`, { title: "Mine" });
    expect((await name()).body).toEqual({ suggested_name: "Mine", reasoning: "" });
  });
});
