/** The log lines of every Worker of a run, in files beside the bundle, where the end of the run scans them. */
import { appendFileSync, mkdirSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export type LogFile = { path: string; lines: string[] };

/** A new file for the lines of one Worker; returns how to append to it. */
export function openLogFile(bundle: string): (lines: readonly string[]) => void {
  const folder = folderIn(bundle);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${crypto.randomUUID()}.log`);
  appendFileSync(path, "");
  // At once: a test's process may end without notice.
  return (lines) => appendFileSync(path, lines.map((line) => `${line}\n`).join(""));
}

/** The files of all Workers that were started on the bundle. */
export async function readLogFiles(bundle: string): Promise<LogFile[]> {
  const folder = folderIn(bundle);
  const names = await readdir(folder);
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const text = await readFile(path, "utf8");
      return { path, lines: text.split("\n").filter((line) => line !== "") };
    }),
  );
}

const folderIn = (bundle: string) => join(bundle, "logs");
