/** An analysis as a report: the same sections for the page, Markdown and Word. */
import type { Schemas } from "../api/client.ts";

type Analysis = Schemas["Analysis"];
type Citation = Schemas["Citation"];

type Severity = Schemas["Analysis"]["missing_clauses"][number]["severity"];

export type Point = {
  text: string;
  /** What is said about it, by name. */
  details: readonly [name: string, value: string][];
  severity?: Severity;
  /** Where the document says so. */
  citation?: Citation;
  /** The model's quotation, if the document does not have it. */
  unverified?: string;
};

export type Section = {
  id: string;
  title: string;
  /** Of a section whose points need an introduction. */
  note?: string;
  points: readonly Point[];
};

export type Report = {
  title: string;
  documentType: string | undefined;
  summary: string;
  /** Without empty ones. */
  sections: readonly Section[];
  model: string;
  /** ISO 8601. */
  completedAt: string;
};

/** `fileName` stands for the title of a document that has none. */
export function toReport(analysis: Analysis, fileName: string): Report {
  return {
    title: analysis.title ?? fileName,
    documentType: analysis.document_type ?? undefined,
    summary: analysis.summary,
    sections: sectionsOf(analysis).filter(({ points }) => points.length > 0),
    model: analysis.model,
    completedAt: analysis.completed_at,
  };
}

function sectionsOf(analysis: Analysis): Section[] {
  const { governing_law: law } = analysis;
  return [
    { id: "parties", title: "Parties", points: analysis.parties.map(toParty) },
    {
      id: "governing-law",
      title: "Governing law",
      points: law ? [{ text: law.law, details: [], ...groundsOf(law) }] : [],
    },
    { id: "dates", title: "Dates and deadlines", points: analysis.dates_and_deadlines.map(toDate) },
    { id: "money", title: "Money", points: analysis.money.map(toMoney) },
    ...obligationsOf(analysis),
    { id: "termination", title: "Termination", points: analysis.termination.map(toPlain) },
    {
      id: "unusual",
      title: "Unusual clauses",
      points: bySeverity(analysis.unusual_clauses.map(toRated)),
    },
    {
      id: "missing",
      title: "Missing clauses",
      note: "What such a document usually has and the model did not find in this one.",
      points: bySeverity(
        analysis.missing_clauses.map(({ description, severity }) => ({
          text: description,
          details: [],
          severity,
        })),
      ),
    },
  ];
}

type Grounds = { citation: Citation | null; unverified_quote: string | null };

function groundsOf({ citation, unverified_quote: quote }: Grounds) {
  return { ...(citation && { citation }), ...(quote !== null && { unverified: quote }) };
}

function toParty(party: Analysis["parties"][number]): Point {
  return { text: party.name, details: [["Role", party.role]], ...groundsOf(party) };
}

function toDate(date: Analysis["dates_and_deadlines"][number]): Point {
  return { text: date.date, details: [["For", date.description]], ...groundsOf(date) };
}

function toMoney(money: Analysis["money"][number]): Point {
  const { amount, currency, purpose } = money;
  const isNamed = !currency || amount.toLowerCase().includes(currency.toLowerCase());
  const text = isNamed ? amount : `${amount} ${currency}`;
  return { text, details: [["For", purpose]], ...groundsOf(money) };
}

function toPlain(point: Analysis["termination"][number]): Point {
  return { text: point.description, details: [], ...groundsOf(point) };
}

function toRated(clause: Analysis["unusual_clauses"][number]): Point {
  const { description: text, severity } = clause;
  return { text, details: [], severity, ...groundsOf(clause) };
}

/** A section for each party, in the order in which the document names them. */
function obligationsOf({ obligations }: Analysis): Section[] {
  const parties = Map.groupBy(obligations, ({ party }) => party);
  return [...parties].map(([party, owed], index) => ({
    id: `obligations-${index + 1}`,
    title: `Obligations: ${party}`,
    points: owed.map((one) => ({
      text: one.obligation,
      details: one.due === null ? [] : [["Due", one.due]],
      ...groundsOf(one),
    })),
  }));
}

const SEVERITIES: readonly Severity[] = ["high", "medium", "low"];

/** The worst first. */
function bySeverity(points: readonly Point[]): Point[] {
  const rank = ({ severity = "low" }: Point) => SEVERITIES.indexOf(severity);
  return points.toSorted((a, b) => rank(a) - rank(b));
}

/** How a document is named where it is cited: `lease.pdf, page 3`. */
export function placeNameOf({ page, heading }: Citation): string {
  if (page !== null) return `page ${page}`;
  return heading ?? "in the text";
}
