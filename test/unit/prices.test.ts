import fc from "fast-check";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderPrices } from "../../local/prices.ts";
import { costOf, findModel } from "../../src/lib/models.ts";
import { findPublished } from "../../src/lib/price-table.ts";
import {
  costAt,
  picoCost,
  priceTiersAt,
  type Price,
  type Rates,
  ratesAt,
  trimCost,
} from "../../src/lib/prices.ts";
import { present } from "../../src/lib/assert.ts";

const NOW = new Date("2026-06-15T12:00:00.000Z");
const mini = present(findModel("gpt-4o-mini", []), "the model");

describe("The cost of a call", () => {
  it("is exact where a float would not be", () => {
    const usage = { promptTokens: 1_000_003, completionTokens: 7 };
    expect(costOf(mini, usage, NOW)).toBe("0.15000465");
  });

  it("has six decimal places at least, and as many as it needs", () => {
    expect(costOf(mini, { promptTokens: 0, completionTokens: 0 }, NOW)).toBe("0.000000");
    expect(costOf(mini, { promptTokens: 1, completionTokens: 0 }, NOW)).toBe("0.00000015");
    expect(costOf(mini, { promptTokens: 100, completionTokens: 180 }, NOW)).toBe("0.000123");
  });

  it("is unknown, not zero, for a model without a price", () => {
    const own = present(findModel("own", ["own"]), "the model");
    expect(costOf(own, { promptTokens: 5, completionTokens: 5 }, NOW)).toBeNull();
  });

  it("is unknown, not an error, for a model that an earlier version stored", () => {
    const { prices: _, ...older } = mini;
    expect(costOf(older, { promptTokens: 5, completionTokens: 5 }, NOW)).toBeNull();
  });

  it("counts cached tokens at their own rate", () => {
    const gpt = present(findModel("gpt-4o", []), "the model");
    const usage = { promptTokens: 2_006, completionTokens: 300, cachedTokens: 1_920 };
    expect(costOf(gpt, usage, NOW)).toBe("0.005615");
  });

  it("reads the database's decimal as the wire shows it", () => {
    expect(trimCost("0.000123000000")).toBe("0.000123");
    expect(trimCost("12.500000000000")).toBe("12.500000");
    expect(trimCost("3")).toBe("3.000000");
  });

  const rates: Rates = {
    prompt: 7,
    completion: 11,
    cached: 2,
    cacheWrite: 13,
    reasoning: 17,
    audioPrompt: 19,
    audioCompletion: 23,
  };
  const count = fc.nat({ max: 1_000_000_000 });

  it("adds up by part, to the last pico-dollar, and pays no token twice", () => {
    fc.assert(
      fc.property(
        fc.tuple(count, count, count, count),
        fc.tuple(count, count, count),
        ([text, cached, written, sound], [words, thoughts, speech]) => {
          const cost = picoCost(rates, {
            promptTokens: text + cached + written + sound,
            completionTokens: words + thoughts + speech,
            cachedTokens: cached,
            cacheWriteTokens: written,
            audioPromptTokens: sound,
            reasoningTokens: thoughts,
            audioCompletionTokens: speech,
          });
          const parts = [
            text * 7,
            cached * 2,
            written * 13,
            sound * 19,
            words * 11,
            thoughts * 17,
            speech * 23,
          ];
          expect(cost).toBe(parts.reduce((sum, part) => sum + BigInt(part), 0n));
        },
      ),
    );
  });

  it("never exceeds the dearest rate times all tokens, whatever parts a provider claims", () => {
    fc.assert(
      fc.property(
        count,
        count,
        count,
        count,
        (promptTokens, completionTokens, cached, reasoning) => {
          const tokens = {
            promptTokens,
            completionTokens,
            cachedTokens: cached,
            reasoningTokens: reasoning,
          };
          const cost = picoCost(rates, tokens);
          expect(cost <= BigInt(promptTokens) * 7n + BigInt(completionTokens) * 17n).toBe(true);
          expect(cost >= BigInt(promptTokens) * 2n + BigInt(completionTokens) * 11n).toBe(true);
        },
      ),
    );
  });

  it("applies the tier of the prompt's size to the whole call", () => {
    const tiered: Rates = {
      prompt: [
        [0, 2],
        [1_000, 4],
      ],
      completion: [
        [0, 10],
        [1_000, 15],
      ],
    };
    expect(picoCost(tiered, { promptTokens: 1_000, completionTokens: 1 })).toBe(2_010n);
    expect(picoCost(tiered, { promptTokens: 1_001, completionTokens: 1 })).toBe(4_019n);
    expect(costAt(tiered, { promptTokens: 0, completionTokens: 0 })).toBe("0.000000");
  });
});

