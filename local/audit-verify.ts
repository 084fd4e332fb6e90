/**
 * `npm run audit:verify`: recomputes the chains of security events and the daily anchors of the configured database,
 * and prints what does not match. Exit code 1 if anything does not.
 */
import { sql, type SQL } from "drizzle-orm";
import { openConfigured } from "./configured-database.ts";
import { sha256Hex } from "./sha256.ts";

const PAGE = 2_000;

/** A connection to the database. */
type Database = { execute: (statement: SQL) => PromiseLike<{ rows: unknown[] }> };

async function read<Row>(database: Database, statement: SQL<Row>): Promise<Row[]> {
  const { rows } = await database.execute(statement);
  return rows as Row[];
}

type Event = {
  id: string;
  user_id: string;
  position: number;
  kind: string;
  session_id: string | null;
  key_id: string | null;
  actor_id: string | null;
  details_hash: string;
  created_at: string;
  hash: string;
  salt: string | null;
  details: string | null;
  /** The end of its chain at the time of reading; null where the chain has none. */
  head_position: number | null;
  head_hash: string | null;
};

type Head = Pick<Event, "user_id" | "position" | "hash">;

type AuditReport = {
  chains: number;
  events: number;
  anchors: number;
  /** One sentence for each thing that does not match. */
  faults: string[];
  /** The newest anchor, to compare with the log line `audit_anchor` of that day. */
  last: { day: string; hash: string } | undefined;
};

/** Reads in pages; safe to run while events are added. */
export async function verifyAudit(database: Database): Promise<AuditReport> {
  const faults: string[] = [];
  const { chains, events } = await verifyChains(database, faults);
  const anchors = await verifyAnchors(database, faults);
  return { chains, events, anchors: anchors.count, faults, last: anchors.last };
}

async function verifyChains(database: Database, faults: string[]) {
  const counts = { chains: 0, events: 0 };
  // Of its first event: a chain that grows meanwhile is longer than its head here, never shorter.
  let head: Head | undefined;
  let previous: Event | undefined;
  const end = () => {
    if (!previous) return;
    counts.chains += 1;
    if (head && previous.position < head.position) {
      faults.push(`${head.user_id}: the chain ends before position ${head.position}`);
    }
  };
  for await (const event of readEvents(database)) {
    if (event.user_id !== previous?.user_id) {
      end();
      previous = undefined;
      head = headOf(event);
      if (!head) faults.push(`${event.user_id}: the chain has no head`);
    }
    faults.push(...faultsOf(event, previous, head));
    counts.events += 1;
    previous = event;
  }
  end();
  faults.push(...(await emptyChains(database)));
  return counts;
}

function faultsOf(event: Event, previous: Event | undefined, head: Head | undefined): string[] {
  const where = `${event.user_id} position ${event.position}`;
  const expected = (previous?.position ?? 0) + 1;
  const found: string[] = [];
  if (event.position !== expected) found.push(`${where}: position ${expected} is missing`);
  if (event.hash !== hashOf(event, previous?.hash ?? "")) {
    found.push(`${where}: the hash does not match the event and the one before it`);
  }
  if (head?.position === event.position && head.hash !== event.hash) {
    found.push(`${where}: the head of the chain has another hash`);
  }
  if (event.details !== null && sha256Hex(`${event.salt}${event.details}`) !== event.details_hash) {
    found.push(`${where}: the details do not match their hash`);
  }
  return found;
}

/** As `security_event_hash` of migrations/0011_security_events.sql. */
function hashOf(event: Event, previous: string): string {
  const { id, user_id, position, kind, session_id, key_id, actor_id, details_hash } = event;
  const ids = [session_id ?? "", key_id ?? "", actor_id ?? ""];
  const lines = [previous, id, user_id, position, kind, ...ids, details_hash, event.created_at];
  return sha256Hex(lines.join("\n"));
}

