/** The cron jobs of each minute; one that fails does not affect the others. */
import { createMetrics } from "./clients/metrics.ts";
import { describeDbError } from "./db/errors.ts";
import { deleteExpiredKeys } from "./db/idempotency-keys.ts";
import { createDeps, type Deps } from "./deps.ts";
import type { Env } from "./env.ts";
import { anchorEvents } from "./features/audit/anchor.ts";
import { deliverSessionEnds } from "./features/auth/deliver-session-ends.ts";
import { enqueueLostMails } from "./features/auth/mails/enqueue.ts";
import { purgeChats } from "./features/deletion/purge.ts";
import { runDeletions } from "./features/deletion/run-deletions.ts";
import { sweepBucket } from "./features/files/sweep/sweep.ts";
import { runErasures } from "./features/erasure/run-erasures.ts";
import { resumeAnalyses } from "./features/files/analysis/analyse-job.ts";
import { reindexFiles } from "./features/files/reindex.ts";
import { resumeIngestions } from "./features/files/resume-ingestions.ts";
import { expireAll } from "./features/retention/expire.ts";
import { checkRooms, reconcileTurns } from "./features/turns/reconcile.ts";
import { toIso } from "./lib/clock.ts";
import { logError, logEvent, type LogFields, nameOf } from "./lib/log.ts";
import { runTraced, type Trace } from "./lib/trace.ts";

/** Returns counts for the log. It may run twice, even at once. */
type MinuteJob = (env: Env, deps: Deps) => Promise<Record<string, number>>;

const JOBS: Record<string, MinuteJob> = {
  // Settles answers whose room no longer runs them.
  turns: reconcileTurns,
  // Wakes rooms that have lost their alarm.
  rooms: checkRooms,
  // Resumes stalled ingestions, and deletes files whose bytes never arrived.
  files: resumeIngestions,
  // Makes indexes of older code again, and embeds what lacks vectors of the current model.
  reindex: reindexFiles,
  // Resumes stalled analyses.
  analyses: (env, deps) => resumeAnalyses({ ...deps, jobs: env.FILE_JOBS }),
  // Closes streams and sockets of ended sessions.
  session_ends: deliverSessionEnds,
  // Enqueues ordered mails that seem lost.
  mails: enqueueLostMails,
  // Deletes chats and files whose time is over.
  expire: expireAll,
  // Erases what deletions left outside Postgres.
  deletions: runDeletions,
  // Purges the rows of deleted chats.
  purge: purgeChats,
  // Erases what is left of erased accounts.
  erasures: runErasures,
  // Finds orphans in the bucket and in Postgres.
  sweep: sweepBucket,
  // Anchors the security events of the days that have passed.
  audit: anchorEvents,
  // Deletes expired idempotency keys.
  keys: async (_env, { db, clock }) => ({
    expired: await deleteExpiredKeys(db, toIso(new Date(clock()))),
  }),
};

const FAILURE = "_error";

/**
 * Runs every job and logs one event with all counts and the time that it was scheduled for, in milliseconds since
 * 1970. Never throws: the next run is a minute away.
 */
export function runMinute(env: Env, scheduledTime: number): Promise<void> {
  return runTraced(undefined, (trace) => runJobs(env, scheduledTime, trace));
}

async function runJobs(env: Env, scheduledTime: number, trace: Trace): Promise<void> {
  try {
    const scheduled_at = toIso(new Date(scheduledTime));
    const deps = createDeps(env);
    const results = await Promise.all(
      Object.entries(JOBS).map(([name, job]) => run(name, () => job(env, deps))),
    );
    const fields: LogFields = Object.assign({}, ...results);
    const write = results.some(hasFailed) ? logError : logEvent;
    write("minute", { scheduled_at, ...trace.fields, ...fields });
    measure(env, fields, trace);
  } catch (error) {
    logError("minute_failed", { cause: nameOf(error) });
  }
}

/** The minute itself, and each count that is not zero: all are far fewer than one invocation may write. */
function measure(env: Env, fields: LogFields, trace: Trace): void {
  const metrics = createMetrics(env.METRICS);
  metrics.write({ kind: "minute", outcome: hasFailed(fields) ? "failed" : "done", ...trace.spent });
  for (const [name, count] of Object.entries(fields)) {
    if (typeof count === "number" && count > 0) metrics.write({ kind: "minute", name, count });
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
