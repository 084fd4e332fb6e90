import { afterAll, beforeAll, expect, it } from "vitest";
import { type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { injectFault, query } from "../../support/postgres.ts";
import { release, script } from "../../support/provider.ts";
import { allEvents, readEvents, textOf } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

const SHORT = { total_ms: 2_500, heartbeat_ms: 50, watchdog_ms: 600 };
/** Each for the test of its timeout alone: on a busy machine, it could end any other turn. */
const SHORT_FIRST_TOKEN = { ...SHORT, first_token_ms: 300 };
const SHORT_PROGRESS = { ...SHORT, total_ms: 20_000, progress_ms: 300 };

let ada: SignedIn;
let worker: FastWorker;
let shortFirstToken: FastWorker;
let shortProgress: FastWorker;
beforeAll(async () => {
  [ada, worker, shortFirstToken, shortProgress] = await Promise.all([
    signUp(),
    startFastWorker({ TURN_LIMITS: JSON.stringify(SHORT) }),
    startFastWorker({ TURN_LIMITS: JSON.stringify(SHORT_FIRST_TOKEN) }),
    startFastWorker({ TURN_LIMITS: JSON.stringify(SHORT_PROGRESS) }),
  ]);
});
afterAll(() => Promise.all([worker.close(), shortFirstToken.close(), shortProgress.close()]));

async function newChat(): Promise<string> {
  return (await ada.post("/chats", { auto_title: false })).body.id;
}

function ask(chatId: string, content: string, { url } = worker): Promise<Response> {
  return fetch(`${url}/chats/${chatId}/messages/stream`, {
    method: "POST",
    headers: { authorization: `Bearer ${ada.accessToken}`, "content-type": "application/json" },
    body: JSON.stringify({ content }),
  });
}

it("A stream without events sends comments, so that no proxy closes it", async () => {
  const marker = await script({ tokens: ["Now."], holdAfter: 0 });
  let comments = 0;
  const events = readEvents(await ask(await newChat(), marker), () => {
    comments++;
    if (comments === 3) void release(marker);
  });
  const names: string[] = [];
  for await (const { name } of events) names.push(name);
  expect(comments).toBeGreaterThanOrEqual(3);
  expect(names.at(-1)).toBe("stream_complete");
});

it("A stream that is never silent for long sends comments all the same, one per heartbeat interval", async () => {
  const tokens = Array.from({ length: 20 }, () => "on ");
  // Slower than the heartbeats, but never by a whole one: each finds that something was sent since the last.
  const marker = await script({ tokens, tokenDelayMs: 60 });
  let comments = 0;
  const events = readEvents(await ask(await newChat(), marker), () => comments++);
  for await (const { name } of events) if (name === "ai_message_complete") break;
  expect(comments).toBeGreaterThan(tokens.length / 2);
});

it("A provider that never sends a first token is given up on, and the answer ends as failed", async () => {
  const chatId = await newChat();
  const marker = await script({ tokens: ["Never."], holdAfter: 0 });
  const events = await allEvents(await ask(chatId, marker, shortFirstToken));
  expect(events.find((event) => event.name === "turn_error")?.data.code).toBe("ai_timeout");
  expect((await ada.get(`/chats/${chatId}/messages`)).body.at(-1).status).toBe("failed");
});

it("A provider that stops sending is given up on, and its text is kept", async () => {
  const chatId = await newChat();
  const marker = await script({ tokens: ["Half ", "never"], holdAfter: 1 });
  const events = await allEvents(await ask(chatId, marker, shortProgress));
  expect(events.find((event) => event.name === "turn_error")?.data.code).toBe("ai_timeout");
  expect((await ada.get(`/chats/${chatId}/messages`)).body.at(-1)).toMatchObject({
    status: "failed",
    content: "Half ",
  });
  const rows = await query("SELECT estimated FROM ai_usage WHERE chat_id = $1", [chatId]);
  expect(rows).toEqual([{ estimated: "t" }]);
});

it("A provider that never ends is cut off at the turn's time limit", async () => {
  const tokens = Array.from({ length: 200 }, () => "on ");
  const marker = await script({ tokens, tokenDelayMs: 100 });
  const events = await allEvents(await ask(await newChat(), marker));
  expect(events.find((event) => event.name === "turn_error")?.data.code).toBe("ai_timeout");
  expect(textOf(events)).toMatch(/^(on ){5,30}$/);
});

it("An end that Postgres refuses for long is emitted as delayed, and saved by alarm later, once", async () => {
  const chatId = await newChat();
  const marker = await script({ tokens: ["Kept."], holdAfter: 1 });
  const response = await ask(chatId, marker);
  const restore = await injectFault({
    contains: chatId,
    times: 1_000,
    kind: "status",
    status: 500,
  });
  await release(marker);
  const events = await allEvents(response);
  expect(events.find((event) => event.name === "turn_error")?.data.code).toBe("save_delayed");
  expect(events.slice(-2).map((event) => event.name)).toEqual([
    "ai_message_complete",
    "stream_complete",
  ]);
  await restore();
  const saved = await until(async () => {
    const { body } = await ada.get(`/chats/${chatId}/messages`);
    return body.at(-1).status === "complete" && body.at(-1);
  });
  expect(saved.content).toBe("Kept.");
  expect(await query("SELECT id FROM ai_usage WHERE chat_id = $1", [chatId])).toHaveLength(1);
});

it("A turn ends within its time limit also when saving it takes longer", async () => {
  // Longer than the test may take: only the timeout of the whole turn ends it sooner.
  const TURN_LIMITS = JSON.stringify({ total_ms: 2_000, watchdog_ms: 30_000 });
  const patient = await startFastWorker({ TURN_LIMITS });
  try {
    for (const how of [{ kind: "refuse" }, { kind: "delay", delayMs: 11_000 }] as const) {
      const chatId = await newChat();
      const marker = await script({ tokens: ["Kept."], holdAfter: 1 });
      const response = await ask(chatId, marker, patient);
      const restore = await injectFault({ contains: chatId, times: 1_000, ...how });
      await release(marker);
      const events = await allEvents(response);
      expect(events.at(-3)?.data.code).toBe("save_delayed");
      expect(events.at(-1)?.name).toBe("stream_complete");
      await restore();
    }
  } finally {
    await patient.close();
  }
});

it("A beginning that was committed unknown to the room is ended by alarm, and nothing is billed", async () => {
  const chatId = await newChat();
  await injectFault({ contains: chatId, times: 2, kind: "cut_after_commit" });
  expect((await ask(chatId, "Hello?")).status).toBe(503);
  const [, answer] = (await ada.get(`/chats/${chatId}/messages`)).body;
  expect(answer.status).toBe("streaming");
  await until(async () => {
    const { body } = await ada.get(`/chats/${chatId}/messages`);
    return body.at(-1).status === "interrupted";
  });
  expect(await query("SELECT id FROM ai_usage WHERE chat_id = $1", [chatId])).toEqual([]);
  expect(textOf(await allEvents(await ask(chatId, "Again?")))).not.toBe("");
});
