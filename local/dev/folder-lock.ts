/** One development server per folder: two that write the same database files would corrupt them. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Locks a folder, and returns how to unlock it. Throws a readable message when it is in use. */
export async function claimFolder(folder: string): Promise<() => Promise<void>> {
  const file = join(folder, "in-use-by.pid");
  const holder = await readHolder(file);
  if (holder !== undefined && isAlive(holder)) {
    throw new Error(
      `${folder} is in use by process ${holder}. Stop it, or start a second server with a port and a folder ` +
        `of its own: PORT=8788 LOCAL_DIR=.local/second npm run dev. ` +
        `If that process is another program, remove ${file}.`,
    );
  }
  // Left by a process that was killed.
  if (holder !== undefined) await rm(file, { force: true });
  await writeFile(file, String(process.pid), { flag: "wx" });
  return () => rm(file, { force: true });
}

async function readHolder(file: string): Promise<number | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? undefined : Number(text);
}

function isAlive(pid: number): boolean {
  try {
    // Signal 0 is not delivered. Numbers below 1 would name process groups.
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
