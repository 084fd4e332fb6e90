import { marked } from "marked";
import { expect, it } from "vitest";
import { toMarkdown } from "../../web/analysis/to-markdown.ts";
import { toReport } from "../../web/analysis/report.ts";

const grounds = { citation: null, unverified_quote: null };

const citation = {
  index: 1,
  file_id: "one",
  file_name: "lease.pdf",
  page: 2,
  start: 5,
  end: 20,
  quote: "pays *all* of it",
  status: "verified" as const,
};

const ANALYSIS: Parameters<typeof toReport>[0] = {
  id: "a",
  file_id: "one",
  model: "gpt-4o-mini",
  parts: 1,
  document_type: "Lease",
  title: null,
  summary: "# Not a heading\n- nor a list, <b>nor bold</b>, [nor a link](http://evil.example)",
  parties: [{ name: "Tess Tenant", role: "Tenant", ...grounds }],
  governing_law: { law: "Ireland", ...grounds, unverified_quote: "the laws of Ireland" },
  dates_and_deadlines: [],
  obligations: [
    { party: "Tenant", obligation: "Pays", due: "monthly", ...grounds, citation },
    { party: "Landlord", obligation: "Repairs", due: null, ...grounds },
    { party: "Tenant", obligation: "Cleans", due: null, ...grounds },
  ],
  money: [{ amount: "2,000", currency: "EUR", purpose: "rent", ...grounds }],
  termination: [],
  unusual_clauses: [
    { description: "Small", severity: "low", ...grounds },
    { description: "Grave", severity: "high", ...grounds },
  ],
  missing_clauses: [{ description: "1. Deposit", severity: "medium" }],
  created_at: "2026-03-01T00:00:00.000Z",
  completed_at: "2026-03-01T12:00:00.000Z",
};

it("A report has obligations by party and clauses by severity, and no empty section", () => {
  const report = toReport(ANALYSIS, "lease.pdf");
  expect(report.title).toBe("lease.pdf");
  expect(
    report.sections.map(({ title, points }) => [title, points.map(({ text }) => text)]),
  ).toEqual([
    ["Parties", ["Tess Tenant"]],
    ["Governing law", ["Ireland"]],
    ["Money", ["2,000 EUR"]],
    ["Obligations: Tenant", ["Pays", "Cleans"]],
    ["Obligations: Landlord", ["Repairs"]],
    ["Unusual clauses", ["Grave", "Small"]],
    ["Missing clauses", ["1. Deposit"]],
  ]);
});

it("Its Markdown is read back with the same headings, and nothing of the texts is markup", () => {
  const markdown = toMarkdown(toReport(ANALYSIS, "lease.pdf"));
  const html = marked.parse(markdown, { async: false });
  expect(html.match(/<h\d/g)).toEqual(["<h1", ...Array.from({ length: 7 }, () => "<h2")]);
  expect(html).not.toMatch(/<a |<b>|<img/);
  expect(html).toContain("# Not a heading - nor a list, &lt;b&gt;nor bold&lt;/b&gt;, [nor a link]");
  expect(html).toContain("Source, page 2: “pays *all* of it”");
  expect(html).toContain("<strong>Not found in the document:</strong> “the laws of Ireland”");
  expect(html).toMatch(/<strong>medium:<\/strong> 1\. Deposit/);
});
