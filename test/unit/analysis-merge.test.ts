import { expect, it } from "vitest";
import type { CitedPoint, PartFindings } from "../../src/features/files/analysis/cite.ts";
import { mergeParts } from "../../src/features/files/analysis/merge.ts";
import { readPartAnswer } from "../../src/features/files/analysis/model-answer.ts";

const SOURCE = { fileId: "file", fileName: "lease.pdf" };
const OVERVIEW = { document_type: "Lease", title: null, summary: "All.", missing_clauses: [] };

function point(description: string, quote: string, verified = true): CitedPoint {
  const location = { page: 1, start: 0, end: quote.length, quote };
  const grounds = verified
    ? { location, unverified_quote: null }
    : { location: null, unverified_quote: quote };
  return { fields: { description }, ...grounds };
}

function partWith(termination: CitedPoint[]): PartFindings {
  const none = { parties: [], dates_and_deadlines: [], obligations: [], money: [] };
  const sections = { ...none, termination, unusual_clauses: [] };
  return { ...OVERVIEW, governing_law: null, sections };
}

it("Points of two parts with the same quotation are merged; one sentence may make two points in a part", () => {
  const first = [
    point("By either party", "Either may end it."),
    point("At any time", "Either may end it."),
  ];
  const again = [point("By both", "Either  may END it"), point("At expiry", "It ends in May.")];
  const { termination } = mergeParts([partWith(first), partWith(again)], OVERVIEW, SOURCE);
  expect(termination).toMatchObject([
    { description: "By either party", citation: { index: 1, status: "verified" } },
    { description: "At any time", citation: { index: 2 } },
    { description: "At expiry", citation: { index: 3 } },
  ]);
});

it("Of two points with the same content, the verifiable one is kept", () => {
  const parts = [[point("At expiry", "It stops.", false)], [point("at expiry", "It ends in May.")]];
  const { termination } = mergeParts(parts.map(partWith), OVERVIEW, SOURCE);
  expect(termination).toMatchObject([{ citation: { quote: "It ends in May." } }]);
});

it("An answer is parsed in a code fence too, without unknown fields; without a summary it is invalid", () => {
  const many = Array.from({ length: 500 }, (_, index) => ({ description: `${index}`, quote: "" }));
  const said = JSON.stringify({ summary: " A\0 lease. ", termination: many, extra: 1, title: 7 });
  const answer = readPartAnswer("```json\n" + said + "\n```");
  expect(answer).toMatchObject({ summary: "A lease.", title: null, governing_law: null });
  expect(answer?.sections.termination).toHaveLength(40);
  for (const text of ["", "[]", "{}", '{"summary":""}', '{"summary":3}', "{", "null"]) {
    expect(readPartAnswer(text), text).toBeUndefined();
  }
});
