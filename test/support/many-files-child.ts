/**
 * Reads all files of a folder one after the other, and reports how much memory is in use after the first
 * hundred and after the last. Needs `--expose-gc`.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { extract } from "./extracted.ts";

export type MemoryInUse = {
  files: number;
  /** What is reachable: in the heap, and in buffers beside it. */
  usedMiB: number;
  /** The memory of the whole process. */
  residentMiB: number;
};

const FIRST = 100;
const MIB = 1024 * 1024;

const [folder = ""] = process.argv.slice(2);
const names = await readdir(folder);
for (const [index, name] of names.toSorted().entries()) {
  const { text } = await extract(new Uint8Array(await readFile(join(folder, name))), name);
  if (text.trim() === "") throw new Error(`${name} has no text`);
  const files = index + 1;
  if (files === FIRST || files === names.length) report(files);
}

function report(files: number): void {
  // Finalizers run between two collections.
  for (let time = 0; time < 2; time++) globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const used: MemoryInUse = {
    files,
    usedMiB: (heapUsed + external) / MIB,
    residentMiB: rss / MIB,
  };
  process.stdout.write(`${JSON.stringify(used)}\n`);
}
