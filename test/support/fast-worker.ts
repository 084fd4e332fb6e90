/** The built Worker on workerd alone: its rooms are on disk, so that a kill and a new start are quick. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { inject } from "vitest";
import { freePort } from "../../local/ports.ts";
import { peakMiB, resetPeak } from "../../local/peak-memory.ts";
import { makeFolder } from "../../local/scratch.ts";
import { listModules, startWorkerd, type WorkerConfig, writeConfig } from "../../local/workerd.ts";
import { present } from "../../src/lib/assert.ts";
import { openLogFile } from "./logs/log-files.ts";
import type { Vars } from "./worker.ts";

export type FastWorker = {
  url: string;
  /** The lines that the Worker has logged since its last start. */
  logs(): string[];
  /** How far its memory grows during an action: MiB at the peak, above the start. Linux only. */
  growthMiB: (happen: () => Promise<unknown>) => Promise<number>;
  /** SIGKILL, and a new start with the same disk. */
  crash: () => Promise<void>;
  /** How many rooms have something stored. */
  keptRooms: () => Promise<number>;
  close: () => Promise<void>;
};

/** Starts it in the world of this run, with some variables of its own. */
export function startFastWorker(vars: Vars = {}, options: Options = {}): Promise<FastWorker> {
  return startAlone(inject("workerFolder"), { ...inject("vars"), ...vars }, options);
}

type Options = Pick<WorkerConfig, "withoutLimiter" | "v8Flags">;

/**
 * Collects garbage as an isolate near its limit does, on the thread that makes it: else a process with the memory of
 * the whole machine, or of a busy one, shows what was used instead of what is held.
 */
export const WITH_LITTLE_MEMORY: Options = {
  v8Flags: ["--single-threaded-gc", "--max-semi-space-size=1", "--max-old-space-size=64"],
};

/** Starts a Worker that was bundled before. */
export async function startAlone(
  bundle: string,
  vars: Vars,
  options: Options = {},
): Promise<FastWorker> {
  const folder = await makeFolder("workerd");
  const port = await freePort();
  const modules = await listModules(bundle);
  for (const name of modules) await copyFile(join(bundle, name), join(folder.path, name));
  const base = { ...options, folder: folder.path, modules, port, rooms: true };
  const config = await writeConfig({ ...base, vars });
  const keep = openLogFile(bundle);
  let child = await startWorkerd(config, port);
  let logs = logsOf(child, keep);
  return {
    url: `http://127.0.0.1:${port}`,
    logs: () => logs(),
    growthMiB: (happen) => measureGrowth(present(child.pid, "its process id"), happen),
    crash: async () => {
      await kill(child);
      child = await startWorkerd(config, port);
      logs = logsOf(child, keep);
    },
    keptRooms: () => countKept(join(folder.path, "room")),
    close: async () => {
      await kill(child);
      await folder.remove();
    },
  };
}

/** Each room is a SQLite file; one that has deleted everything has no tables of its own. */
async function countKept(folder: string): Promise<number> {
  const names = (await readdir(folder)).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
  return names.filter((name) => hasTables(join(folder, name))).length;
}

/** What cannot be read because workerd deletes it at this moment: SQLITE_IOERR, SQLITE_CANTOPEN. */
const CHANGING = new Set([10, 14]);

function hasTables(path: string): boolean {
  try {
    return readTables(path);
  } catch (error) {
    const { errcode } = error as { errcode?: number };
    // The lowest byte is the primary code (sqlite.org/rescode.html).
    if (CHANGING.has(Number(errcode) & 0xff)) return true;
    throw error;
  }
}

function readTables(path: string): boolean {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 10_000 });
  try {
    const own =
      "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'";
    return database.prepare(own).get() !== undefined;
  } finally {
    database.close();
  }
}

async function measureGrowth(pid: number, happen: () => Promise<unknown>): Promise<number> {
  resetPeak(pid);
  const before = peakMiB(pid);
  await happen();
  return peakMiB(pid) - before;
}

/** Whole lines only: a pipe cuts them anywhere. Each is kept for the end of the run, too. */
function logsOf(
  { stdout, stderr }: ChildProcess,
  keep: (lines: readonly string[]) => void,
): () => string[] {
  const lines: string[] = [];
  const onLine = (line: string) => {
    lines.push(line);
    keep([line]);
  };
  for (const input of [stdout, stderr]) if (input) createInterface({ input }).on("line", onLine);
  return () => [...lines];
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
