/** Reads a document in a process that does nothing else; reports its time and memory. */
import { readFile } from "node:fs/promises";
import { peakMiB } from "../../local/peak-memory.ts";
import { bufferSource } from "../../src/features/files/extract/byte-source.ts";
import { extractDocument } from "../../src/features/files/extract/extract.ts";
import { readCMap } from "../../test/support/cmaps.ts";
import type { FileKind } from "../../src/features/files/extract/kind.ts";

export type Measured = {
  bytes: number;
  pages: number;
  characters: number;
  seconds: number;
  /** The largest heap seen between parts. */
  heapMiB: number;
  /** The largest resident memory, and that before the first read. */
  peakMiB: number;
  startMiB: number;
};

const [kind = "", path = "", warmUpPath = ""] = process.argv.slice(2);
const startMiB = process.memoryUsage.rss() / 1024 / 1024;
// The first document includes loading and compiling the extraction code.
await measure(await readFile(warmUpPath));
process.send?.(await measure(await readFile(path)));

/** Reads a document as ingestion jobs do: a PDF in page windows, anything else in one pass. */
async function measure(bytes: Uint8Array): Promise<Measured> {
  const startedAt = performance.now();
  let [pages, characters, heapMiB, isLast] = [0, 0, 0, false];
  while (!isLast) {
    const source = { ...bufferSource(bytes), stream: async () => streamOf(bytes) };
    const window = { fromPage: pages + 1, pages: 100, textBefore: characters, readCMap };
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
