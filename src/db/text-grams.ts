/** Searches for a part of a text, by an index of `text_grams`: see migration 0026. */
import { sql, type SQL } from "drizzle-orm";

/** Code points of a gram, and of the part whose grams are looked up: more would hardly find fewer rows. */
const LONGEST_GRAM = 3;
const MOST_LOOKED_UP = 40;

/** How many rows are read to see whether a part is common. */
const READ_FIRST = 500;

/** True for a text that contains the part. Not LIKE, which the planner takes for so rare that it reads all rows. */
export function containsSql(text: SQL, part: SQL): SQL {
  return sql`strpos(${text}, ${part}) > 0`;
}

/** The grams of every text that contains the part. `seed`: that of the texts. */
export function gramsOf(seed: SQL, part: SQL): SQL {
  return sql`
    text_grams(${seed}, left(${part}, ${MOST_LOOKED_UP}::int), least(${LONGEST_GRAM}::int, length(${part})))`;
}

/**
 * The CTE `common`: whether so many of the first rows meet the condition that reading rows in their order is sooner done
 * than by the index, which would find them all. `ordered` selects the rows, as which they have the name `alias`.
 */
export function commonCte(ordered: SQL, alias: Alias, condition: SQL, commonFrom: number): SQL {
  return sql`
    common AS MATERIALIZED (
      SELECT count(*) >= ${commonFrom}::int AS is_common
      FROM (${ordered} LIMIT ${READ_FIRST}::int) AS ${sql.raw(alias)} WHERE ${condition}
    )`;
}

type Alias = "c" | "u";

/**
 * The rows of a select whose condition refers to `common.is_common`. Lateral, because the planner would else start
 * processes to read a whole table, even where the condition is false.
 */
export function ifCommon(alias: Alias, select: SQL): SQL {
  const name = sql.raw(alias);
  return sql`SELECT ${name}.* FROM common CROSS JOIN LATERAL (${select}) AS ${name}`;
}
