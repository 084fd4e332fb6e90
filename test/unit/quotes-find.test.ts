import { expect, it } from "vitest";
import { findQuotations } from "../../src/features/citations/find-quotes.ts";
import { cpuMs } from "../support/hostile-text.ts";

it.each([
  ["“The rent is due.” [1]", [["The rent is due.", [1]]]],
  ['The lease says "the rent is due" [2].', [["the rent is due", [2]]]],
  ["„Die Miete ist fällig“ [1]", [["Die Miete ist fällig", [1]]]],
  ["«le loyer est dû» [12]", [["le loyer est dû", [12]]]],
  ["»die Miete« [1]", [["die Miete", [1]]]],
  ["‚die Miete ist fällig‘ [1]", [["die Miete ist fällig", [1]]]],
  ["‘the tenant’s rent’ [1]", [["the tenant’s rent", [1]]]],
  ["「家賃は前払い」[1]", [["家賃は前払い", [1]]]],
  ["“a b”[^3], and more", [["a b", [3]]]],
  [
    "“a b” [1, 2] and “c d” [3]",
    [
      ["a b", [1, 2]],
      ["c d", [3]],
    ],
  ],
  ["“a b” [1][2]", [["a b", [1, 2]]]],
  ["“a b” [2-4]", [["a b", [2, 3, 4]]]],
  ["“a b” (passage [4])", [["a b", [4]]]],
  ["“a b” [passage 4]", [["a b", [4]]]],
  [
    "“a b” and “c d” [5]",
    [
      ["a b", [5]],
      ["c d", [5]],
    ],
  ],
  ["As [2] has it, “a b”.", [["a b", [2]]]],
  [
    "- “a b” [1]\n- “c d” [2]",
    [
      ["a b", [1]],
      ["c d", [2]],
    ],
  ],
  ["- “a b”\n- “c d” [2]", [["c d", [2]]]],
  ["“the “Lease” means this” [1]", [["the “Lease” means this", [1]]]],
  ['"the "Lease" means this" [1]', [['the "Lease" means this', [1]]]],
  ["“the rent [1].”", [["the rent", [1]]]],
  ["> The rent is due\n> each month. [2]", [["The rent is due\neach month.", [2]]]],
  ["> The rent is due.\n— [2]", [["The rent is due.", [2]]]],
  [
    "> “The rent” [1] and “the deposit” [2]",
    [
      ["The rent", [1]],
      ["the deposit", [2]],
    ],
  ],
] as const)("%j", (answer, quotations) => {
  const found = findQuotations(answer);
  expect(found.map(({ text, points }) => [text, points])).toEqual(quotations);
  for (const { text, start, end } of found) {
    expect(answer.slice(start, end).replaceAll("\n> ", "\n")).toBe(text);
  }
});

it("A quotation is where it stands in the answer, behind whatever text and in whatever paragraph", () => {
  const before = "𝒳 “no number”\r\n\n  \n> “a block” here\n\n";
  const answer = `${before}- It says “ the rent is due [1]”, and\n  “the deposit” [2]\n>quoted too [3]`;
  const found = findQuotations(answer).map(({ text, start, end }) => [
    text,
    answer.slice(start, end),
  ]);
  expect(found).toEqual([
    ["the rent is due", "the rent is due"],
    ["the deposit", "the deposit"],
    ["quoted too", "quoted too"],
  ]);
});

it.each([
  ["no quotation at all [1]"],
  ["“words in marks” without a number"],
  [
    "“a number is too far from here”, which is then followed by a good deal of other words until at last [1]",
  ],
  ["The first [1]. “Another sentence” has none."],
  ["“never ended [1]"],
  ["“” [1] and “…” [2]"],
  ["the tenant's and the landlord's [1]"],
  ['a 5" pipe and a 6" pipe'],
  ["“one paragraph\n\nanother” [1]"],
])("points to nothing: %j", (answer) => {
  expect(findQuotations(answer)).toEqual([]);
});

it("takes no longer for unclosed marks than for other text", async () => {
  for (const piece of [
    "“",
    '"',
    "[1]",
    "[",
    "“a” ",
    "> ",
    "“a” and ",
    "‘“„«",
    " ",
    "\n- ",
    "[1, ",
  ]) {
    expect(await cpuMs(() => findQuotations(piece.repeat(20_000))), piece).toBeLessThan(1_500);
  }
});

it.each([
  ["blanks below a block quotation", `> The rent is due.\n${" ".repeat(500_000)}x`],
  ["blanks and a dash there", `> The rent is due.\n${" ".repeat(250_000)}-${" ".repeat(250_000)}x`],
  ["blanks behind a number there", `> The rent is due.\n[1]${" .".repeat(250_000)}x`],
  ["blanks between quotations", `“One.”${" ".repeat(500_000)}“Two.” [1]`],
  ["line breaks between them", `“One.”${"\n \t".repeat(150_000)}“Two.” [1]`],
])("An answer with half a million %s is parsed in linear time", (_, answer) => {
  expect(findQuotations(answer).length).toBeLessThanOrEqual(2);
});
