/** Searches for a part of a text, by an index of `text_grams`: see migration 0026. */
import { sql, type SQL } from "drizzle-orm";

/** Code points of a gram, and of the part whose grams are looked up: more would hardly find fewer rows. */
const LONGEST_GRAM = 3;
const MOST_LOOKED_UP = 40;

/** How many rows are read to see whether a part is common, and in how many of them it is then. */
const READ_FIRST = 500;
const COMMON_FROM = 25;

/** True for a text that contains the part. Not LIKE, which the planner takes for so rare that it reads all rows. */
export function containsSql(text: SQL, part: SQL): SQL {
  return sql`strpos(${text}, ${part}) > 0`;
}

/** The grams of every text that contains the part: of the owner's texts, or with null of texts without an owner. */
export function gramsOf(ownerId: string | null, part: SQL): SQL {
  return sql`
    text_grams(${ownerId}::uuid, left(${part}, ${MOST_LOOKED_UP}::int), least(${LONGEST_GRAM}::int, length(${part})))`;
}

/**
 * The CTE `common`: whether so many of the first rows meet the condition that reading rows in their order finds a page
 * sooner than the index, which would find them all. `ordered` selects the rows, as which they have the name `alias`.
 */
export function commonCte(ordered: SQL, alias: "c" | "u", condition: SQL): SQL {
  return sql`
    common AS MATERIALIZED (
      SELECT count(*) >= ${COMMON_FROM}::int AS is_common
      FROM (${ordered} LIMIT ${READ_FIRST}::int) AS ${sql.raw(alias)} WHERE ${condition}
    )`;
}

export const IS_COMMON = sql`(SELECT is_common FROM common)`;
