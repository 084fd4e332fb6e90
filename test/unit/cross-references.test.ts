import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crossReferences } from "../../src/features/retrieval/cross-references.ts";
import { cutPassages } from "../../src/features/retrieval/cut.ts";
import { partsReferredTo } from "../../src/features/retrieval/part-references.ts";
import { cpuMs } from "../support/hostile-text.ts";

const passagesOf = (text: string) => [
  ...cutPassages({ text, pages: [{ page: 1, start: 0 }], headings: [] }),
];

/** The texts of the passages that the passage with these words leads to. */
function textsBehind(text: string, words: string): string {
  const passages = passagesOf(text);
  const from = passages.find((passage) => passage.text.includes(words));
  const targets = crossReferences(passages).get(from?.ordinal ?? -1) ?? [];
  return targets.map((ordinal) => passages[ordinal]?.text).join("\n");
}

const pad = (words: string) =>
  `${words} ${"The parties deal with each other in good faith. ".repeat(9)}`;

const LEASE = [
  "LEASE",
  "CONTENTS",
  "1. Rent 2",
  "2. Repairs 3",
  "3. Term 4",
  "Schedule 1 Inventory 5",
  `This Lease is made between a Landlord and a Tenant. ${"It is made in two copies. ".repeat(20)}`,
  `1. Rent. ${pad("The rent is due each month, subject to Section 3.2.")}`,
  `2. Repairs. ${pad("The Landlord repairs the roof in accordance with Schedule 1 and\nSection 1 of this Lease as it stands then.")}`,
  `3. Term. ${pad("The term is five years.")}`,
  `3.1 ${pad("It may be renewed once, as Sections 1 and 2 say.")}`,
  `3.2 ${pad("It ends early upon notice of ninety days.")}`,
  `3.3 ${pad("Clause 3.3 survives, and so does clause 99.")}`,
  "Schedule 1",
  `1. Kitchen. ${pad("A stove and a sink; the boiler is as in paragraph 2.")}`,
  `2. Cellar. ${pad("A boiler, which Section 3.2 does not affect.")}`,
].join("\n\n");

describe("a passage that refers to another part of its document", () => {
  it("leads to the beginning of that part, and to no other", () => {
    const texts = textsBehind(LEASE, "The rent is due");
    expect(texts).toContain("notice of ninety days");
    expect(texts).not.toContain("renewed once");
    expect(texts).not.toContain("survives");
  });

  it("leads to the parts of a list, not to their lines in the table of contents", () => {
    const texts = textsBehind(LEASE, "It may be renewed");
    expect(texts).toContain("rent is due");
    expect(texts).toContain("repairs the roof");
    expect(texts).not.toContain("CONTENTS");
  });

  it("leads to a schedule, and a line that begins within a sentence begins no part", () => {
    const texts = textsBehind(LEASE, "repairs the roof");
    expect(texts).toContain("A stove and a sink");
    expect(texts).toContain("rent is due");
  });

  it("within a schedule means the schedule's own numbers first", () => {
    expect(textsBehind(LEASE, "A stove")).toContain("A boiler, which");
    expect(textsBehind(LEASE, "A stove")).not.toContain("repairs the roof");
    expect(textsBehind(LEASE, "A boiler, which")).toContain("notice of ninety days");
  });

  it("leads nowhere from inside of that part, or where there is no such part", () => {
    expect(textsBehind(LEASE, "survives")).toBe("");
  });

  it.each([
    ["nach Ziffer 7.2 und Anlage 2", ["7.2", "anlage 2"]],
    ["gemäß Ziffern 3 und 4.1 sowie § 12", ["3", "4.1", "12"]],
    ["selon les articles 4 et 5", ["4", "5"]],
    ["conforme a las cláusulas 3, 4 y 5", ["3", "4", "5"]],
    ["volgens artikelen 2 en 3", ["2", "3"]],
    [
      "Sections 3.1(a)(ii), 3.2, and 3.4(b); Exhibits A and B",
      ["3.1", "3.2", "3.4", "exhibit a", "exhibit b"],
    ],
    ["Article IV and Section 2", ["4", "2"]],
    ["5 days, 7.2 percent, page 4, the section on rent", []],
  ])("is recognised by the names of parts: %s", (text, keys) => {
    expect(partsReferredTo(text)).toEqual(keys);
  });

  it("leads to other passages of the document, to few, whatever it is", () => {
    const piece = fc.constantFrom(
      "1. ",
      "1.1 Term. ",
      "Section 1 ",
      "Sections 1, 2 and ",
      "Schedule A",
      "\n",
      "\n\n",
      "text. ",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 300 }), (pieces) => {
        const passages = passagesOf(pieces.join(""));
        for (const [ordinal, targets] of crossReferences(passages)) {
          expect(targets.length).toBeLessThanOrEqual(16);
          expect(targets).not.toContain(ordinal);
          for (const target of targets) expect(passages[target]).toBeDefined();
        }
      }),
    );
  });

  it("is read in time that is linear in a hostile document", async () => {
    const circular = Array.from(
      { length: 5_000 },
      (_, n) =>
        `${n % 900}. Term. Subject to Sections ${(n + 1) % 900}, ${n % 7}.1 and Schedule ${n % 9}.\n`,
    );
    const headers = Array.from(
      { length: 20_000 },
      (_, n) => `Schedule ${n % 2 ? "A" : "B"}\n1.1.1.1\n`,
    );
    const repeated = "Schedule A\n".repeat(20_000);
    const list = `Sections ${"1, ".repeat(60_000)}`;
    for (const text of [circular.join(""), headers.join(""), repeated, list]) {
      const passages = passagesOf(text);
      expect(await cpuMs(() => crossReferences(passages))).toBeLessThan(1_000);
    }
  });
});
