import { beforeAll, describe, expect, it } from "vitest";
import {
  constructedBy,
  findExpressions,
  type FoundExpression,
} from "../support/regular-expressions.ts";

/** Expressions that are not linear, with what bounds their texts. */
const BOUNDED: { file: string; begins: string; because: string }[] = [
  {
    file: "clients/storage.ts",
    begins: "\\/+$",
    because: "An endpoint comes from the configuration.",
  },
  {
    file: "clients/mail.ts",
    begins: "\\/+$",
    because: "The URL of the application comes from the configuration.",
  },
  {
    file: "env.ts",
    begins: "^[^\\r\\n]+@",
    because: "The sender of mails is configuration itself.",
  },
  {
    file: "http/content-disposition.ts",
    begins: "^[. ]+|[. ]+$",
    because: "A name is cut to 100 characters before.",
  },
  {
    file: "lib/prices.ts",
    begins: "0+$",
    because: "A fraction of the database has 12 digits.",
  },
  {
    file: "clients/model/provider-errors.ts",
    begins: "(context|prompt|model|sequence|input)",
    because: "A refusal is cut to 8,192 units, and the gap in the pattern to 40.",
  },
  {
    file: "clients/model/provider-errors.ts",
    begins: "model['\"`]?:? .{0,80}",
    because: "A refusal is cut to 8,192 units, and the gap in the pattern to 80.",
  },
  {
    file: "features/citations/find-quotes.ts",
    begins: "^[\\s,;/&]*(?:and|or",
    because: "What joins two quotations is at most 12 units long.",
  },
  {
    file: "features/citations/find-quotes.ts",
    begins: "\\n\\s*(?:[-*•]",
    because: "What stands between a quotation and its number is at most 60 units long.",
  },
  {
    file: "features/titles/title-json.ts",
    begins: "[\"'“”]?(?<key>",
    because: "What a title is read from is cut to 4,000 units.",
  },
  {
    file: "features/titles/title-text.ts",
    begins: "[\\s,;:(\\p{Pd}]+$",
    because: "The words are cut to 60 characters before.",
  },
  {
    file: "features/titles/title-text.ts",
    begins: "^[ \\t]*(?:`{3,}|~{3,})[^\\n`]*",
    because: "What a title is read from is cut to 4,000 units.",
  },
  {
    file: "features/titles/title-wrapping.ts",
    begins: "(?<=\\s\\p{Ll}{5,})",
    because: "What a title is read from is cut to 4,000 units.",
  },
  {
    file: "features/titles/title-wrapping.ts",
    begins: "^<(\\w+)\\b[^<>]*>",
    because: "What a title is read from is cut to 4,000 units.",
  },
];

/** Constructed in functions, from constant text alone. */
const CONSTRUCTED_LATER: Record<string, string> = {
  "http/request-guard.ts": "Of a route's template: each parameter ends at the next slash.",
  "lib/price-table.ts": "Of the generated table; the name of a model has at most 100 characters.",
  "clients/model/think-tags.ts": "Of a list of tags: their alternatives, and nothing repeated.",
};

let literals: FoundExpression[];
let constructed: FoundExpression[];
let unknown: string[];
beforeAll(async () => {
  const found = await findExpressions();
  literals = found.literals;
  constructed = [];
  unknown = [];
  for (const { file, count } of found.constructions) {
    if (file in CONSTRUCTED_LATER) continue;
    const made = await constructedBy(file);
    if (made.length < count) unknown.push(file);
    constructed.push(...made);
  }
});

function isBounded({ file, source }: FoundExpression): boolean {
  return BOUNDED.some((bound) => bound.file === file && source.startsWith(bound.begins));
}

describe("the regular expressions of the source", () => {
  it("are all found", () => {
    expect(literals.length).toBeGreaterThan(250);
    expect(constructed.length).toBeGreaterThan(1);
    expect(unknown, "constructs expressions that are not seen when it is imported").toEqual([]);
  });

  it(
    "are linear in the length of the text, or bounded as documented",
    { timeout: 600_000 },
    async () => {
      process.env.RECHECK_BACKEND = "pure";
      const { checkSync } = await import("recheck");
      const slow: string[] = [];
      for (const { file, source, flags } of distinct([...literals, ...constructed])) {
        const { status } = checkSync(source, flags, LIMITS);
        if (status !== "safe") slow.push(`${file}: /${source}/${flags} is ${status}`);
      }
      expect(slow).toEqual([]);
    },
  );

  it.each(BOUNDED)("include $begins in $file, as documented", ({ file, begins }) => {
    const of = literals.filter((literal) => literal.file === file);
    expect(of.some(({ source }) => source.startsWith(begins))).toBe(true);
  });
});

/** Steps instead of seconds: the result is the same on a busy machine. */
const LIMITS = { timeout: null, incubationTimeout: null, attackTimeout: null, recallTimeout: -1 };

/** Without one of these, an expression looks at a bounded number of characters from each position. */
const UNBOUNDED = /[*+]|\{\d+,\}/;

function distinct(all: readonly FoundExpression[]): FoundExpression[] {
  // Those of one file may be bounded while the same of another are not.
  const unbounded = all.filter((found) => UNBOUNDED.test(found.source) && !isBounded(found));
  return [
    ...new Map(unbounded.map((found) => [`/${found.source}/${found.flags}`, found])).values(),
  ];
}
