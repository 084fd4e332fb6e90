import { beforeAll, describe, expect, it } from "vitest";
import { newChat, runningTurn } from "../../support/chats.ts";
import { expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { isReplayed, newKey, send, withKey } from "../../support/keys.ts";
import { callsContaining, injectFault, query } from "../../support/postgres.ts";
import { requestsContaining, script } from "../../support/provider.ts";
import { allEvents } from "../../support/sse.ts";
import { until } from "../../support/until.ts";
import type { Script } from "../../../local/provider/script.ts";
import type { ProblemCode } from "../../../src/lib/problem.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

const countOf = async (chatId: string) => (await ada.get(`/chats/${chatId}`)).body.message_count;

describe("a refusal before the turn begins leaves the key free", () => {
  it.each([
    ["a body that is not valid", { content: "" }, 422, "validation_failed"],
    ["a model that is not offered", { content: "Hi", model: "gpt-0" }, 422, "unknown_model"],
    [
      "files that are not there",
      { content: "Hi", file_ids: [crypto.randomUUID()] },
      404,
      "not_found",
    ],
    ["a chat that is not there", { content: "Hi", chat_id: crypto.randomUUID() }, 404, "not_found"],
  ] as const)("%s", async (_, body, status, code) => {
    const key = newKey();
    expectProblem(await ada.post("/chat", body, withKey(key)), status, code);
    const then = await ada.post("/chat", { content: "Hello?" }, withKey(key));
    expect(then.status).toBe(200);
    expect(isReplayed(then)).toBe(false);
  });

  it("a chat with a running answer", async () => {
    const turn = await runningTurn(ada);
    const key = newKey();
    const ask = () => ada.post(`/chats/${turn.chatId}/messages`, { content: "Next" }, withKey(key));
    const refused = await ask();
    expectProblem(refused, 409, "turn_in_progress");
    expect(refused.body.message_id).toBe(turn.answerId);
    await turn.finish();
    await turn.rest();
    const then = await ask();
    expect(then.status).toBe(200);
    expect(isReplayed(then)).toBe(false);
    expect(await countOf(turn.chatId)).toBe(4);
  });

  it("an unreachable database", async () => {
    const chatId = await newChat(ada);
    const key = newKey();
    const ask = () => ada.post(`/chats/${chatId}/messages`, { content: "Hi" }, withKey(key));
    const restore = await injectFault({ contains: key, times: 50, kind: "status", status: 500 });
    expectProblem(await ask(), 503, "database_unavailable");
    await restore();
    const then = await ask();
    expect(then.status).toBe(200);
    expect(isReplayed(then)).toBe(false);
    expect(await countOf(chatId)).toBe(2);
  });
});

describe("when the response of Postgres is lost", () => {
  it("once, the beginning is repeated under its own ids, and the turn runs once", async () => {
    const chatId = await newChat(ada);
    const key = newKey();
    const ask = () => ada.post(`/chats/${chatId}/messages`, { content: "Hi" }, withKey(key));
    await injectFault({ contains: key, times: 1, kind: "cut_after_commit" });
    const first = await ask();
    expect(first.status).toBe(200);
    expect(isReplayed(first)).toBe(false);
    const again = await ask();
    expect(isReplayed(again)).toBe(true);
    expect(again.body.ai_response).toEqual(first.body.ai_response);
    expect(await countOf(chatId)).toBe(2);
  });

  it("once, a repetition that arrives before the outcome is known waits, and then attaches", async () => {
    const path = `/chats/${await newChat(ada, { auto_title: false })}/messages`;
    const key = newKey();
    const ask = () => send(ada, path, { content: "Hi", stream: true }, key);
    await injectFault({ contains: key, times: 1, kind: "cut_after_commit" });
    await injectFault({ contains: key, times: 1, kind: "delay", delayMs: 700 });
    const first = ask();
    await until(async () => (await callsContaining(key)).length === 2);
    const again = await ask();
    expect(isReplayed(again)).toBe(true);
    const [received, repeated] = [await allEvents(await first), await allEvents(again)];
    expect(repeated).toEqual(received);
    expect(received.map((event) => event.name)).not.toContain("turn_error");
  });

  it("for good, a repetition ends what had begun, and says so; no provider is called or billed", async () => {
    const key = newKey();
    const content = `marker-${crypto.randomUUID()}`;
    await injectFault({ contains: key, times: 2, kind: "cut_after_commit" });
    expectProblem(await ada.post("/chat", { content }, withKey(key)), 503, "database_unavailable");
    const again = await ada.post("/chat", { content }, withKey(key));
    expectProblem(again, 502, "turn_interrupted");
    expect(isReplayed(again)).toBe(true);
    const { chat_id: chatId, message_id: answerId } = again.body;
    expect((await ada.get(`/chats/${chatId}/messages`)).body).toMatchObject([
      { id: again.body.user_message_id, content },
      { id: answerId, content: "", status: "interrupted" },
    ]);
    expect(await requestsContaining(content)).toEqual([]);
    expect(await query("SELECT id FROM ai_usage WHERE message_id = $1", [answerId])).toEqual([]);
  });
});

describe("a failed turn", () => {
  it.each<[Script, number, ProblemCode]>([
    [{ errorStatus: 429 }, 503, "ai_overloaded"],
    [{ errorStatus: 500 }, 502, "ai_unavailable"],
    [{ tokens: ["Some ", "more"], cutAfter: 1, tokenDelayMs: 30 }, 502, "ai_unavailable"],
  ])("replays as failed, and calls no provider again: %j", async (how, status, code) => {
    const chatId = await newChat(ada, { auto_title: false });
    const marker = await script({ ...how, times: 1 });
    const key = newKey();
    const path = `/chats/${chatId}/messages`;
    const first = await ada.post(path, { content: marker }, withKey(key));
    expectProblem(first, status, code);
    const again = await ada.post(path, { content: marker }, withKey(key));
    expectProblem(again, status, code);
    expect(isReplayed(again)).toBe(true);
    const { request_id: _first, ...received } = first.body;
    const { request_id: _again, ...repeated } = again.body;
    expect(repeated).toEqual(received);
    const events = await allEvents(await send(ada, path, { content: marker, stream: true }, key));
    expect(events.find((event) => event.name === "turn_error")?.data.code).toBe(code);
    expect(await requestsContaining(marker)).toHaveLength(1);
    expect(await countOf(chatId)).toBe(2);
  });
});

describe("a key's lifetime", () => {
  const age = (key: string, hours: number) =>
    query(
      "UPDATE idempotency_keys SET created_at = created_at - make_interval(hours => $2::int) WHERE key = $1",
      [key, hours],
    );

  it("is twenty-four hours: then it is free, and begins another turn", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const key = newKey();
    const ask = (content: string) =>
      ada.post(`/chats/${chatId}/messages`, { content }, withKey(key));
    const first = await ask("Today");
    await age(key, 23);
    expect((await ask("Today")).body).toEqual(first.body);
    await age(key, 1);
    const anew = await ask("Tomorrow");
    expect(anew.status).toBe(200);
    expect(isReplayed(anew)).toBe(false);
    expect((await ask("Tomorrow")).body).toEqual(anew.body);
    expectProblem(await ask("Today"), 422, "idempotency_key_reused");
    expect(await countOf(chatId)).toBe(4);
  });
});
