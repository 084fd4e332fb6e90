import { beforeAll, describe, expect, inject, it } from "vitest";
import type { RawStep } from "../../../local/provider/script.ts";
import { newChat } from "../../support/chats.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { requestsContaining, script } from "../../support/provider.ts";
import { turnOf, turnWith, usageOf } from "../../support/provider-turn.ts";
import { delta, DONE, event, finish, say, usage } from "../../support/provider-wire.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

const turn = (raw: RawStep[]) => turnOf(ada, inject("workerUrl"), raw);
const counted = (prompt_tokens: number, completion_tokens: number, more: object = {}) =>
  usage({
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    ...more,
  });
const TEXT = "Twelve tokens of a text that is forty-eight bytes.";

describe("The provider's usage is stored and billed:", () => {
  it("cached tokens at their own price", async () => {
    const details = { prompt_tokens_details: { cached_tokens: 1_920 } };
    const marker = await script({
      kind: "answer",
      raw: [say("A"), finish(), counted(2_006, 300, details), DONE],
    });
    const body = {
      chat_id: await newChat(ada, { auto_title: false }),
      content: marker,
      model: "gpt-4o",
      stream: false,
    };
    const { body: answer } = await ada.post("/chat", body);
    const expected = {
      prompt_tokens: 2_006,
      completion_tokens: 300,
      total_tokens: 2_306,
      cached_tokens: 1_920,
      cost: "0.005615",
      currency: "USD",
      estimated: false,
    };
    expect(answer.usage).toEqual(expected);
    expect(answer.ai_response.metadata.usage).toEqual(expected);
    expect(await usageOf(body.chat_id)).toEqual([
      {
        prompt: "2006",
        completion: "300",
        total: "2306",
        cached: "1920",
        reasoning: null,
        cost: "0.005615000000",
        estimated: "f",
      },
    ]);
  });

  it.each<[string, string[], object]>([
    [
      "reasoning beside the completion",
      [
        usage({
          prompt_tokens: 10,
          completion_tokens: 20,
          total_tokens: 430,
          reasoning_tokens: 400,
        }),
      ],
      { completion: "420", total: "430", reasoning: "400" },
    ],
    [
      "reasoning that only the total includes",
      [usage({ prompt_tokens: 10, completion_tokens: 20, total_tokens: 430 })],
      { completion: "420", total: "430", reasoning: "400" },
    ],
    [
      "reasoning inside of it",
      [counted(10, 20, { completion_tokens_details: { reasoning_tokens: 15 } })],
      { completion: "20", total: "30", reasoning: "15" },
    ],
    [
      "DeepSeek's cache",
      [counted(10, 20, { prompt_cache_hit_tokens: 8 })],
      { completion: "20", cached: "8" },
    ],
    [
      "the last of sums that grow",
      [counted(10, 1), counted(10, 9), counted(10, 20)],
      { completion: "20" },
    ],
    ["a count that a zero follows", [counted(10, 20), counted(0, 0)], { completion: "20" }],
    [
      "a count in the chunk of the end",
      [
        event({
          choices: [{ delta: {}, finish_reason: "stop" }],
          usage: { prompt_tokens: 10, completion_tokens: 20 },
        }),
      ],
      { completion: "20" },
    ],
  ])("%s", async (_, counts, expected) => {
    const { chatId, answer } = await turn([say(TEXT), ...counts, finish(), DONE]);
    expect((await usageOf(chatId))[0]).toMatchObject({ prompt: "10", estimated: "f", ...expected });
    expect(answer.metadata.usage).toMatchObject({ prompt_tokens: 10, estimated: false });
  });
});

