/** Word documents: a ZIP of XML, of which only the text and what explains it is read. */
import { ExtractionFailure } from "../failures.ts";
import { WordBody } from "./docx-body.ts";
import { WordNumbering } from "./docx-numbering.ts";
import { WordStyles } from "./docx-styles.ts";
import { TextFlow } from "./flow.ts";
import { isOleContainer, streamsIn } from "./ole.ts";
import type { ExtractedPage, PageWriter } from "./pages.ts";
import { parsePart } from "./xml-part.ts";
import { collectParts, InflatedBytes, type ZipPart } from "./zip.ts";

/** Bytes of XML that are read of one document. */
const MOST_XML = 40_000_000;

const BODY = /^word\/document\d*\.xml$/;
const STYLES = /^word\/styles\d*\.xml$/;
const NUMBERING = /^word\/numbering\d*\.xml$/;
const NOTES = /^word\/(?:foot|end)notes\d*\.xml$/;
const WANTED = [BODY, STYLES, NUMBERING, NOTES];

/** Reads a document. What it refers to outside of itself is never fetched. */
export async function* readDocx(
  body: AsyncIterable<Uint8Array>,
  writer: PageWriter,
): AsyncGenerator<ExtractedPage> {
  const parts = await collectParts(withoutOle(body), (name) =>
    WANTED.some((pattern) => pattern.test(name)),
  );
  const counted = new InflatedBytes(MOST_XML);
  const styles = new WordStyles();
  const numbering = new WordNumbering();
  for (const part of named(parts, STYLES)) exhaust(parsePart(part, counted, styles));
  for (const part of named(parts, NUMBERING)) exhaust(parsePart(part, counted, numbering));
  const flow = new TextFlow(writer);
  for (const pattern of [BODY, NOTES]) {
    for (const part of named(parts, pattern)) {
      const handler = new WordBody(flow, styles, numbering);
      for (const _ of parsePart(part, counted, handler)) yield* writer.take();
      if (!handler.isWord) throw new ExtractionFailure("damaged");
    }
  }
  flow.end(1);
  yield* writer.end(true);
}

function named(parts: Map<string, ZipPart>, pattern: RegExp): ZipPart[] {
  return [...parts].filter(([name]) => pattern.test(name)).map(([, part]) => part);
}

function exhaust(steps: Generator<undefined>): void {
  for (const _ of steps);
}

/** Passes a ZIP on. A document behind a password is wrapped in an old container. */
async function* withoutOle(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isOle: boolean | undefined;
  for await (const bytes of body) {
    isOle ??= isOleContainer(bytes);
    if (!isOle) yield bytes;
    else if (streamsIn(bytes).encrypted) throw new ExtractionFailure("encrypted");
  }
  if (isOle) throw new ExtractionFailure("unsupported_type");
}
