/** Extracts OpenDocument texts (ODT): a ZIP of XML parts. */
import { ExtractionFailure } from "../../failures.ts";
import type { ByteSource } from "../byte-source.ts";
import { localName } from "../local-name.ts";
import type { MarkupHandler } from "../markup.ts";
import type { ExtractedPage, PageWriter } from "../pages.ts";
import { StruckOutWords } from "../struck-out.ts";
import { parsePart } from "../office/xml-part.ts";
import { InflatedBytes, inflatePart, readPart, type ZipPart } from "../zip.ts";
import { readZipDirectory, type ZipDirectory } from "../zip-directory.ts";
import { OdtBody } from "./body.ts";
import { OdtMargins } from "./margins.ts";
import { OdtStyles } from "./styles.ts";

const TYPE = /^application\/vnd\.oasis\.opendocument\.text(?:-template)?\s*$/;
/** The most bytes of XML parsed per document. */
const MOST_XML = 60_000_000;
/** The most stored bytes of one part. */
const LARGEST_PART = 12 * 1024 * 1024;
const LONGEST_TYPE = 200;

/** True for an OpenDocument text, according to its part `mimetype`. Throws `damaged` or `too_large`. */
export async function isOdt(source: ByteSource): Promise<boolean> {
  const entry = (await readZipDirectory(source))?.get("mimetype");
  if (!entry) return false;
  const part = await readPart(source, entry, LONGEST_TYPE);
  const bytes = [...inflatePart(part, new InflatedBytes(LONGEST_TYPE))].flatMap((some) => [
    ...some,
  ]);
  return TYPE.test(String.fromCharCode(...bytes));
}

/** Extracts a document: headers, text, notes, comments, struck-out words and footers, in this order. */
export async function* readOdt(
  source: ByteSource,
  writer: PageWriter,
): AsyncGenerator<ExtractedPage> {
  const directory = await readZipDirectory(source);
  if (!directory) throw new ExtractionFailure("damaged");
  const counted = new InflatedBytes(MOST_XML);
  await refuseEncrypted(source, directory, counted);
  const [content, others] = await Promise.all([
    readNamed(source, directory, "content.xml"),
    readNamed(source, directory, "styles.xml"),
  ]);
  if (!content) throw new ExtractionFailure("damaged");
  const styles = new OdtStyles();
  const margins = new OdtMargins();
  for (const part of [others, content]) exhaust(part, counted, styles);
  exhaust(others, counted, margins);
  margins.writeTo(writer, "header");
  const struckOut = new StruckOutWords();
  const body = new OdtBody(writer, { styles, struckOut });
  for (const _ of parsePart(content, counted, body)) yield* writer.take();
  body.end();
  struckOut.writeTo(writer);
  margins.writeTo(writer, "footer");
  yield* writer.end(true);
}

async function readNamed(
  source: ByteSource,
  directory: ZipDirectory,
  name: string,
): Promise<ZipPart | undefined> {
  const entry = directory.get(name);
  return entry && readPart(source, entry, LARGEST_PART);
}

/** Throws `encrypted` for a password-protected document, whose parts are stored encrypted. */
async function refuseEncrypted(
  source: ByteSource,
  directory: ZipDirectory,
  counted: InflatedBytes,
): Promise<void> {
  const manifest = await readNamed(source, directory, "meta-inf/manifest.xml");
  exhaust(manifest, counted, NOT_ENCRYPTED);
}

const NOT_ENCRYPTED: MarkupHandler = {
  open: (element) => {
    if (localName(element) === "encryption-data") throw new ExtractionFailure("encrypted");
  },
  close: () => undefined,
  text: () => undefined,
};

function exhaust(part: ZipPart | undefined, counted: InflatedBytes, handler: MarkupHandler): void {
  if (part) for (const _ of parsePart(part, counted, handler));
}