/** All events, account after account, in the order of their positions. */
async function* readEvents(database: Database): AsyncGenerator<Event> {
  let after: [string, number] = ["00000000-0000-0000-0000-000000000000", 0];
  for (;;) {
    const rows = await read(
      database,
      sql<Event>`SELECT e.id, e.user_id, e.position, e.kind, e.session_id, e.key_id, e.actor_id, e.details_hash,
         to_char(e.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at,
         e.hash, d.salt, d.details, c.position AS head_position, c.hash AS head_hash
       FROM security_events AS e LEFT JOIN security_event_details AS d ON d.event_id = e.id
         LEFT JOIN security_event_chains AS c ON c.user_id = e.user_id
       WHERE (e.user_id, e.position) > (${after[0]}::uuid, ${after[1]}::int)
       ORDER BY e.user_id, e.position LIMIT ${PAGE}::int`,
    );
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = [last.user_id, last.position];
  }
}

function headOf({ user_id, head_position: position, head_hash: hash }: Event): Head | undefined {
  return position === null || hash === null ? undefined : { user_id, position, hash };
}

/** Chains of which every event is gone. */
async function emptyChains(database: Database): Promise<string[]> {
  const rows = await read(
    database,
    sql<{ user_id: string }>`SELECT c.user_id FROM security_event_chains AS c
     WHERE c.position > 0 AND NOT EXISTS (SELECT FROM security_events AS e WHERE e.user_id = c.user_id)
     ORDER BY c.user_id LIMIT ${PAGE}::int`,
  );
  return rows.map((row) => `${row.user_id}: the chain has no events`);
}

type Anchor = { day: string; events: number; chains: number; hash: string };

async function verifyAnchors(database: Database, faults: string[]) {
  const anchors = await read(
    database,
    sql<Anchor>`
      SELECT to_char(day, 'YYYY-MM-DD') AS day, events, chains, hash FROM audit_anchors ORDER BY day`,
  );
  let previous: Anchor | undefined;
  for (const anchor of anchors) {
    if (previous && anchor.day !== dayAfter(previous.day)) {
      faults.push(`anchor of ${anchor.day}: the day before it is missing`);
    }
    if (!(await matches(database, anchor, previous?.hash ?? ""))) {
      faults.push(`anchor of ${anchor.day}: it does not match the events of that day`);
    }
    previous = anchor;
  }
  return { count: anchors.length, last: previous && { day: previous.day, hash: previous.hash } };
}

function dayAfter(day: string): string {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}

async function matches(
  database: Database,
  { day, events, chains, hash }: Anchor,
  previous: string,
): Promise<boolean> {
  const rows = await read(
    database,
    sql<Head & { count: number }>`SELECT user_id, max(position) AS position, count(*)::int AS count,
       (array_agg(hash ORDER BY position DESC))[1] AS hash
     FROM security_events
     WHERE created_at >= ${day}::date::timestamp AT TIME ZONE 'UTC'
       AND created_at < (${day}::date + 1)::timestamp AT TIME ZONE 'UTC'
     GROUP BY user_id ORDER BY user_id`,
  );
  const found = rows.reduce((sum, { count }) => sum + count, 0);
  const heads = rows.map((row) => `${row.user_id} ${row.position} ${row.hash}`);
  const lines = [previous, day, events, chains, ...heads];
  return found === events && rows.length === chains && sha256Hex(lines.join("\n")) === hash;
}

function describe({ chains, events, anchors, faults, last }: AuditReport): string {
  const lines = [`${events} events in ${chains} chains, ${anchors} anchors.`, ...faults];
  if (last) lines.push(`The newest anchor, of ${last.day}: ${last.hash}`);
  lines.push(faults.length > 0 ? `${faults.length} faults.` : "Everything matches.");
  return `${lines.join("\n")}\n`;
}

if (import.meta.main) {
  try {
    const report = await verifyAudit(await openConfigured(process.env));
    process.stdout.write(describe(report));
    if (report.faults.length > 0) process.exitCode = 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