describe("A price", () => {
  const of = (prompt: number): Rates => ({ prompt, completion: 0 });
  const prices: Price[] = [
    { rates: of(1) },
    { rates: of(2), from: "2026-03-13" },
    { rates: of(3), hours: ["22:00", "04:00"] },
  ];
  it.each([
    ["2026-03-12T12:00:00.000Z", 1],
    ["2026-03-13T00:00:00.000Z", 3],
    ["2026-03-13T04:00:00.000Z", 2],
    ["2026-03-13T21:59:59.999Z", 2],
    ["2026-03-13T22:00:00.000Z", 3],
  ])("is the one that is valid at %s", (at, prompt) => {
    expect(ratesAt(prices, new Date(at))?.prompt).toBe(prompt);
  });

  it("is unknown before the first that is valid", () => {
    expect(ratesAt([{ rates: of(1), from: "2027-01-01" }], NOW)).toBeUndefined();
  });
});

describe("The table of published prices", () => {
  it("is current: `npm run prices` makes the same file", async () => {
    const path = join(import.meta.dirname, "..", "..", "src/lib/price-table.json");
    expect(await readFile(path, "utf8")).toBe(await renderPrices());
  });

  it("is chosen by the host of the provider, never by a part of a name", () => {
    expect(findPublished("https://api.openai.com/v1", "gpt-4o")).toBeDefined();
    expect(findPublished("https://firm.openai.azure.com/openai/v1", "gpt-4o")).toBeDefined();
    expect(findPublished("https://api.openai.com.example.org/v1", "gpt-4o")).toBeUndefined();
    expect(findPublished("https://notapi.openai.com/v1", "gpt-4o")).toBeUndefined();
    expect(findPublished("https://api.openai.com/v1", "toString")).toBeUndefined();
  });
});

describe("The prices that a client is shown", () => {
  it("are dollars per million tokens, as exact decimals", () => {
    const rates = { prompt: 150_000, completion: 600_000, cached: 75_000 };
    expect(priceTiersAt([{ rates }], NOW)).toEqual([
      { above: 0, prompt: "0.150000", completion: "0.600000", cached: "0.075000" },
    ]);
  });

  it("are listed by the size of the prompt, each with the rate that such a call costs", () => {
    const rates: Rates = {
      prompt: [
        [0, 1_250_000],
        [200_000, 2_500_000],
      ],
      completion: 10_000_000,
      reasoning: [
        [0, 1],
        [100_000, 2],
      ],
    };
    const tiers = priceTiersAt([{ rates }], NOW) ?? [];
    expect(tiers.map(({ above, prompt, reasoning }) => [above, prompt, reasoning])).toEqual([
      [0, "1.250000", "0.000001"],
      [100_000, "1.250000", "0.000002"],
      [200_000, "2.500000", "0.000002"],
    ]);
    // What a call of a million prompt tokens is billed.
    const cost = costAt(rates, { promptTokens: 1_000_000, completionTokens: 0 });
    expect(cost).toBe(tiers.at(-1)?.prompt);
  });

  it("are those of the hour, and unknown without a price", () => {
    const night: Price = { rates: { prompt: 1, completion: 1 }, hours: ["16:00", "00:30"] };
    const day: Price = { rates: { prompt: 2, completion: 2 } };
    const at = (time: string) => new Date(`2026-06-15T${time}:00.000Z`);
    expect(priceTiersAt([day, night], at("12:00"))?.[0]?.prompt).toBe("0.000002");
    expect(priceTiersAt([day, night], at("23:00"))?.[0]?.prompt).toBe("0.000001");
    expect(priceTiersAt(undefined, NOW)).toBeUndefined();
    expect(priceTiersAt([], NOW)).toBeUndefined();
  });
});
