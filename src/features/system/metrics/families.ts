/** The metrics of `GET /metrics`: their names, what they count, and the SQL of each. */
import { sql, type SQL } from "drizzle-orm";
import { INDEX_VERSION } from "../../retrieval/indexing/index-version.ts";

/** One line: the values of its labels in their order, and a number. */
export type Sample = { family: string; labels: string[]; value: string };

export type Family = {
  /** What it counts, in a sentence. Gauges all: Postgres knows states, and counters would fall when rows go. */
  help: string;
  labels: readonly string[];
  /** Selects an array of label values and a number. */
  samples: SQL;
};

/** Larger tables are estimated by the planner's statistics, so that a scrape costs the same whatever has grown. */
const MOST_COUNTED = 100_000;

/** An estimate, or an exact count of a table whose estimate is small or missing. */
function rowsOf(table: string): SQL {
  const name = sql.raw(table);
  return sql`
    SELECT '{}'::text[], CASE WHEN c.reltuples > ${MOST_COUNTED}::int THEN c.reltuples::bigint
      ELSE (SELECT count(*) FROM (SELECT FROM ${name} LIMIT 2 * ${MOST_COUNTED}::int) AS counted) END
    FROM pg_class AS c WHERE c.oid = ${table}::regclass`;
}

/** Of one family. */
const MOST_SAMPLES = 1_000;

/** The number of selected rows, up to the bound. */
function countOf(rows: SQL): SQL {
  return sql`SELECT '{}'::text[], count(*) FROM (${rows} LIMIT ${MOST_COUNTED}::int) AS counted`;
}

/** The number of selected rows by their `label`, up to the bound. */
function countBy(rows: SQL): SQL {
  return sql`
    SELECT ARRAY[label], count(*) FROM (${rows} LIMIT ${MOST_COUNTED}::int) AS counted GROUP BY label`;
}

/** Seconds since the oldest; 0 where there is none. */
function ageOf(oldest: SQL): SQL {
  return sql`
    SELECT '{}'::text[], coalesce(greatest(extract(epoch FROM now() - (${oldest})), 0), 0)`;
}

/** The query that the metrics of usage select from: today and yesterday (UTC) by kind and model. */
export const usageSql = sql`
  SELECT ARRAY[CASE WHEN day = (now() AT TIME ZONE 'UTC')::date THEN 'today' ELSE 'yesterday' END, kind, model] AS labels,
    sum(calls) AS calls, sum(unpriced_calls) AS unpriced_calls, sum(prompt_tokens) AS prompt_tokens,
    sum(completion_tokens) AS completion_tokens, sum(cost) AS cost
  FROM usage_sums WHERE day >= (now() AT TIME ZONE 'UTC')::date - 1
  GROUP BY day, kind, model LIMIT ${MOST_SAMPLES}::int`;

function usage(value: SQL): SQL {
  return sql`SELECT labels, ${value} FROM usage`;
}

const USAGE_LABELS = ["day", "kind", "model"];

const unfinished = sql`status IN ('pending', 'processing')`;

/** By name, in the order of the response. They select from `usage` (above) and `since`: the lowest id of the last hour. */
export const FAMILIES: Record<string, Family> = {
  indifly_users: { help: "Accounts.", labels: [], samples: rowsOf("users") },
  indifly_sessions_active: {
    help: "Sessions that were refreshed in the last 15 minutes and have not ended, up to 100,000.",
    labels: [],
    samples: countOf(
      sql`SELECT FROM sessions WHERE last_seen_at > now() - interval '15 minutes' AND ended_at IS NULL`,
    ),
  },
  indifly_chats: { help: "Chats.", labels: [], samples: rowsOf("chats") },
  indifly_messages: { help: "Messages.", labels: [], samples: rowsOf("messages") },
  indifly_turns_last_hour: {
    help: "Turns that began in the last hour, by the status of their answer, up to 100,000.",
    labels: ["status"],
    samples: countBy(
      sql`SELECT status AS label FROM messages WHERE id >= (SELECT hour_ago FROM since) AND type = 'bot'`,
    ),
  },
  indifly_turns_running: {
    help: "Answers that are streaming.",
    labels: [],
    samples: countOf(sql`SELECT FROM messages WHERE status = 'streaming'`),
  },
  indifly_files: { help: "Files.", labels: [], samples: rowsOf("files") },
  indifly_files_unfinished: {
    help: "Files that are not ready and have not failed, by their status.",
    labels: ["status"],
    samples: countBy(sql`SELECT status AS label FROM files WHERE ${unfinished}`),
  },
  indifly_files_oldest_seconds: {
    help: "Age of the file that has been processing for the longest time.",
    labels: [],
    samples: ageOf(sql`SELECT min(created_at) FROM files WHERE status = 'processing'`),
  },
  indifly_analyses_running: {
    help: "Analyses of documents that are running.",
    labels: [],
    samples: countOf(sql`SELECT FROM file_analyses WHERE status = 'running'`),
  },
  indifly_indexes_outdated: {
    help: "Files whose index older code made, up to 100,000.",
    labels: [],
    samples: countOf(sql`SELECT FROM indexed_files WHERE index_version < ${INDEX_VERSION}::int`),
  },
  indifly_deletions: {
    help: "What deletions left outside Postgres and is not erased yet, by its kind.",
    labels: ["kind"],
    samples: countBy(sql`SELECT kind AS label FROM deletions`),
  },
  indifly_deletions_overdue_seconds: {
    help: "For how long the oldest of these is overdue.",
    labels: [],
    // Each is the start of an index.
    samples: ageOf(sql`SELECT least(
      (SELECT min(due_at) FROM deletions WHERE kind = 'object'),
      (SELECT min(due_at) FROM deletions WHERE kind = 'room'))`),
  },
  indifly_chats_to_purge: {
    help: "Deleted chats whose rows are not purged yet.",
    labels: [],
    samples: countOf(sql`SELECT FROM chats WHERE deleted_at IS NOT NULL`),
  },
  indifly_session_ends: {
    help: "Ended sessions whose streams may still be open.",
    labels: [],
    samples: countOf(sql`SELECT FROM session_ends`),
  },
  indifly_mails_queued: {
    help: "Mails that are ordered and not sent.",
    labels: [],
    samples: countOf(sql`SELECT FROM mail_orders`),
  },
  indifly_mails_oldest_seconds: {
    help: "Age of the oldest of these.",
    labels: [],
    samples: ageOf(sql`SELECT min(created_at) FROM mail_orders`),
  },
  indifly_budget_reservations: {
    help: "Reservations of budgets that are not settled.",
    labels: [],
    samples: countOf(sql`SELECT FROM budget_reservations`),
  },
  indifly_ai_calls: {
    help: "Calls to AI providers.",
    labels: USAGE_LABELS,
    samples: usage(sql`calls`),
  },
  indifly_ai_unpriced_calls: {
    help: "Calls to AI providers whose price is unknown.",
    labels: USAGE_LABELS,
    samples: usage(sql`unpriced_calls`),
  },
  indifly_ai_prompt_tokens: {
    help: "Prompt tokens.",
    labels: USAGE_LABELS,
    samples: usage(sql`prompt_tokens`),
  },
  indifly_ai_completion_tokens: {
    help: "Completion tokens.",
    labels: USAGE_LABELS,
    samples: usage(sql`completion_tokens`),
  },
  indifly_ai_cost_dollars: {
    help: "Known cost of calls to AI providers, in US dollars.",
    labels: USAGE_LABELS,
    samples: usage(sql`cost`),
  },
};
