import { describe, expect, it } from "vitest";
import { findInRuns, type Quotation } from "../../web/documents/find-quote.ts";

/** The words that are found, run by run. */
function found(runs: string[], quotation: Partial<Quotation>): string[] {
  const spans = findInRuns(runs, { text: "", before: "", ...quotation });
  return spans.map(({ run, start, end }) => (runs[run] ?? "").slice(start, end));
}

describe("a quotation in the runs of a PDF", () => {
  it("is found across runs, whatever white space and hyphens stand between its words", () => {
    const runs = ["The tenant pays the ", "", "de-", "posit to the land­lord", " in advance."];
    const text = "pays the deposit\nto  the landlord";
    expect(found(runs, { text })).toEqual(["pays the", "de", "posit to the land­lord"]);
  });

  it("is found where characters stand for the same: ligatures, raised digits, fractions", () => {
    expect(
      found(["of ﬁve million (10", "6", ") and ½"], { text: "five million (10⁶) and 1/2" }),
    ).toEqual(["ﬁve million (10", "6", ") and ½"]);
  });

  it("is found behind characters outside of the Basic Multilingual Plane", () => {
    expect(found(["𝒜 😀 the rent is due"], { text: "the rent", before: "𝒜 😀 " })).toEqual([
      "the rent",
    ]);
  });

  it("is the occurrence that is quoted, where the page repeats it", () => {
    const runs = ["No pets. No smoking. ", "No pets in the hall."];
    const before = "No pets. No smoking.\n";
    const spans = findInRuns(runs, { text: "No pets", before });
    expect(spans).toEqual([{ run: 1, start: 0, end: 7 }]);
  });

  it("is found line by line where the PDF paints it in another order", () => {
    const runs = ["Fee", "Term", "4,250", "three years"];
    expect(found(runs, { text: "Fee\t4,250\nTerm\tthree years" })).toEqual([
      "Fee",
      "4,250",
      "Term",
      "three years",
    ]);
  });

  it("is not found in other words, nor where there are none", () => {
    expect(found(["The tenant pays."], { text: "The landlord pays." })).toEqual([]);
    expect(found(["The tenant pays."], { text: " \n" })).toEqual([]);
    expect(found([], { text: "The tenant" })).toEqual([]);
  });
});
