/**
 * Every minute, has some files indexed again whose index older code made, and some embedded whose passages lack
 * vectors of the current model. The jobs are in the queue, because a long file takes several messages.
 */
import { type SQL, sql } from "drizzle-orm";
import { type Db, read, readOne } from "../../db/client.ts";
import { columnsSql, type RowOfList } from "../../db/columns.ts";
import { files } from "../../db/schema-documents.ts";
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { toIso } from "../../lib/clock.ts";
import { findAskableModel } from "../retrieval/embed.ts";
import { INDEX_VERSION } from "../retrieval/indexing/index-version.ts";
import { sendJob } from "./send-job.ts";

type ReindexDeps = Pick<Deps, "db" | "clock" | "config" | "model">;

/** Files per minute, so that uploads need not wait behind them in the queue. */
const MOST_FILES = 20;
/** Code points of these files together; a longer file is indexed alone. */
const MOST_TEXT = 2_000_000;
const MOST_COUNTED = 100_000;

/** A job without progress is sent again after 10 minutes, then after twice as long each time, up to a day. */
const PAUSE_MINUTES = { first: 10, longest: 24 * 60 };

const attemptColumns = columnsSql(files, "f", ["id", "ingestionAttempt"]);

type Attempt = RowOfList<typeof attemptColumns>;

/** May run twice, even at once: each file is claimed by one run. Returns counts for the log. */
export async function reindexFiles(env: Env, deps: ReindexDeps): Promise<Record<string, number>> {
  const outdated = await claimOutdated(deps);
  const unembedded = await claimUnembedded(deps);
  await send(env, "index", outdated);
  await send(env, "embed", unembedded);
  return {
    indexing: outdated.length,
    embedding: unembedded.length,
    left: await countOutdated(deps.db),
  };
}

async function send(env: Env, step: "index" | "embed", attempts: Attempt[]): Promise<void> {
  for (const { id: fileId, ingestion_attempt: ingestionAttempt } of attempts) {
    await sendJob(env.FILE_JOBS, { step, fileId, ingestionAttempt, from: 0 });
  }
}

const IS_OLD = sql`i.index_version < ${INDEX_VERSION}::int`;
/** It has replaced an old one whose rows are left. With the condition of the partial index, for the planner's estimate. */
const HAS_LEFTOVERS = sql`i.build_version IS NOT NULL AND i.build_version < i.index_version`;
const IS_NOT_OF_NEWER_CODE = sql`coalesce(i.build_version, 0) <= ${INDEX_VERSION}::int`;

/**
 * The oldest indexes first. Each is postponed, so that it is claimed again if its job is lost or fails. Two searches,
 * because each condition has an index of its own: one for both would read the indexes of all files.
 */
async function claimOutdated({ db, clock }: ReindexDeps): Promise<Attempt[]> {
  const at = sql`${toIso(new Date(clock()))}::timestamptz`;
  const isDue = sql`i.build_due_at <= ${at} AND ${IS_NOT_OF_NEWER_CODE}`;
  const pause = sql`least(${PAUSE_MINUTES.first} * 2 ^ least(i.build_failures, 10), ${PAUSE_MINUTES.longest})`;
  return read(
    db,
    sql<Attempt>`
      WITH due AS (
        (${dueSql(sql`${IS_OLD} AND ${isDue}`, sql`i.index_version, i.file_id`)})
        UNION (${dueSql(sql`${HAS_LEFTOVERS} AND ${isDue}`, sql`i.file_id`)})
        ORDER BY index_version, file_id LIMIT ${MOST_FILES}::int
      ), portion AS (
        SELECT file_id, row_number() OVER oldest AS nr, sum(text_length) OVER oldest AS total
        FROM due WINDOW oldest AS (ORDER BY index_version, file_id)
      )
      UPDATE indexed_files AS i
      SET build_failures = i.build_failures + 1, build_due_at = ${at} + ${pause} * interval '1 minute'
      FROM portion, files AS f
      WHERE i.file_id = portion.file_id AND f.id = i.file_id AND ${isDue} AND (${IS_OLD} OR ${HAS_LEFTOVERS})
        AND (portion.nr = 1 OR portion.total <= ${MOST_TEXT}::int)
      RETURNING ${attemptColumns}`,
  );
}

/** Selects the first files of a condition that is a range of one index, which has this order. */
function dueSql(condition: SQL, order: SQL): SQL {
  return sql`
    SELECT i.file_id, i.index_version, coalesce(f.text_length, 0) AS text_length
    FROM indexed_files AS i JOIN files AS f ON f.id = i.file_id
    WHERE ${condition} AND f.status = 'ready' ORDER BY ${order} LIMIT ${MOST_FILES}::int`;
}

/**
 * Files whose passages may lack vectors of the current model: it or its provider was configured later, or another
 * one before. Those that a failed call left out have a time at which they are due instead.
 */
async function claimUnembedded(deps: ReindexDeps): Promise<Attempt[]> {
  const model = findAskableModel(deps);
  if (!model) return [];
  const dueAt = toIso(new Date(deps.clock() + PAUSE_MINUTES.first * 60_000));
  // Each of the three is a range of the index.
  const isOther = sql`(i.embedding_model IS NULL OR i.embedding_model < ${model.name} OR i.embedding_model > ${model.name})`;
  return read(
    deps.db,
    sql<Attempt>`
      UPDATE files AS f SET embed_due_at = ${dueAt}::timestamptz
      FROM (
        SELECT i.file_id FROM indexed_files AS i JOIN files AS f ON f.id = i.file_id
        WHERE ${isOther} AND f.status = 'ready' AND f.embed_due_at IS NULL AND i.index_version >= ${INDEX_VERSION}::int
        ORDER BY i.file_id LIMIT ${MOST_FILES}::int
      ) AS other
      WHERE f.id = other.file_id AND f.status = 'ready' AND f.embed_due_at IS NULL
      RETURNING ${attemptColumns}`,
  );
}

/** Indexes that are not of the current version, up to a bound. */
async function countOutdated(db: Db): Promise<number> {
  const row = await readOne(
    db,
    sql<{ left: number }>`
      SELECT count(*)::int AS left FROM (
        SELECT FROM indexed_files AS i JOIN files AS f ON f.id = i.file_id
        WHERE i.index_version < ${INDEX_VERSION}::int AND f.status = 'ready' LIMIT ${MOST_COUNTED}::int) AS outdated`,
  );
  return row?.left ?? 0;
}
