/** Reads the document of a file in a process that does nothing else; tells how long it took and what memory. */
import { readFile } from "node:fs/promises";
import { peakMiB } from "../../local/peak-memory.ts";
import { bufferSource } from "../../src/features/files/extract/byte-source.ts";
import { extractDocument } from "../../src/features/files/extract/extract.ts";
import type { FileKind } from "../../src/features/files/extract/kind.ts";

export type Measured = {
  bytes: number;
  pages: number;
  characters: number;
  seconds: number;
  /** The heap at its fullest, of what is looked at between parts. */
  heapMiB: number;
  /** The whole process at its largest, and before it had read anything. */
  peakMiB: number;
  startMiB: number;
};

const [kind = "", path = "", warmUpPath = ""] = process.argv.slice(2);
const startMiB = process.memoryUsage.rss() / 1024 / 1024;
// The first document pays for loading and compiling what reads it.
await measure(await readFile(warmUpPath));
process.send?.(await measure(await readFile(path)));

/** Reads a document as the messages of the queue do: a PDF in windows, anything else in one go. */
async function measure(bytes: Uint8Array): Promise<Measured> {
  const startedAt = performance.now();
  let [pages, characters, heapMiB, isLast] = [0, 0, 0, false];
  while (!isLast) {
    const source = { ...bufferSource(bytes), stream: async () => streamOf(bytes) };
    const window = { fromPage: pages + 1, pages: 100, textBefore: characters };
    for await (const part of (await extractDocument(kind as FileKind, source, window)).pages) {
      pages = part.page ?? pages;
      characters += part.text.length;
      isLast = part.isLast;
      heapMiB = Math.max(heapMiB, process.memoryUsage().heapUsed / 1024 / 1024);
    }
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const size = { heapMiB, peakMiB: peakMiB(), startMiB };
  return { bytes: bytes.byteLength, pages, characters, seconds, ...size };
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let from = 0;
  return new ReadableStream({
    pull(controller) {
      if (from >= bytes.byteLength) return controller.close();
      controller.enqueue(bytes.slice(from, from + 64 * 1024));
      from += 64 * 1024;
    },
  });
}
