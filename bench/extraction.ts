/**
 * `npm run bench:extraction`: speed and memory of text extraction. Each document is read in a process of
 * its own, with the heap that the product promises: 96 MiB.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bytesOf, longDocx, longPdf } from "../test/fixtures/documents.ts";
import type { Measured } from "./extraction/child.ts";
import { makeFolder, stopAll } from "./processes.ts";
import { say } from "./report.ts";

const CHILD = join(import.meta.dirname, "extraction", "child.ts");
const SENTENCE = "The parties shall read this schedule together with the agreement.\n";

type Maker = (size: number) => Uint8Array | Promise<Uint8Array>;

/** Documents of a kind, by size, and the size of a long one. */
const DOCUMENTS: Record<string, [Maker, number]> = {
  pdf: [longPdf, 500],
  docx: [longDocx, 20_000],
  text: [(lines) => bytesOf(SENTENCE.repeat(lines)), 75_000],
  markdown: [(parts) => bytesOf(`# Part\n\n${SENTENCE.repeat(20)}\n`.repeat(parts)), 3_700],
  html: [(parts) => bytesOf(`<html>${`<h2>Part</h2><p>${SENTENCE}</p>`.repeat(parts)}`), 60_000],
};

say(
  "| document | size, MiB | characters | s | pages/s | million characters/s | heap, MiB | process, MiB (at start) |",
);
say("|---|---|---|---|---|---|---|---|");
const folder = await makeFolder();
try {
  for (const [kind, [make, size]] of Object.entries(DOCUMENTS)) {
    await writeFile(join(folder, "small"), await make(3));
    await writeFile(join(folder, kind), await make(size));
    say(row(kind, await measure(kind, join(folder, kind), join(folder, "small"))));
  }
} finally {
  await stopAll();
}

async function measure(...args: string[]): Promise<Measured> {
  const child = fork(CHILD, args, { execArgv: ["--max-old-space-size=96"] });
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  child.once("message", resolve);
  const ended = once(child, "exit");
  child.once("exit", (code) => reject(new Error(`extraction exited with ${code}`)));
  await ended;
  return (await promise) as Measured;
}

function row(kind: string, measured: Measured): string {
  const { bytes, pages, characters, seconds, heapMiB, peakMiB, startMiB } = measured;
  const cells = [
    kind,
    (bytes / 1024 / 1024).toFixed(1),
    characters.toLocaleString("en"),
    seconds.toFixed(2),
    pages > 1 ? (pages / seconds).toFixed(0) : "",
    (characters / seconds / 1e6).toFixed(1),
    heapMiB.toFixed(0),
    `${peakMiB.toFixed(0)} (${startMiB.toFixed(0)})`,
  ];
  return `| ${cells.join(" | ")} |`;
}
