import { describe, expect, it } from "vitest";
import { ConfigError, type Env, readConfig } from "../../src/env.ts";
import { fallbackOf, findEmbeddingModel, findModel } from "../../src/lib/models.ts";

function configWith(models: unknown) {
  const MODELS = typeof models === "string" ? models : JSON.stringify(models);
  const env = { DATABASE_URL: "postgres://u:p@localhost/d", SECRET_KEY: "x".repeat(32), MODELS };
  return readConfig(env as unknown as Env);
}

const tableOf = (models: unknown) => configWith(models).MODELS;

function reasonsOf(models: unknown): string[] {
  try {
    configWith(models);
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.reasons : ["another error"];
  }
}

describe("the configured models", () => {
  it("are those of the table where nothing is configured", () => {
    const table = tableOf("");
    expect(findModel("gpt-4o", [], table)).toEqual(findModel("gpt-4o", []));
    expect(table.embedding.map(({ name }) => name)).toContain("text-embedding-3-small");
  });

  it("offer a model of any name, with all its properties", () => {
    const table = tableOf({
      "mistral-small-latest": {
        provider: "openai",
        context_tokens: 64_000,
        max_output_tokens: 2_000,
        prompt_price: 0.1,
        cached_price: 0.05,
        completion_price: 0.3,
        refuses: ["max_completion_tokens", "stream_options"],
        reasons: false,
        fallback: "claude-haiku-4-5",
      },
    });
    const model = findModel("mistral-small-latest", [], table);
    expect(model).toEqual({
      name: "mistral-small-latest",
      provider: "openai",
      contextTokens: 64_000,
      maxOutputTokens: 2_000,
      prices: [{ rates: { prompt: 100_000, cached: 50_000, completion: 300_000 } }],
      refuses: ["max_completion_tokens", "stream_options"],
      reasons: false,
      fallback: "claude-haiku-4-5",
    });
    expect(model && fallbackOf(model, table)?.name).toBe("claude-haiku-4-5");
  });

  it("override properties of a known model, and keep the rest", () => {
    const table = tableOf({ "gpt-4o": { prompt_price: 1 }, "gpt-5": { fallback: null } });
    expect(findModel("gpt-4o", [], table)).toEqual({
      ...findModel("gpt-4o", []),
      prices: [{ rates: { prompt: 1_000_000, completion: 10_000_000 } }],
    });
    expect(findModel("gpt-5", [], table)).not.toHaveProperty("fallback");
    expect(findModel("gpt-5-mini", [], table)).toEqual(findModel("gpt-5-mini", []));
  });

  it("leave room for a prompt where only the context is configured", () => {
    const table = tableOf({
      tiny: { context_tokens: 4_096 },
      "gpt-4o": { context_tokens: 8_192 },
    });
    expect(findModel("tiny", [], table)?.maxOutputTokens).toBe(1_024);
    expect(findModel("gpt-4o", [], table)?.maxOutputTokens).toBe(2_048);
  });

  it("can be embedding models, which generate no answer", () => {
    const table = tableOf({
      "mistral-embed": { dimensions: null, prompt_price: 0.1, refuses: ["dimensions"] },
      "text-embedding-3-small": { prompt_price: 0.03 },
    });
    expect(findModel("mistral-embed", [], table)).toBeUndefined();
    expect(findEmbeddingModel("mistral-embed", table)).toMatchObject({
      dimensions: undefined,
      prices: [{ rates: { prompt: 100_000, completion: 0 } }],
    });
    expect(findEmbeddingModel("text-embedding-3-small", table)).toMatchObject({
      dimensions: 1_536,
      prices: [{ rates: { prompt: 30_000, completion: 0 } }],
    });
    expect(findEmbeddingModel("none", table)).toBeUndefined();
  });

  it.each([
    ["{", /^MODELS: not valid JSON$/],
    [[], /^MODELS: .*expected record/],
    [{ a: { prices: 1 } }, /^MODELS\.a: Unrecognized key: "prices"$/],
    [{ a: { provider: "mistral" } }, /^MODELS\.a\.provider: .*"openai"\|"anthropic"/],
    [{ a: { context_tokens: 0.5 } }, /^MODELS\.a\.context_tokens: /],
    [{ a: { prompt_price: -1 } }, /^MODELS\.a\.prompt_price: /],
    [{ a: { prompt_price: 1 } }, /^MODELS\.a: needs prompt_price and completion_price/],
    [{ a: { refuses: ["seed"] } }, /^MODELS\.a\.refuses\.0: .*"max_completion_tokens"/],
    [{ a: { fallback: "a" } }, /^MODELS\.a\.fallback: must name another model of the table$/],
    [{ a: { fallback: "gpt-0" } }, /^MODELS\.a\.fallback: must name another model of the table$/],
    [
      { "gpt-4o": { context_tokens: 100, max_output_tokens: 100 } },
      /^MODELS\.gpt-4o\.max_output_tokens: must be less than context_tokens$/,
    ],
    [{ a: { dimensions: 3_072 } }, /^MODELS\.a\.dimensions: /],
  ])("are refused with a reason: %j", (models, reason) => {
    expect(reasonsOf(models)).toEqual([expect.stringMatching(reason)]);
  });
});
