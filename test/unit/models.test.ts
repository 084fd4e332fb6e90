import { describe, expect, it } from "vitest";
import { promptBudget } from "../../src/features/turns/context/budget.ts";
import {
  costOf,
  estimateTokens,
  fallbackOf,
  findModel,
  type Model,
  OFFERED,
  trimCost,
} from "../../src/lib/models.ts";

function model(name: string) {
  const found = findModel(name, []);
  if (!found) throw new Error(`${name} is in the table`);
  return found;
}

describe("the cost of a call", () => {
  it("is exact where a float would not be", () => {
    const usage = { promptTokens: 1_000_003, completionTokens: 7 };
    expect(costOf(model("gpt-4o-mini"), usage)).toBe("0.15000465");
  });

  it("has six decimal places at least, and as many as it needs", () => {
    const mini = model("gpt-4o-mini");
    expect(costOf(mini, { promptTokens: 0, completionTokens: 0 })).toBe("0.000000");
    expect(costOf(mini, { promptTokens: 1, completionTokens: 0 })).toBe("0.00000015");
    expect(costOf(mini, { promptTokens: 100, completionTokens: 180 })).toBe("0.000123");
  });

  it("reads the database's decimal as the wire shows it", () => {
    expect(trimCost("0.000123000000")).toBe("0.000123");
    expect(trimCost("12.500000000000")).toBe("12.500000");
    expect(trimCost("3")).toBe("3.000000");
  });
});

describe("the table of models", () => {
  it("offers no model that it does not contain", () => {
    expect(findModel("gpt-nonexistent", [])).toBeUndefined();
  });

  it("accepts a configured model, with a cautious context size and no price", () => {
    const own = findModel("llama-local", ["llama-local"]);
    expect(own).toMatchObject({ provider: "openai", promptPrice: 0, contextTokens: 32_768 });
  });

  it("keeps the table's prices for a configured model too", () => {
    expect(findModel("gpt-4o", ["gpt-4o"])?.promptPrice).toBe(2.5);
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
