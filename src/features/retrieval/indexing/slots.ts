/**
 * The two places of a file's index in the tables: the search reads one of them, and the next index is made in the
 * other. Slot 1 has its own range of ordinals, and negative numbers of parts.
 */
import { type SQL, sql } from "drizzle-orm";
import type { Slice } from "../slices.ts";

export type Slot = 0 | 1;

/** More than a document has passages. */
const ORDINALS_PER_SLOT = 500_000;

/** More than a file has ordinals in both slots: combines its number and an ordinal into one number. */
export const ORDINALS_PER_FILE = 2 * ORDINALS_PER_SLOT;

export const otherSlot = (slot: Slot): Slot => (slot === 0 ? 1 : 0);

/** The slice with the ordinals and the part that its rows have in a slot. */
export function inSlot(slot: Slot, slice: Slice): Slice {
  if (slot === 0) return slice;
  const rows = slice.rows.map((row) => ({
    ...row,
    passage: { ...row.passage, ordinal: row.passage.ordinal + ORDINALS_PER_SLOT },
    targets: row.targets.map((ordinal) => ordinal + ORDINALS_PER_SLOT),
  }));
  return { ...slice, part: -1 - slice.part, rows };
}

/** The part as it is in slot 0: the number of passages before it. */
export const partSql = (part: SQL): SQL =>
  sql`CASE WHEN ${part} < 0 THEN -1 - ${part} ELSE ${part} END`;

/** The ordinal as it is in slot 0: the number of the passage in its document. */
export const ordinalSql = (ordinal: SQL): SQL =>
  sql`${ordinal} % ${sql.raw(String(ORDINALS_PER_SLOT))}`;

/** Condition: the part of the terms is of a slot. */
export const isPartOf = (part: SQL, slot: SQL): SQL => sql`(${part} < 0) = (${slot} = 1)`;

/** Condition: the ordinal is of a slot; a range, because the primary keys are searched by it. */
export function isOrdinalOf(ordinal: SQL, slot: SQL): SQL {
  const size = sql.raw(String(ORDINALS_PER_SLOT));
  return sql`${ordinal} >= ${slot} * ${size} AND ${ordinal} < (${slot} + 1) * ${size}`;
}
