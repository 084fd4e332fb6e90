import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readQueries } from "../../src/features/turns/context/read-queries.ts";
import { codePointLength } from "../../src/lib/code-points.ts";
import { isStorable } from "../../src/lib/storable-text.ts";
import { cpuMs } from "../support/hostile-text.ts";

const TWO = ["penalty for delay", "clause 7.2 liquidated damages"];

const WRAPPED: Record<string, string> = {
  JSON: JSON.stringify({ queries: TWO }),
  "a list alone": JSON.stringify(TWO),
  "JSON in a fence": `\`\`\`json\n${JSON.stringify({ queries: TWO }, null, 2)}\n\`\`\``,
  "JSON with an introduction and a remark": `Here are the queries:\n${JSON.stringify({ queries: TWO })}\nI hope this helps!`,
  "JSON behind reasoning": `<think>{"queries": ["wrong"]} no, rather</think>\n${JSON.stringify({ queries: TWO })}`,
  "JSON of another shape": JSON.stringify({
    reasoning: "They mean the delay.",
    search_queries: TWO.map((query) => ({ query })),
  }),
  "JSON that is truncated": `{"queries": ["${TWO[0]}", "${TWO[1]}", "the supplier sh`,
  "JSON with a trailing comma": `{"queries": ["${TWO[0]}", "${TWO[1]}",]}`,
  "a numbered list": `1. ${TWO[0]}\n2) "${TWO[1]}"`,
  "a bulleted list with an introduction": `Search queries:\n\n- ${TWO[0]}\n* **${TWO[1]}**\n\nThese cover both.`,
  "lines alone": TWO.join("\n"),
  "a list with brackets in it": `- ${TWO[0]} [3]\n- ${TWO[1]}`,
};

const USELESS: Record<string, string> = {
  nothing: "",
  "an empty list": '{"queries": []}',
  "a refusal": "I'm sorry, but I cannot help with that.",
  "reasoning alone": "<think>The user asks for penalties",
  "signs alone": '{"queries": ["…", "?!", ""]}',
  "another object": '{"error": {"message": "overloaded", "code": 529}}',
};

describe("the queries of a model's answer", () => {
  for (const [what, answer] of Object.entries(WRAPPED)) {
    it(`are read from ${what}`, () => {
      expect(readQueries(answer).map((query) => query.replace(" [3", ""))).toEqual(TWO);
    });
  }

  for (const [what, answer] of Object.entries(USELESS)) {
    it(`are none where it is ${what}`, () => {
      expect(readQueries(answer)).toEqual([]);
    });
  }

  it("are at most four, each once, whatever its case", () => {
    const queries = ["Rent", "rent", "RENT ", "deposit", "term", "notice", "roof"];
    expect(readQueries(JSON.stringify({ queries }))).toEqual(["Rent", "deposit", "term", "notice"]);
  });

  it("are storable lines of at most 300 characters, whatever it is", () => {
    const pieces = fc.constantFrom('"', "\\", "[", "{", "]", "}", ",", ":", "\n", "- ", "a", "\0");
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 500 }),
      fc.string({ unit: pieces }),
    );
    fc.assert(
      fc.property(text, fc.boolean(), (text, isListed) => {
        const queries = readQueries(
          isListed ? JSON.stringify({ queries: [text, `é${text}`] }) : text,
        );
        expect(queries.length).toBeLessThanOrEqual(4);
        for (const query of queries) {
          expect(isStorable(query)).toBe(true);
          expect(query).not.toMatch(/[\r\n]/);
          expect(codePointLength(query)).toBeLessThanOrEqual(300);
        }
      }),
    );
    const long = readQueries(JSON.stringify(["😀a".repeat(2_000)]));
    expect(long.map((query) => codePointLength(query))).toEqual([300]);
  });

  it("are read in a time that grows with its length alone", async () => {
    for (const unit of ["[", '{"a":', '"', '\\"', "\n- ", "```\n", "<think>", "1. "]) {
      expect(await cpuMs(() => readQueries(unit.repeat(100_000)))).toBeLessThan(500);
    }
  });
});
