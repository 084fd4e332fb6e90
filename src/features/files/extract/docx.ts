/** Word documents: a ZIP of XML, of which only the text and what explains it is read. */
import { ExtractionFailure } from "../failures.ts";
import type { ByteSource } from "./byte-source.ts";
import { WordBody } from "./docx-body.ts";
import { WordNumbering } from "./docx-numbering.ts";
import { WordStyles } from "./docx-styles.ts";
import { TextFlow } from "./flow.ts";
import { isOleContainer, streamsIn } from "./ole.ts";
import { readRelationships } from "./package.ts";
import type { ExtractedPage, PageWriter } from "./pages.ts";
import { openWordPackage, type WordPackage } from "./word-package.ts";
import { parsePart } from "./xml-part.ts";
import { InflatedBytes, readPart, type ZipPart } from "./zip.ts";

/** Bytes of XML that are read of one document. */
const MOST_XML = 40_000_000;
/** Bytes of the parts together, as they are stored. */
const MOST_STORED = 12 * 1024 * 1024;

const STYLES = ["styles"];
const NUMBERING = ["numbering"];
const NOTES = ["footnotes", "endnotes"];

/** Reads a document. What it refers to outside of itself is never fetched. */
export async function* readDocx(
  source: ByteSource,
  writer: PageWriter,
): AsyncGenerator<ExtractedPage> {
  const { body, partsOf } = await readParts(source);
  const counted = new InflatedBytes(MOST_XML);
  const styles = new WordStyles();
  const numbering = new WordNumbering();
  for (const part of partsOf(STYLES)) exhaust(parsePart(part, counted, styles));
  for (const part of partsOf(NUMBERING)) exhaust(parsePart(part, counted, numbering));
  const flow = new TextFlow(writer);
  for (const part of [body, ...partsOf(NOTES)]) {
    const handler = new WordBody(flow, styles, numbering);
    for (const _ of parsePart(part, counted, handler)) yield* writer.take();
    if (!handler.isWord) throw new ExtractionFailure("damaged");
  }
  flow.end(1);
  yield* writer.end(true);
}

type WordParts = { body: ZipPart; partsOf: (types: readonly string[]) => ZipPart[] };

/** The parts are held as they are stored, none of them inflated. */
async function readParts(source: ByteSource): Promise<WordParts> {
  const word = await openWord(source);
  const related = await relatedParts(source, word);
  let left = MOST_STORED;
  const read = async (name: string): Promise<ZipPart | undefined> => {
    const entry = word.directory.get(name);
    const part = entry && (await readPart(source, entry, left));
    left -= part?.bytes.byteLength ?? 0;
    return part;
  };
  const body = await read(word.mainPart);
  if (!body) throw new ExtractionFailure("damaged");
  const others: { type: string; part: ZipPart }[] = [];
  for (const { type, target } of related) {
    const part = await read(target);
    if (part) others.push({ type, part });
  }
  const partsOf = (types: readonly string[]) =>
    types.flatMap((type) => others.filter((other) => other.type === type).map(({ part }) => part));
  return { body, partsOf };
}

/** The parts that explain the main one: each once, by its relationships or where Word puts them. */
async function relatedParts(source: ByteSource, { directory, mainPart }: WordPackage) {
  const relationships = await readRelationships(source, directory, mainPart);
  const folder = mainPart.slice(0, mainPart.lastIndexOf("/") + 1);
  return [STYLES, NUMBERING, NOTES].flat().flatMap((type) => {
    const named = relationships.filter((relationship) => relationship.type === type);
    const targets = [...named.map(({ target }) => target), `${folder}${type}.xml`];
    const found = targets.find((target) => directory.has(target));
    return found === undefined ? [] : [{ type, target: found }];
  });
}

/** A document behind a password is wrapped in an old container. */
async function openWord(source: ByteSource): Promise<WordPackage> {
  if (isOleContainer(await source.read(0, 8))) {
    const { encrypted } = await streamsIn(source);
    throw new ExtractionFailure(encrypted ? "encrypted" : "unsupported_type");
  }
  const word = await openWordPackage(source);
  if (!word) throw new ExtractionFailure("damaged");
  return word;
}

function exhaust(steps: Generator<undefined>): void {
  for (const _ of steps);
}
