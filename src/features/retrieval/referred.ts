/** SQL fragments that add to the found passages those that they refer to. */
import { type SQL, sql } from "drizzle-orm";
import { REFERRED_BY } from "./terms.ts";

/** The best passages whose references are followed. */
const REFERRING = 8;

/**
 * The CTE `found (file_id, ordinal, score, is_referred, rank)` of `ranked (file_id, ordinal, score)`: the best
 * passages, and behind them at most so many others that these refer to. References of those are not followed.
 */
export function withReferred(ownerId: string, limit: number, mostReferred: number): SQL {
  const best = sql`
    best AS MATERIALIZED (
      SELECT file_id, ordinal, score, row_number() OVER (ORDER BY score DESC, file_id, ordinal) AS rank
      FROM ranked ORDER BY rank LIMIT ${limit}::int
    )`;
  if (mostReferred === 0) {
    return sql`${best}, found AS (SELECT *, false AS is_referred FROM best)`;
  }
  return sql`
    ${best},
    referred AS (
      SELECT best.file_id, posting / 256 AS ordinal, min(rank * 256 - posting % 256) AS rank
      FROM best CROSS JOIN LATERAL (
        SELECT postings FROM passage_terms t
        WHERE t.user_id = ${ownerId}::uuid AND t.term = ${REFERRED_BY}::text || best.ordinal
          AND t.file_id = best.file_id OFFSET 0
      ) AS t, unnest(postings) AS posting
      WHERE rank <= ${REFERRING} AND (best.file_id, posting / 256) NOT IN (SELECT file_id, ordinal FROM best)
      GROUP BY 1, 2 ORDER BY 3, 1, 2 LIMIT ${mostReferred}::int
    ),
    found AS (
      SELECT file_id, ordinal, score, rank, false AS is_referred FROM best
      UNION ALL SELECT file_id, ordinal, 0, rank, true FROM referred
    )`;
}
