/**
 * Reads files one after the other in a process with little memory, and reports how each ended. Its
 * arguments name functions of hostile.ts or documents.ts, each with a kind.
 */
import { peakMiB } from "../../local/peak-memory.ts";
import { type ExtractedPage, extractDocument } from "../../src/features/files/extract/extract.ts";
import type { FileKind } from "../../src/features/files/extract/kind.ts";
import * as documents from "../fixtures/documents.ts";
import { readCMap } from "./cmaps.ts";
import * as hostile from "../fixtures/hostile.ts";
import * as formats from "../fixtures/hostile-formats.ts";

export type Ending = {
  name: string;
  /** The code of its failure. */
  code?: string;
  /** Code points of its text, where it has some. */
  length: number;
  pages: number;
  seconds: number;
  /** The peak of the process's memory so far. */
  peakMiB: number;
};

const MAKERS = { ...documents, ...hostile, ...formats } as unknown as Record<
  string,
  () => Uint8Array | Promise<Uint8Array>
>;

for (const argument of process.argv.slice(2)) {
  const [name = "", kind = ""] = argument.split(":");
  const bytes = await MAKERS[name]?.();
  if (!bytes) throw new Error(`nothing makes ${name}`);
  const start = performance.now();
  const read = await readAll(bytes, kind as FileKind);
  const seconds = (performance.now() - start) / 1000;
  const ending: Ending = { name, ...read, seconds, peakMiB: peakMiB() };
  process.stdout.write(`${JSON.stringify(ending)}\n`);
}

type Read = Pick<Ending, "code" | "length" | "pages">;

/** Reads all page windows of a file, as the queue's jobs do. */
async function readAll(bytes: Uint8Array, kind: FileKind): Promise<Read> {
  const read: Read = { length: 0, pages: 0 };
  try {
    for (let last: ExtractedPage | undefined; !last?.isLast;) {
      last = await readWindow(bytes, kind, read);
    }
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    read.code = String(error.code);
  }
  return read;
}

async function readWindow(bytes: Uint8Array, kind: FileKind, read: Read) {
  const window = { fromPage: read.pages + 1, pages: 100, textBefore: read.length, readCMap };
  const { pages } = await extractDocument(kind, documents.sourceOf(bytes), window);
  let last: ExtractedPage | undefined;
  for await (const page of pages) {
    last = page;
    read.pages = page.page ?? read.pages;
    read.length += Array.from(page.text).length;
  }
  return last;
}
