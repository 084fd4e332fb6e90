/** The sections of an analysis: lists of points, each supported by a quotation. */
import { z } from "@hono/zod-openapi";

/** How risky a clause, or its absence, is. */
const Severity = z.enum(["low", "medium", "high"]);

/** The sections with quotations, and the fields of their points. */
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

/** A clause that such a document should have and does not; it has no quotation. */
export const MissingClause = z.strictObject({ description: z.string(), severity: Severity });

/** The fields of a point of any section. */
export type PointFields = Record<string, string | null>;
