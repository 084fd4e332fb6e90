import { describe, expect, it } from "vitest";
import { promptBudget } from "../../src/features/turns/context/budget.ts";
import {
  estimateTokens,
  fallbackOf,
  findModel,
  type Model,
  OFFERED,
} from "../../src/lib/models.ts";

describe("the table of models", () => {
  it("offers no model that it does not contain", () => {
    expect(findModel("gpt-nonexistent", [])).toBeUndefined();
  });

  it("accepts a configured model, with a cautious context size and no price", () => {
    const own = findModel("llama-local", ["llama-local"]);
    expect(own).toMatchObject({ provider: "openai", contextTokens: 32_768 });
    expect(own?.prices).toBeUndefined();
  });

  it("knows the published price of a name that the configured provider serves", () => {
    const table = { chat: OFFERED, embedding: [], openaiUrl: "https://api.deepseek.com/v1" };
    const own = findModel("deepseek-reasoner", ["deepseek-reasoner"], table);
    expect(own?.prices?.[0]?.rates.prompt).toBeGreaterThan(0);
    const elsewhere = { ...table, openaiUrl: "https://llm.example.com/v1" };
    const unknown = findModel("deepseek-reasoner", ["deepseek-reasoner"], elsewhere);
    expect(unknown?.prices).toBeUndefined();
  });

  it("keeps the table's prices for a configured model too", () => {
    const [price] = findModel("gpt-4o", ["gpt-4o"])?.prices ?? [];
    expect(price?.rates).toMatchObject({ prompt: 2_500_000, completion: 10_000_000 });
  });
});

describe("the failover model of another", () => {
  const fallen = (model: Model) => {
    const fallback = fallbackOf(model);
    if (!fallback) throw new Error(`${model.name} has a fallback`);
    return fallback;
  };

  it("is another provider's, and accepts every prompt that was made for the first", () => {
    for (const model of OFFERED) {
      const fallback = fallen(model);
      expect(fallback.provider, model.name).not.toBe(model.provider);
      expect(promptBudget(fallback), model.name).toBeGreaterThanOrEqual(promptBudget(model));
    }
  });

  it("is none for an unknown model", () => {
    const own = findModel("llama-local", ["llama-local"]);
    expect(own && fallbackOf(own)).toBeUndefined();
  });
});

describe("the estimate of tokens", () => {
  it("counts bytes, so that scripts of many bytes a character are not underestimated", () => {
    expect(estimateTokens("")).toBe(0);
    expect(estimateTokens("abcde")).toBe(2);
    expect(estimateTokens("法律意见")).toBe(3);
  });
});
