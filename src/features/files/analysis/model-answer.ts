/** The JSON schemas of the model's answers, and their parsers. Pure. */
import { z } from "@hono/zod-openapi";
import { parseObject } from "../../../lib/json-object.ts";
import { firstCodePoints } from "../../../lib/code-points.ts";
import {
  type PointFields,
  GoverningLaw,
  MissingClause,
  SECTION_NAMES,
  SECTIONS,
} from "./points.ts";
import type { SectionName } from "./points.ts";

/** A point with the quotation that supports it, unverified. */
export type QuotedPoint = { fields: PointFields; quote: string };

/** The model's overview of the whole document, or of all parts together. */
export type Overview = {
  document_type: string | null;
  title: string | null;
  summary: string;
  missing_clauses: PointFields[];
};

export type PartAnswer = Overview & {
  governing_law: QuotedPoint | null;
  sections: Record<SectionName, QuotedPoint[]>;
};

const quote = { quote: z.string() };

const overview = {
  document_type: z.string().nullable(),
  title: z.string().nullable(),
  summary: z.string(),
};

const missing = { missing_clauses: z.array(MissingClause) };

const sections = Object.fromEntries(
  SECTION_NAMES.map((name) => [name, z.array(SECTIONS[name].extend(quote))]),
);

const found = { governing_law: GoverningLaw.extend(quote).nullable(), ...sections };

/**
 * The schemas for a whole document, for a part (which cannot show what is missing), and for all parts.
 */
export const ANSWER_SCHEMAS = {
  whole: toJsonSchema({ ...overview, ...found, ...missing }),
  part: toJsonSchema({ ...overview, ...found }),
  overview: toJsonSchema({ ...overview, ...missing }),
};

function toJsonSchema(shape: z.ZodRawShape): Record<string, unknown> {
  const { $schema: _version, ...schema } = z.toJSONSchema(z.strictObject(shape));
  return schema;
}

/** The most points per section and part: bounds runaway output. */
const MOST_POINTS = 40;
const LONGEST_TEXT = 2_000;
const LONGEST_SUMMARY = 8_000;

/**
 * Parses the answer about a document or a part of it. Drops malformed points; undefined without a valid
 * overview.
 */
export function readPartAnswer(text: string): PartAnswer | undefined {
  const given = parseObject(text);
  const parsed = given && readOverviewOf(given);
  if (!given || !parsed) return undefined;
  const read = SECTION_NAMES.map((name) => [name, readPoints(SECTIONS[name], given[name])]);
  return {
    ...parsed,
    governing_law: readPoint(GoverningLaw, given.governing_law) ?? null,
    sections: Object.fromEntries(read) as PartAnswer["sections"],
  };
}

/** Parses the answer about all parts together; undefined if it is malformed. */
export function readOverview(text: string): Overview | undefined {
  const given = parseObject(text);
  return given && readOverviewOf(given);
}

function readOverviewOf(given: Record<string, unknown>): Overview | undefined {
  const summary = cleaned(given.summary, LONGEST_SUMMARY);
  if (typeof summary !== "string" || summary === "") return undefined;
  return {
    document_type: textOrNull(given.document_type),
    title: textOrNull(given.title),
    summary,
    missing_clauses: toList(given.missing_clauses).flatMap((clause) => {
      const { data } = MissingClause.safeParse(cleanedAll(clause));
      return data ? [data] : [];
    }),
  };
}

function readPoints(section: z.ZodType, given: unknown): QuotedPoint[] {
  return toList(given).flatMap((point) => readPoint(section, point) ?? []);
}

function readPoint(section: z.ZodType, given: unknown): QuotedPoint | undefined {
  const { quote: words = "", ...fields } = cleanedAll(given);
  const { success } = section.safeParse(fields);
  if (!success || typeof words !== "string") return undefined;
  return { fields: fields as PointFields, quote: words };
}

function toList(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, MOST_POINTS) : [];
}

function textOrNull(value: unknown): string | null {
  const text = cleaned(value, LONGEST_TEXT);
  return typeof text === "string" && text !== "" ? text : null;
}

function cleanedAll(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null) return {};
  const members = Object.entries(value).map(([key, member]) => [
    key,
    cleaned(member, LONGEST_TEXT),
  ]);
  return Object.fromEntries(members);
}

/** Makes a text storable and truncates it; returns other values unchanged. */
function cleaned(value: unknown, longest: number): unknown {
  if (typeof value !== "string") return value;
  return firstCodePoints(value.replaceAll("\0", "").toWellFormed().trim(), longest);
}
