import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { RawStep } from "../../../local/provider/script.ts";
import { newChat } from "../../support/chats.ts";
import { expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { newKey, send } from "../../support/keys.ts";
import { script } from "../../support/provider.ts";
import { askAt, turnOf, usageOf } from "../../support/provider-turn.ts";
import { delta, DONE, event, finish, say, usage } from "../../support/provider-wire.ts";
import { openTab } from "../../support/socket.ts";
import { allEvents, readEvents, type StreamEvent } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

const LIMITS = {
  first_token_ms: 1_500,
  progress_ms: 1_500,
  log_kept_ms: 1,
  flush_ms: 20,
  watchdog_ms: 1_000,
};

let ada: SignedIn;
/** Stores the models' reasoning. */
let worker: FastWorker;
beforeAll(async () => {
  const vars = { TURN_LIMITS: JSON.stringify(LIMITS), KEEP_REASONING: "true" };
  [ada, worker] = await Promise.all([signUp(), startFastWorker(vars)]);
});
afterAll(() => worker.close());

const think = (text: string) => delta({ reasoning_content: text });
const often = (repeat: string, times = 30): RawStep => ({ repeat, everyMs: 100, times });
const ANSWER = [say("Answer"), finish(), usage(), DONE];

describe("A slow model is not cut off, even if it takes longer than a token may take:", () => {
  it.concurrent.each<[string, RawStep[]]>([
    ["reasoning", [often(think("Hm. "))]],
    ["reasoning by another name", [often(delta({ reasoning: "Hm. " }))]],
    ["reasoning in tags", [say("<think>"), often(say("Hm. ")), say("</think>")]],
    ["empty deltas", [often(delta({}))]],
    [
      "calls of tools",
      [often(delta({ tool_calls: [{ index: 0, function: { arguments: "{" } }] }))],
    ],
    ["comments before the first word", [often(": OPENROUTER PROCESSING\n\n")]],
    ["comments after the role", [delta({ role: "assistant", content: "" }), often(": ping\n\n")]],
    ["pings before the first word", [often(event({ type: "ping" }))]],
    ["empty deltas between words", [say(""), often(delta({ content: "" }))]],
  ])("%s", async (_, raw) => {
    const { code, text, answer } = await turnOf(ada, worker.url, [...raw, ...ANSWER]);
    expect([code, text, answer.status]).toEqual([undefined, "Answer", "complete"]);
  });

  it.concurrent("but one that sends nothing at all is, and one that stops in its reasoning", async () => {
    const silent = await turnOf(ada, worker.url, [{ end: "open" }]);
    const thinking = await turnOf(ada, worker.url, [think("Hm."), often(": ping\n\n", 100)]);
    expect([silent.code, thinking.code]).toEqual(["ai_timeout", "ai_timeout"]);
    const [first] = await usageOf(silent.chatId);
    const [second] = await usageOf(thinking.chatId);
    // Both have read the prompt, and one has reasoned.
    expect(first).toMatchObject({ completion: "0", estimated: "t" });
    expect(second).toMatchObject({ prompt: first?.prompt, completion: "1", estimated: "t" });
    expect(Number(first?.prompt)).toBeGreaterThan(0);
  });
});

describe("A model's reasoning", () => {
  const raw = [think("I think, "), think("so."), say("Yes."), finish(), usage(), DONE];

  it("is streamed as an event of its own, before the answer, and is no part of it", async () => {
    const { events, reasoning, answer } = await turnOf(ada, worker.url, raw);
    const names = events.map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual(["user_message", "ai_message_start", "reasoning_delta"]);
    expect(names.lastIndexOf("reasoning_delta")).toBeLessThan(names.indexOf("content_delta"));
    expect(events.map(({ id }) => id)).toEqual(
      events.map((_, index) => (events[0]?.id ?? 0) + index),
    );
    expect(reasoning).toBe("I think, so.");
    expect(answer).toMatchObject({ content: "Yes.", metadata: { reasoning: "I think, so." } });
  });

  it("is stored only if configured", async () => {
    const { reasoning, answer } = await turnOf(ada, inject("workerUrl"), raw);
    expect([reasoning, answer.content]).toEqual(["I think, so.", "Yes."]);
    expect(answer.metadata).not.toHaveProperty("reasoning");
  });

  it("is stored up to a length, and omitted from an event that it would make too long", async () => {
    const long = "é".repeat(1_000);
    const steps = [...Array.from({ length: 40 }, () => think(long)), say("Yes."), finish(), DONE];
    const { reasoning, answer, events } = await turnOf(ada, worker.url, steps);
    expect(reasoning).toHaveLength(40_000);
    expect(answer.metadata.reasoning).toBe("é".repeat(32_768));
    const complete = events.find(({ name }) => name === "ai_message_complete")?.data.message;
    expect(complete.metadata).toMatchObject({ reasoning: null, finish_reason: "stop" });
    expect(Math.max(...events.map(({ bytes }) => bytes))).toBeLessThanOrEqual(4_096);
  });

  it("is made storable, like an answer", async () => {
    const steps = [think("a\0b\ud800"), think("c"), say("Yes."), finish(), DONE];
    const { reasoning, answer } = await turnOf(ada, worker.url, steps);
    expect([reasoning, answer.status]).toEqual(["a\uFFFDb\uFFFDc", "complete"]);
    expect(answer.metadata.reasoning).toBe(reasoning);
  });

  it("cannot be claimed by a client, nor can a refusal", async () => {
    for (const key of ["reasoning", "refusal"]) {
      const message = {
        chat_id: await newChat(ada),
        type: "user",
        content: "x",
        metadata: { [key]: true },
      };
      expectProblem(await ada.post("/messages", message), 422, "reserved_key", `/metadata/${key}`);
    }
  });
});

/** A turn whose model has reasoned, and waits. */
async function thinkingTurn(chatId: string, url = inject("workerUrl")) {
  const more: RawStep[] = [{ pauseMs: 500 }, think("so."), { hold: true }, ...ANSWER];
  const raw: RawStep[] = [think("I think, "), ...more];
  const marker = await script({ kind: "answer", raw });
  const events = readEvents(await askAt(ada, url, chatId, marker));
  const seen: StreamEvent[] = [];
  while (seen.at(-1)?.name !== "reasoning_delta") {
    const { value, done } = await events.next();
    if (done) throw new Error("the answer ended before its reasoning");
    seen.push(value);
  }
  return { marker, seen, events };
}

describe("Reasoning in progress", () => {
  it("can be read from another device, by a socket too", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const { events } = await thinkingTurn(chatId);
    const other = readEvents(await ada.fetch(`/chats/${chatId}/stream`));
    const tab = await openTab(ada, chatId);
    const frames = await tab.until("reasoning_delta");
    expect(frames.at(-1)).toMatchObject({ content: "I think, " });
    tab.close();
    await ada.post(`/chats/${chatId}/stop`);
    const rest = await Array.fromAsync(other);
    expect(rest.find(({ name }) => name === "reasoning_delta")?.data.content).toMatch(/^I think, /);
    await Array.fromAsync(events);
  });

  it("is billed when the answer is stopped", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const { events } = await thinkingTurn(chatId);
    const { body } = await ada.post(`/chats/${chatId}/stop`);
    expect(body).toMatchObject({ status: "stopped", content: "" });
    expect(body.metadata.usage).toMatchObject({ completion_tokens: 3, estimated: true });
    await Array.fromAsync(events);
  });
});

