/** What the model is asked for, as a JSON schema, and what can be used of what it gives. Pure. */
import { z } from "@hono/zod-openapi";
import { parseObject } from "../../../lib/json-object.ts";
import { firstCodePoints } from "../../../lib/text.ts";
import {
  type PointFields,
  GoverningLaw,
  MissingClause,
  SECTION_NAMES,
  SECTIONS,
} from "./points.ts";
import type { SectionName } from "./points.ts";

/** A point with the words that it is said to rest on. */
export type QuotedPoint = { fields: PointFields; quote: string };

/** What the model says of the whole document, or of all parts together. */
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

/** Of a document that goes in whole; of a part, which cannot tell what is missing; of all parts. */
export const ANSWER_SCHEMAS = {
  whole: toJsonSchema({ ...overview, ...found, ...missing }),
  part: toJsonSchema({ ...overview, ...found }),
  overview: toJsonSchema({ ...overview, ...missing }),
};

function toJsonSchema(shape: z.ZodRawShape): Record<string, unknown> {
  const { $schema: _version, ...schema } = z.toJSONSchema(z.strictObject(shape));
  return schema;
}

/** Of one section in one part; a model that goes on for ever is not followed. */
const MOST_POINTS = 40;
const LONGEST_TEXT = 2_000;
const LONGEST_SUMMARY = 8_000;

/**
 * Reads the answer about a document or a part of it. What does not have its shape is left out; undefined
 * where nothing is left.
 */
export function readPartAnswer(text: string): PartAnswer | undefined {
  const given = parseObject(text);
  const said = given && readOverviewOf(given);
  if (!given || !said) return undefined;
  const read = SECTION_NAMES.map((name) => [name, readPoints(SECTIONS[name], given[name])]);
  return {
    ...said,
    governing_law: readPoint(GoverningLaw, given.governing_law) ?? null,
    sections: Object.fromEntries(read) as PartAnswer["sections"],
  };
}

/** Reads the answer about all parts together; undefined where it has not the shape that was asked for. */
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

/** A text that can be stored, and no longer than it should be; anything else as it is. */
function cleaned(value: unknown, longest: number): unknown {
  if (typeof value !== "string") return value;
  return firstCodePoints(value.replaceAll("\0", "").toWellFormed().trim(), longest);
}
