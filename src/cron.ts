/** What each minute does: named jobs, each of which fails alone. */
import { describeDbError } from "./db/errors.ts";
import { deleteExpiredKeys } from "./db/idempotency-keys.ts";
import { createDeps, type Deps } from "./deps.ts";
import type { Env } from "./env.ts";
import { deliverSessionEnds } from "./features/auth/deliver-session-ends.ts";
import { purgeChats } from "./features/deletion/purge.ts";
import { runDeletions } from "./features/deletion/run-deletions.ts";
import { sweepBucket } from "./features/files/sweep/sweep.ts";
import { resumeAnalyses } from "./features/files/analysis/analyse-job.ts";
import { resumeIngestions } from "./features/files/resume-ingestions.ts";
import { checkRooms } from "./features/turns/check-rooms.ts";
import { reconcileTurns } from "./features/turns/reconcile.ts";
import { toIso } from "./lib/clock.ts";
import { logError, logEvent, type LogFields, nameOf } from "./lib/log.ts";

/** Returns what it did, in numbers. It may be run twice, and twice at once. */
type Job = (env: Env, deps: Deps) => Promise<Record<string, number>>;

const JOBS: Record<string, Job> = {
  // Answers that nobody is writing any more.
  turns: reconcileTurns,
  // Rooms whose alarm is gone.
  rooms: checkRooms,
  // Files whose ingestion has stalled, or whose bytes never came.
  files: resumeIngestions,
  // Analyses that nobody works on any more.
  analyses: (env, deps) => resumeAnalyses({ ...deps, jobs: env.FILE_JOBS }),
  // Streams and sockets of sessions that have ended.
  session_ends: deliverSessionEnds,
  // What deletions left outside Postgres.
  deletions: runDeletions,
  // Rows of deleted chats.
  purge: purgeChats,
  // What belongs to nothing, in the bucket and in Postgres.
  sweep: sweepBucket,
  // Idempotency keys that count no more.
  keys: async (_env, { db, clock }) => ({
    expired: await deleteExpiredKeys(db, toIso(new Date(clock()))),
  }),
};

const FAILURE = "_error";

/** Runs every job, and writes one line about all of them. Throws nothing: the next minute comes. */
export async function runMinute(env: Env): Promise<void> {
  try {
    const deps = createDeps(env);
    const startedAt = deps.clock();
    const results = await Promise.all(
      Object.entries(JOBS).map(([name, job]) => run(name, () => job(env, deps))),
    );
    const fields: LogFields = Object.assign({}, ...results);
    const write = results.some(hasFailed) ? logError : logEvent;
    write("minute", { duration_ms: deps.clock() - startedAt, ...fields });
  } catch (error) {
    logError("minute_failed", { cause: nameOf(error) });
  }
}

async function run(name: string, job: () => Promise<Record<string, number>>): Promise<LogFields> {
  try {
    const counts = Object.entries(await job());
    return Object.fromEntries(counts.map(([key, count]) => [`${name}_${key}`, count]));
  } catch (error) {
    return { [name + FAILURE]: describeDbError(error)?.code ?? nameOf(error) };
  }
}

function hasFailed(fields: LogFields): boolean {
  return Object.keys(fields).some((key) => key.endsWith(FAILURE));
}