it("A turn whose log was deleted is rebuilt with the stored reasoning", async () => {
  const chatId = await newChat(ada, { auto_title: false });
  const marker = await script({ kind: "answer", raw: [think("Hm."), ...ANSWER] });
  const [path, key] = [`/chats/${chatId}/messages`, newKey()];
  const ask = async () =>
    allEvents(await send(ada, path, { content: marker, stream: true }, key, worker.url));
  await ask();
  const rebuilt = await until(async () => {
    const events = await ask();
    return events.every(({ id }) => Number.isNaN(id)) && events;
  });
  expect(rebuilt.map(({ name }) => name).slice(2, -2)).toEqual([
    "reasoning_delta",
    "content_delta",
  ]);
  expect(rebuilt[2]?.data).toEqual({ type: "reasoning_delta", content: "Hm." });
});

it("Reasoning is billed when its room is lost", async () => {
  const chatId = await newChat(ada, { auto_title: false });
  const { events } = await thinkingTurn(chatId, worker.url);
  // The pieces so far are emitted long before more arrive.
  await events.next();
  await worker.crash();
  const [row] = await until(async () => {
    const rows = await usageOf(chatId);
    return rows.length > 0 && rows;
  });
  expect(row).toMatchObject({ completion: "3", estimated: "t" });
  expect(Number(row?.prompt)).toBeGreaterThan(0);
  const answer = (await ada.get(`/chats/${chatId}/messages`)).body.at(-1);
  expect(answer).toMatchObject({ status: "interrupted", content: "" });
});
