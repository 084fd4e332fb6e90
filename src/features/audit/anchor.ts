/** Anchors the chains of security events: one row per UTC day, which also goes to the log. */
import { sql } from "drizzle-orm";
import { readOne, write, type Db } from "../../db/client.ts";
import { columnsSql, type RowOfList } from "../../db/columns.ts";
import { auditAnchors } from "../../db/schema-security.ts";
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { toIso } from "../../lib/clock.ts";
import { logEvent } from "../../lib/log.ts";

/** After that time of a day no request writes an event of the day before any more. */
const SETTLED_MS = 60 * 60_000;

/** After an outage the missing days are anchored one after the other, in several runs. */
const MOST_PER_RUN = 31;

const anchorColumns = columnsSql(auditAnchors, "a", ["day", "events", "chains", "hash"]);

type Anchor = RowOfList<typeof anchorColumns>;

/** Anchors the days that have passed. May run twice, even at once. Returns counts for the log. */
export async function anchorEvents(
  _env: Env,
  { db, clock }: Pick<Deps, "db" | "clock">,
): Promise<Record<string, number>> {
  const now = clock();
  let anchored = 0;
  while (anchored < MOST_PER_RUN && (await isDue(db, now))) {
    const [anchor] = await anchorNextDay(db, now);
    // Another run was faster.
    if (!anchor) break;
    logEvent("audit_anchor", anchor);
    anchored += 1;
  }
  return { days: anchored };
}

/** The CTE `due`: the next day to anchor, in UTC, and the hash of the day before; no row before its time. */
function dueDay(now: number) {
  const today = toIso(new Date(now - SETTLED_MS)).slice(0, 10);
  return sql`
    last AS (SELECT day, hash FROM audit_anchors ORDER BY day DESC LIMIT 1),
    due AS (
      SELECT * FROM (
        SELECT coalesce((SELECT day + 1 FROM last), (
            SELECT (created_at AT TIME ZONE 'UTC')::date FROM security_events ORDER BY created_at LIMIT 1
          )) AS day, coalesce((SELECT hash FROM last), '') AS previous
      ) AS next WHERE next.day < ${today}::date)`;
}

async function isDue(db: Db, now: number): Promise<boolean> {
  return (await readOne(db, sql`WITH ${dueDay(now)} SELECT day FROM due`)) !== undefined;
}

async function anchorNextDay(db: Db, now: number): Promise<Anchor[]> {
  const { rows } = await write(
    db,
    sql<Anchor>`
      WITH ${dueDay(now)}, events AS (
        SELECT e.user_id, e.position, e.hash FROM due JOIN security_events AS e
          ON e.created_at >= due.day::timestamp AT TIME ZONE 'UTC'
          AND e.created_at < (due.day + 1)::timestamp AT TIME ZONE 'UTC'
      ), heads AS (
        SELECT DISTINCT ON (user_id) user_id, position, hash FROM events ORDER BY user_id, position DESC
      ), counted AS (
        SELECT (SELECT count(*) FROM events)::int AS events, count(*)::int AS chains,
          string_agg(user_id || ' ' || position || ' ' || hash, E'\n' ORDER BY user_id) AS lines
        FROM heads
      )
      INSERT INTO audit_anchors AS a (day, events, chains, hash, created_at)
      SELECT due.day, counted.events, counted.chains,
        encode(sha256(convert_to(concat_ws(E'\n',
          due.previous, to_char(due.day, 'YYYY-MM-DD'), counted.events, counted.chains, counted.lines), 'UTF8')), 'hex'),
        ${toIso(new Date(now))}::timestamptz
      FROM due CROSS JOIN counted
      ON CONFLICT (day) DO NOTHING
      RETURNING to_char(a.day, 'YYYY-MM-DD') AS day, a.events, a.chains, a.hash`,
  );
  return rows;
}
