import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RawStep } from "../../../local/provider/script.ts";
import { expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { requestsContaining, script } from "../../support/provider.ts";
import { type ProviderTurn, turnOf, usageOf } from "../../support/provider-turn.ts";
import { delta, DONE, event, finish, say, usage } from "../../support/provider-wire.ts";
import { until } from "../../support/until.ts";

/** Timeouts for a provider that keeps the connection open; no answer below waits for them. */
const LIMITS = { first_token_ms: 1_500, progress_ms: 1_500 };
const OPEN: RawStep = { end: "open" };

let ada: SignedIn;
let worker: FastWorker;
beforeAll(async () => {
  const vars = { TURN_LIMITS: JSON.stringify(LIMITS) };
  [ada, worker] = await Promise.all([signUp(), startFastWorker(vars)]);
});
afterAll(() => worker.close());

const turn = (raw: RawStep[]) => turnOf(ada, worker.url, raw);
const U = usage();

function expectComplete({ text, code, answer }: ProviderTurn, expected: string): void {
  expect(code).toBeUndefined();
  expect(text).toBe(expected);
  expect(answer).toMatchObject({ status: "complete", content: expected });
}

function expectFailed(ended: ProviderTurn, text: string, code: string): void {
  expect(ended.code).toBe(code);
  expect(ended.text).toBe(text);
  expect(ended.answer).toMatchObject({
    status: "failed",
    content: text,
    metadata: { finish_reason: code },
  });
}

describe("A complete answer is complete, whatever happens to its connection:", () => {
  it.concurrent.each<[string, RawStep[], string]>([
    ["it stays open after [DONE]", [say("Answer"), finish(), U, DONE, OPEN], "Answer"],
    ["it stays open after [DONE], without a finish reason", [say("Answer"), DONE, OPEN], "Answer"],
    ["it stays open after the usage", [say("Answer"), finish(), U, OPEN], "Answer"],
    [
      "comments follow the usage",
      [say("Answer"), finish(), U, { repeat: ": ping\n\n", everyMs: 200, times: 60 }],
      "Answer",
    ],
    [
      "comments follow the finish reason",
      [say("Answer"), finish(), { repeat: ": ping\n\n", everyMs: 200, times: 60 }],
      "Answer",
    ],
    [
      "it is reset after the reason",
      [say("Answer"), finish(), { pauseMs: 50 }, { end: "reset" }],
      "Answer",
    ],
    [
      "it is cut after the reason",
      [say("Answer"), finish(), { pauseMs: 50 }, { end: "cut" }],
      "Answer",
    ],
    [
      "it is reset after [DONE]",
      [say("Answer"), finish(), U, DONE, { pauseMs: 50 }, { end: "reset" }],
      "Answer",
    ],
    [
      "the last event has no blank line",
      [say("A"), delta({ content: "B" }, "stop").trimEnd()],
      "AB",
    ],
    ["more text follows [DONE]", [say("A"), finish(), U, DONE, say("GHOST")], "A"],
    [
      "a broken chunk follows the finish reason",
      [say("A"), finish(), "data: {broken\n\n", OPEN],
      "A",
    ],
    [
      "the answer is a single JSON",
      [JSON.stringify({ choices: [{ message: { content: "A" }, finish_reason: "stop" }] }), OPEN],
      "A",
    ],
  ])("%s", async (_, raw, text) => {
    expectComplete(await turn(raw), text);
  });

  it("usage that arrives within two seconds counts, and otherwise it is estimated", async () => {
    const counted = await turn([say("Answer"), finish(), { pauseMs: 100 }, U, OPEN]);
    expect(counted.answer.metadata.usage).toMatchObject({ prompt_tokens: 7, estimated: false });
    const { answer } = await turn([say("Answer"), finish(), OPEN]);
    expect(answer.metadata.usage).toMatchObject({ completion_tokens: 2, estimated: true });
    expect(answer.metadata.usage.prompt_tokens).toBeGreaterThan(2);
  });

  it("the provider's connection is closed at the end of the answer", async () => {
    const { marker } = await turn([say("Answer"), finish(), U, DONE, OPEN]);
    const seen = await until(async () => {
      const [request] = await requestsContaining(marker);
      return request?.aborted && request;
    });
    expect(seen.body.stream).toBe(true);
  });
});

describe("An answer that was cut is not:", () => {
  it.concurrent.each<[string, RawStep[], string, string]>([
    ["the connection ends", [say("A"), say("B")], "AB", "ai_unavailable"],
    [
      "the connection is reset",
      [say("A"), say("B"), { pauseMs: 50 }, { end: "reset" }],
      "AB",
      "ai_unavailable",
    ],
    [
      "a chunk is broken",
      [`${say("A")}${say("B")}data: {broken\n\n`, OPEN],
      "AB",
      "ai_unavailable",
    ],
    [
      "an error arrives in the same read",
      [`${say("A")}${say("B")}${event({ error: { code: 502 } })}`, OPEN],
      "AB",
      "ai_unavailable",
    ],
    [
      "the model fails",
      [say("Half a text"), finish("error"), U, DONE],
      "Half a text",
      "ai_unavailable",
    ],
    [
      "the provider runs out of resources",
      [say("Half"), finish("insufficient_system_resource"), DONE],
      "Half",
      "ai_unavailable",
    ],
    [
      "only comments follow the first words",
      [say("A"), { repeat: ": ping\n\n", everyMs: 200, times: 60 }],
      "A",
      "ai_timeout",
    ],
  ])("%s", async (_, raw, text, code) => {
    const ended = await turn(raw);
    expectFailed(ended, text, code);
    expect((await usageOf(ended.chatId))[0]).toMatchObject({
      estimated: raw.includes(U) ? "f" : "t",
    });
  });
});

describe("Anything between the chunks is tolerated:", () => {
  it.each<[string, RawStep[]]>([
    ["empty data", [say("A"), "data:\n\n", say("B"), finish(), U, DONE]],
    ["null", [say("A"), "data: null\n\n", say("B"), finish(), U, DONE]],
    [
      "pings, of which none is a chunk",
      [say("A"), event({ type: "ping" }), "data: : ping\n\n", say("B"), finish(), DONE],
    ],
    [
      "CRLF, and a byte order mark",
      [`\uFEFF${say("A")}${say("B")}${finish()}`.replaceAll("\n", "\r\n")],
    ],
    [
      "parts of content",
      [delta({ content: [{ type: "text", text: "A" }] }), say("B"), finish(), U, DONE],
    ],
    [
      "messages in place of deltas",
      ["A", "B"]
        .map((content) => event({ choices: [{ message: { content } }] }))
        .concat(finish(), DONE),
    ],
    [
      "other choices",
      [
        say("A"),
        event({ choices: [{ index: 1, delta: { content: "X" }, finish_reason: "stop" }] }),
        say("B"),
        finish(),
        DONE,
      ],
    ],
  ])("%s", async (_, raw) => {
    expectComplete(await turn(raw), "AB");
  });
});

describe("An answer without text is not complete:", () => {
  it.each<[string, RawStep[], string]>([
    ["a reason alone", [finish(), U, DONE], "ai_empty"],
    ["[DONE] alone", [DONE], "ai_empty"],
    ["white space", [say(" \n"), finish(), DONE], "ai_empty"],
    ["reasoning alone", [delta({ reasoning_content: "Hm." }), finish(), DONE], "ai_empty"],
    [
      "the call of a tool",
      [delta({ tool_calls: [{ index: 0 }] }), finish("tool_calls"), DONE],
      "ai_empty",
    ],
    ["no text before the limit", [finish("length"), U, DONE], "ai_length"],
    ["no text before another's limit", [finish("MAX_TOKENS"), DONE], "ai_length"],
    ["a filter", [finish("content_filter"), DONE], "ai_filtered"],
    ["another's filter", [finish("SAFETY"), DONE], "ai_filtered"],
    ["a failure", [finish("error"), DONE], "ai_unavailable"],
  ])("%s", async (_, raw, code) => {
    const { chatId, marker, answer, code: seen } = await turn(raw);
    expect([seen, answer.status, answer.content.trim()]).toEqual([code, "failed", ""]);
    await script({ tokens: ["Now it is."] }, marker);
    const again = await ada.post(`/messages/${answer.id}/regenerate`, { stream: false });
    expect(again.body.ai_response).toMatchObject({ status: "complete", content: "Now it is." });
    expect(await usageOf(chatId)).toHaveLength(2);
  });

  it("a client that waits for JSON gets the code as a problem", async () => {
    const marker = await script({ raw: [finish("content_filter"), DONE], kind: "answer" });
    expectProblem(await ada.post("/chat", { content: marker, stream: false }), 502, "ai_filtered");
  });

  it.each<[string, RawStep[], string]>([
    [
      "in a delta",
      [delta({ refusal: "I cannot " }), delta({ refusal: "help" }), finish(), DONE],
      "stop",
    ],
    [
      "in a part",
      [
        delta({ content: [{ type: "refusal", refusal: "I cannot help" }] }),
        finish("content_filter"),
      ],
      "content_filter",
    ],
  ])("but a refusal is an answer, %s", async (_, raw, reason) => {
    const ended = await turn(raw);
    expectComplete(ended, "I cannot help");
    expect(ended.answer.metadata).toMatchObject({ refusal: true, finish_reason: reason });
  });
});
