import { describe, expect, it } from "vitest";
import { mergeCounts, type TokenCount, toTokenCount } from "../../src/clients/model/usage.ts";

const prompt = (tokens: number, more: object = {}) => ({ prompt_tokens: tokens, ...more });
const whole = { completion_tokens: 20, total_tokens: 30 };

/** Prompt, completion, cached, reasoning, and other parts. */
type Counts = [number, number, number?, number?, Partial<TokenCount>?];

describe("A token count", () => {
  it.each([
    [
      "OpenAI",
      prompt(2_006, {
        completion_tokens: 300,
        total_tokens: 2_306,
        prompt_tokens_details: { cached_tokens: 1_920 },
        completion_tokens_details: { reasoning_tokens: 64 },
      }),
      [2_006, 300, 1_920, 64],
    ],
    [
      "DeepSeek",
      prompt(10, { ...whole, prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 2 }),
      [10, 20, 8],
    ],
    ["Moonshot", prompt(10, { ...whole, cached_tokens: 4 }), [10, 20, 4]],
    ["a proxy before Anthropic", prompt(10, { ...whole, cache_read_input_tokens: 4 }), [10, 20, 4]],
    [
      "Anthropic's names, which count the cache beside",
      {
        input_tokens: 6,
        output_tokens: 20,
        cache_read_input_tokens: 1_920,
        cache_creation_input_tokens: 80,
      },
      [2_006, 20, 1_920, undefined, { cacheWriteTokens: 80 }],
    ],
    [
      "sound",
      prompt(10, {
        ...whole,
        prompt_tokens_details: { cached_tokens: 0, audio_tokens: 7 },
        completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 12 },
      }),
      [10, 20, 0, 0, { audioPromptTokens: 7, audioCompletionTokens: 12 }],
    ],
    [
      "the Responses API's names",
      {
        input_tokens: 10,
        output_tokens: 20,
        input_tokens_details: { cached_tokens: 4 },
        output_tokens_details: { reasoning_tokens: 6 },
      },
      [10, 20, 4, 6],
    ],
    [
      "xAI, which counts reasoning beside",
      prompt(10, {
        completion_tokens: 20,
        total_tokens: 430,
        completion_tokens_details: { reasoning_tokens: 400 },
      }),
      [10, 420, undefined, 400],
    ],
    [
      "reasoning beside, by another name",
      prompt(10, { completion_tokens: 20, total_tokens: 430, reasoning_tokens: 400 }),
      [10, 420, undefined, 400],
    ],
    [
      "Gemini, where the total alone tells",
      prompt(10, { completion_tokens: 20, total_tokens: 430 }),
      [10, 420, undefined, 400],
    ],
    [
      "reasoning that cannot be inside, without a total",
      prompt(10, { completion_tokens: 20, completion_tokens_details: { reasoning_tokens: 400 } }),
      [10, 420, undefined, 400],
    ],
    [
      "reasoning inside",
      prompt(10, { ...whole, completion_tokens_details: { reasoning_tokens: 15 } }),
      [10, 20, undefined, 15],
    ],
    ["an embedding", prompt(10, { total_tokens: 10 }), [10, 0]],
    ["a total that is too small", prompt(10, { completion_tokens: 20, total_tokens: 3 }), [10, 20]],
    [
      "null details",
      prompt(10, { ...whole, prompt_tokens_details: null, completion_tokens_details: null }),
      [10, 20],
    ],
  ])("of %s", (_, usage, counts) => {
    const [promptTokens, completionTokens, cachedTokens, reasoningTokens, more] = counts as Counts;
    expect(toTokenCount(usage)).toEqual({
      promptTokens,
      completionTokens,
      ...(cachedTokens !== undefined && { cachedTokens }),
      ...(reasoningTokens !== undefined && { reasoningTokens }),
      ...more,
    });
  });

  it.each([
    ["nothing", undefined],
    ["null", null],
    ["a list", []],
    ["no numbers", prompt(10, { completion_tokens: "20" })],
    ["a fraction", prompt(10.5, whole)],
    ["less than nothing", prompt(-1, whole)],
    ["more than can be stored", prompt(3e9, { completion_tokens: 20, total_tokens: 3e9 + 20 })],
    [
      "more than can be stored together",
      prompt(2e9, { completion_tokens: 2e9, total_tokens: 4e9 }),
    ],
    ["a prompt alone", prompt(10)],
  ])("is none where it is %s", (_, usage) => {
    expect(toTokenCount(usage)).toBeUndefined();
  });

  it("has no more cached tokens than there were, nor a hostile part", () => {
    const details = { prompt_tokens_details: { cached_tokens: 3e9 } };
    expect(toTokenCount(prompt(10, { ...whole, ...details }))).toEqual({
      promptTokens: 10,
      completionTokens: 20,
    });
    const reasoning = { completion_tokens_details: { reasoning_tokens: 900 } };
    expect(toTokenCount(prompt(10, { ...whole, ...reasoning }))?.reasoningTokens).toBe(20);
  });
});

it("The last count of an answer wins, but a zero replaces nothing", () => {
  const counts: TokenCount[] = [
    { promptTokens: 10, completionTokens: 1, cachedTokens: 4 },
    { promptTokens: 10, completionTokens: 7, reasoningTokens: 2 },
    { promptTokens: 0, completionTokens: 0, cachedTokens: 0 },
  ];
  const merged = counts.reduce((earlier, later) => mergeCounts(earlier, later));
  const all = { promptTokens: 10, completionTokens: 7, cachedTokens: 4, reasoningTokens: 2 };
  expect(merged).toEqual(all);
});
