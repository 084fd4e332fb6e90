/** A turn waits for documents that are still in ingestion. */
import type { Clock } from "../../../lib/clock.ts";
import { logError, nameOf } from "../../../lib/log.ts";
import { Problem } from "../../../lib/problem.ts";
import { type ContextDocument, isInIngestion } from "../store/turn-documents.ts";

/** A notification of a changed file may be lost, so the documents are read at least this often. */
const READ_EVERY_MS = 3_000;

/** Notifies turns that a file of the chat may have changed. */
export class FileChangeSignal {
  #count = 0;
  readonly #waiting = new Set<() => void>();

  /** The number of changes so far. A caller reads it before the documents, so that it misses no change. */
  get count(): number {
    return this.#count;
  }

  notify(): void {
    this.#count++;
    for (const wake of this.#waiting) wake();
  }

  /** Resolves once `count` differs from `seen`, after the timeout, or when the signal is aborted. */
  async next(seen: number, timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (this.#count !== seen || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    const wake = () => resolve();
    this.#waiting.add(wake);
    signal.addEventListener("abort", wake);
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(wake);
    signal.removeEventListener("abort", wake);
  }
}

type WaitDeps = {
  /** The documents as they are now. */
  read: () => Promise<ContextDocument[]>;
  fileChanges: FileChangeSignal;
  clock: Clock;
  timeoutMs: number;
  stop: AbortSignal;
};

/**
 * The documents once none of them is in ingestion, or as they are when the turn is stopped. Throws
 * `file_not_ready` at the timeout, and `file_failed` for an attachment of the message's own: a failed document
 * of the messages above it is left out.
 */
export async function waitForDocuments(
  documents: ContextDocument[],
  { read, fileChanges, clock, timeoutMs, stop }: WaitDeps,
): Promise<ContextDocument[]> {
  const endsAt = clock() + timeoutMs;
  let [current, seen] = [documents, fileChanges.count];
  while (current.some(isInIngestion) && !stop.aborted) {
    throwIfFailed(current);
    const leftMs = endsAt - clock();
    if (leftMs <= 0) throw new Problem("file_not_ready");
    await fileChanges.next(seen, Math.min(leftMs, READ_EVERY_MS), stop);
    seen = fileChanges.count;
    current = await readOrKeep(read, current);
  }
  if (!stop.aborted) throwIfFailed(current);
  return current;
}

function throwIfFailed(documents: readonly ContextDocument[]): void {
  const isFailed = documents.some(({ is_own, status }) => is_own && status === "failed");
  if (isFailed) throw new Problem("file_failed");
}

/** The documents as they are now, or as they were where Postgres is unreachable. */
async function readOrKeep(
  read: () => Promise<ContextDocument[]>,
  previous: ContextDocument[],
): Promise<ContextDocument[]> {
  try {
    return await read();
  } catch (error) {
    logError("documents_not_read", { cause: nameOf(error) });
    return previous;
  }
}
