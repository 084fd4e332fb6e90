/** What an analysis is made of: sections of points, each of which rests on words of the document. */
import { z } from "@hono/zod-openapi";

/** How much a clause, or its absence, should worry the reader. */
const Severity = z.enum(["low", "medium", "high"]);

/** The sections that rest on words of the document, and the fields of their points. */
export const SECTIONS = {
  parties: z.strictObject({ name: z.string(), role: z.string() }),
  dates_and_deadlines: z.strictObject({ date: z.string(), description: z.string() }),
  obligations: z.strictObject({
    party: z.string(),
    obligation: z.string(),
    due: z.string().nullable(),
  }),
  money: z.strictObject({
    amount: z.string(),
    currency: z.string().nullable(),
    purpose: z.string(),
  }),
  termination: z.strictObject({ description: z.string() }),
  unusual_clauses: z.strictObject({ description: z.string(), severity: Severity }),
} as const;

export type SectionName = keyof typeof SECTIONS;

export const SECTION_NAMES = Object.keys(SECTIONS) as SectionName[];

export const GoverningLaw = z.strictObject({ law: z.string() });

/** What one would expect of such a document and does not find; it has no words to rest on. */
export const MissingClause = z.strictObject({ description: z.string(), severity: Severity });

/** A point of any section: its own fields. */
export type PointFields = Record<string, string | null>;
