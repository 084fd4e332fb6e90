/** A turn waits for the attached documents that are still in ingestion. */
import type { Clock } from "../../../lib/clock.ts";
import { logError, nameOf } from "../../../lib/log.ts";
import { Problem } from "../../../lib/problem.ts";
import { type ContextDocument, isUnread } from "../store/context-documents.ts";

/** A notification of a changed file may be lost: the files are looked up at least this often. */
const LOOK_EVERY_MS = 3_000;

export type FileChanges = {
  count: number;
  next(seen: number, ms: number, signal: AbortSignal): Promise<void>;
};

type WaitDeps = {
  /** The documents as they are now. */
  read: () => Promise<ContextDocument[]>;
  fileChanges: FileChanges;
  clock: Clock;
  /** Milliseconds. */
  timeoutMs: number;
  stop: AbortSignal;
};

/**
 * The documents once all of them are read, or as they were when somebody stopped the turn. Throws
 * `file_not_ready` when that takes too long, and `file_failed` for one of the message's own attachments: it
 * can be answered without those of earlier messages.
 */
export async function waitForDocuments(
  documents: ContextDocument[],
  { read, fileChanges, clock, timeoutMs, stop }: WaitDeps,
): Promise<ContextDocument[]> {
  const endsAt = clock() + timeoutMs;
  let [current, seen] = [documents, fileChanges.count];
  while (current.some(isUnread) && !stop.aborted) {
    refuseFailed(current);
    const left = endsAt - clock();
    if (left <= 0) throw new Problem("file_not_ready");
    await fileChanges.next(seen, Math.min(left, LOOK_EVERY_MS), stop);
    seen = fileChanges.count;
    current = await readAgain(read, current);
  }
  if (!stop.aborted) refuseFailed(current);
  return current;
}

function refuseFailed(documents: readonly ContextDocument[]): void {
  const isFailed = documents.some(({ is_own, status }) => is_own && status === "failed");
  if (isFailed) throw new Problem("file_failed");
}

/** While Postgres cannot be asked, what was known is all there is. */
async function readAgain(
  read: () => Promise<ContextDocument[]>,
  known: ContextDocument[],
): Promise<ContextDocument[]> {
  try {
    return await read();
  } catch (error) {
    logError("documents_not_read", { cause: nameOf(error) });
    return known;
  }
}
