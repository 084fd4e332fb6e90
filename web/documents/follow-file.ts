/** Follows a file until its ingestion has ended. */
import { useEffect } from "preact/hooks";
import { api, type Schemas } from "../api/client.ts";
import { isProblem } from "../api/problems.ts";

type StoredFile = Schemas["File"];

const SHORTEST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 5_000;
const GROWTH = 1.4;

/**
 * Calls `onChange` with each change of a file that is being ingested. Asks often after a change, then less and less: the
 * live frames of a chat are about the files of its messages alone.
 */
export function useFollowedFile(file: StoredFile, onChange: (file: StoredFile) => void): void {
  const isRunning = file.status === "processing";
  useEffect(() => {
    if (!isRunning) return undefined;
    const aborting = new AbortController();
    void follow(file, onChange, aborting.signal);
    return () => aborting.abort();
  }, [file.id, isRunning]);
}

async function follow(
  first: StoredFile,
  onChange: (file: StoredFile) => void,
  signal: AbortSignal,
): Promise<void> {
  let last = first;
  let pauseMs = SHORTEST_PAUSE_MS;
  while (last.status === "processing") {
    await pause(pauseMs);
    if (signal.aborted) return;
    const now = await read(first.id, signal);
    if (signal.aborted || now === null) return;
    const isChanged = now !== undefined && hasChanged(last, now);
    pauseMs = isChanged ? SHORTEST_PAUSE_MS : Math.min(pauseMs * GROWTH, LONGEST_PAUSE_MS);
    if (!isChanged) continue;
    last = now;
    onChange(now);
  }
}

const hasChanged = (old: StoredFile, now: StoredFile) =>
  old.status !== now.status ||
  old.pages_done !== now.pages_done ||
  old.page_count !== now.page_count;

/** Null for a file that was deleted; undefined without an answer: the next attempt may have one. */
async function read(id: string, signal: AbortSignal): Promise<StoredFile | null | undefined> {
  try {
    return await api.get("/files/{id}", { path: { id }, signal });
  } catch (error) {
    return isProblem(error, "not_found") ? null : undefined;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
