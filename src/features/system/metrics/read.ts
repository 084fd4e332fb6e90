/** Reads all metrics in one trip to Postgres, whose cost has a bound whatever the tables hold. */
import { sql, type SQL } from "drizzle-orm";
import { read } from "../../../db/client.ts";
import type { Deps } from "../../../deps.ts";
import { firstIdAt } from "../../../lib/ids.ts";
import { Problem } from "../../../lib/problem.ts";
import { isAdminSql } from "../../auth/is-admin.ts";
import { FAMILIES, type Sample, usageSql } from "./families.ts";
import { renderMetrics } from "./render.ts";

const HOUR_MS = 60 * 60_000;

/**
 * The metrics as Prometheus text, for the holder of the metrics' own token (without an id) or an administrator. Throws
 * `not_found` for anybody else.
 */
export async function readMetrics(
  { db, clock }: Pick<Deps, "db" | "clock">,
  userId: string | undefined,
): Promise<string> {
  const hourAgo = firstIdAt(clock() - HOUR_MS);
  const parts = Object.entries(FAMILIES).map(([name, { samples }]) => sampleSql(name, samples));
  const samples = await read(
    db,
    sql<Sample>`
      WITH usage AS (${usageSql}), since AS (SELECT ${hourAgo}::uuid AS hour_ago)
      SELECT family, labels, value::text FROM (${sql.join(parts, sql` UNION ALL `)}) AS samples
      WHERE ${isAllowed(userId)}`,
  );
  // Even an empty database has samples.
  if (samples.length === 0) throw new Problem("not_found");
  return renderMetrics(FAMILIES, samples);
}

function sampleSql(name: string, samples: SQL): SQL {
  return sql`
    SELECT ${name}::text AS family, labels, value::numeric FROM (${samples}) AS s (labels, value)`;
}

/** Nothing is counted where it does not hold. */
function isAllowed(userId: string | undefined): SQL {
  return userId === undefined ? sql`true` : isAdminSql(userId);
}
