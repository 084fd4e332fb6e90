/** Reads the documents that its parent names, one after the other, as ingestion jobs do. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { peakMiB } from "../../local/peak-memory.ts";
import { extractDocument } from "../../src/features/files/extract/extract.ts";
import { recognise } from "../../src/features/files/extract/recognise.ts";
import { ExtractionFailure } from "../../src/features/files/failures.ts";
import { sourceOf } from "../../test/fixtures/documents.ts";
import { readCMap } from "../../test/support/cmaps.ts";

/** How a document ended: `refusal` is the code of its failure, or what it crashed with. */
export type Reading = {
  text: string;
  refusal?: string;
  seconds: number;
  /** The peak of resident memory of the process so far. */
  peakMiB: number;
};

const PAGES_AT_ONCE = 100;

process.on("message", (path: string) => {
  void readFile(path)
    .then((bytes) => read(new Uint8Array(bytes), basename(path)))
    .then((reading) => process.send?.(reading));
});

async function read(bytes: Uint8Array, name: string): Promise<Reading> {
  const startedAt = performance.now();
  const pieces: string[] = [];
  const refusal = await readInto(pieces, bytes, name).catch(reasonOf);
  const seconds = (performance.now() - startedAt) / 1000;
  const size = { seconds, peakMiB: peakMiB() };
  return { text: pieces.join(""), ...size, ...(refusal !== undefined && { refusal }) };
}

/** Returns why the file is refused as soon as it is seen. */
async function readInto(
  pieces: string[],
  bytes: Uint8Array,
  name: string,
): Promise<string | undefined> {
  const source = sourceOf(bytes);
  const { kind, refusal } = await recognise(source, { name });
  if (kind === undefined) return refusal;
  let [textBefore, isLast] = [0, false];
  for (let fromPage = 1; !isLast; fromPage += PAGES_AT_ONCE) {
    const window = { fromPage, pages: PAGES_AT_ONCE, textBefore, readCMap };
    for await (const page of (await extractDocument(kind, source, window)).pages) {
      pieces.push(page.text);
      textBefore += page.text.length;
      isLast = page.isLast;
    }
  }
  return undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof ExtractionFailure ? error.code : `crashed: ${String(error)}`;
}