describe("Usage that the provider did not report is estimated:", () => {
  it.each<[string, RawStep[]]>([
    ["no usage", []],
    ["zeros where there was text", [counted(0, 0)]],
    ["no numbers", [usage({ prompt_tokens: "10", completion_tokens: null })]],
    ["more than there can be", [usage({ prompt_tokens: 3e9, completion_tokens: 20 })]],
    ["less than nothing", [usage({ prompt_tokens: -1, completion_tokens: 20 })]],
    ["fractions", [usage({ prompt_tokens: 1.5, completion_tokens: 20 })]],
  ])("%s", async (_, counts) => {
    const { chatId, answer } = await turn([say(TEXT), finish(), ...counts, DONE]);
    const [row] = await usageOf(chatId);
    expect(row).toMatchObject({ completion: "13", cached: null, estimated: "t" });
    expect(Number(row?.prompt)).toBeGreaterThan(13);
    expect(answer.status).toBe("complete");
  });

  it("reasoning too, and the text after the last count", async () => {
    const thought = await turn([delta({ reasoning: TEXT }), say(TEXT), finish(), DONE]);
    expect((await usageOf(thought.chatId))[0]).toMatchObject({ completion: "26", estimated: "t" });
    const cut = await turn([counted(10, 1), say(TEXT)]);
    expect((await usageOf(cut.chatId))[0]).toMatchObject({
      prompt: "10",
      completion: "13",
      estimated: "t",
    });
  });

  it("the prompt alone where the provider disconnected before its first token, and nothing where it refused", async () => {
    const hungUp = await turn([{ end: "cut" }]);
    const [row] = await usageOf(hungUp.chatId);
    expect([Number(row?.prompt) > 0, row?.completion]).toEqual([true, "0"]);
    const refused = await turnWith(ada, inject("workerUrl"), { errorStatus: 500 });
    expect((await usageOf(refused.chatId))[0]).toMatchObject({ prompt: "0", completion: "0" });
  });
});

describe("Whatever a provider sends can be stored, and the chat continues:", () => {
  it.each<[string, RawStep[], object]>([
    [
      "a reason with NUL",
      [say("A"), finish("st\0op"), DONE],
      { content: "A", metadata: { finish_reason: "st\uFFFDop" } },
    ],
    ["a reason with half a pair", [say("A"), finish("\ud800"), DONE], { content: "A" }],
    ["a reason that is long", [say("A"), finish("x".repeat(100_000)), DONE], { content: "A" }],
    [
      "a reason that is none",
      [say("A"), event({ choices: [{ delta: {}, finish_reason: { a: 1 } }] }), DONE],
      { content: "A", metadata: { finish_reason: null } },
    ],
    [
      "text with NUL and halves of pairs",
      [say("a\0b\ud800"), say("c"), finish(), DONE],
      { content: "a\uFFFDb\uFFFDc" },
    ],
    [
      "absurd numbers",
      [
        say("A"),
        finish(),
        usage({
          prompt_tokens: 2e9,
          completion_tokens: 2e9,
          total_tokens: 4e9,
          prompt_tokens_details: { cached_tokens: 3e9 },
        }),
        DONE,
      ],
      { content: "A" },
    ],
  ])("%s", async (_, raw, expected) => {
    const { chatId, answer } = await turn(raw);
    expect(answer).toMatchObject({ status: "complete", ...expected });
    const next = await ada.post(`/chats/${chatId}/messages`, { content: "And then?" });
    expect(next.status).toBe(200);
  });

  it("an answer of more than a mebibyte ends there, and the provider's connection is closed", async () => {
    const piece = "é word ".repeat(10_000);
    const { chatId, marker, text, answer } = await turn([
      ...Array.from({ length: 20 }, () => say(piece)),
      { end: "open" },
    ]);
    expect(Buffer.byteLength(text)).toBe(1024 * 1024);
    expect(answer).toMatchObject({ status: "complete", metadata: { finish_reason: "length" } });
    expect(answer.content).toBe(text);
    await until(async () => (await requestsContaining(marker))[0]?.aborted);
    expect((await ada.post(`/chats/${chatId}/messages`, { content: "Again?" })).status).toBe(200);
  });

  it("reasoning of more than a mebibyte too", async () => {
    const piece = delta({ reasoning_content: "word ".repeat(20_000) });
    const steps: RawStep[] = [...Array.from({ length: 12 }, () => piece), { end: "open" }];
    const { code, reasoning } = await turn(steps);
    expect([code, reasoning.length]).toEqual(["ai_length", 1024 * 1024]);
  });
});
