/** One process at a time: a file that only one of them can create. */
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";

const POLL_MS = 25;
/** A holder that takes longer hangs. */
const STALE_MS = 30_000;

/** Runs a task while this process holds the lock, and waits for it before. */
export async function withFileLock<T>(path: string, task: () => Promise<T>): Promise<T> {
  while (!(await claim(path))) {
    if (await isStale(path)) await discard(path);
    else await wait(POLL_MS);
  }
  try {
    return await task();
  } finally {
    await rm(path, { force: true });
  }
}

async function claim(path: string): Promise<boolean> {
  try {
    await using file = await open(path, "wx", 0o600);
    await file.writeFile(String(process.pid));
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

/** Left by a process that was killed, or held by one that hangs. */
async function isStale(path: string): Promise<boolean> {
  const [file, holder] = await Promise.all([
    stat(path).catch(() => undefined),
    readFile(path, "utf8").catch(() => ""),
  ]);
  if (file === undefined) return false;
  if (Date.now() - file.mtimeMs > STALE_MS) return true;
  // Empty for the moment between its creation and its first byte.
  return holder !== "" && !isAlive(Number(holder));
}

/** Only one of those who find it stale can rename it. */
async function discard(path: string): Promise<void> {
  const aside = `${path}.${process.pid}`;
  await rename(path, aside).catch(() => undefined);
  await rm(aside, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    // Signal 0 is not delivered. Numbers below 1 would name process groups.
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return hasCode(error, "EPERM");
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
