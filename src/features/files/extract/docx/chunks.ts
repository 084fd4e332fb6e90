/** Extracts documents that are embedded in a Word document (`w:altChunk`). */
import { readAtMost } from "../../../../lib/bytes.ts";
import { ExtractionFailure } from "../../failures.ts";
import { bufferSource, type Source } from "../byte-source.ts";
import type { FlowPiece } from "../flow.ts";
import { readHtml } from "../html/html.ts";
import { type ExtractedPage, PageWriter } from "../pages.ts";
import { readText } from "../text/text.ts";
import { InflatedBytes, inflatePart, type ZipPart } from "../zip.ts";

/** The most bytes of one embedded document. */
const LARGEST_CHUNK = 8_000_000;

type ReadWord = (source: Source) => AsyncIterable<ExtractedPage>;

type Chunk = { part: ZipPart; contentType: string; name: string };

/** The paragraphs of an embedded document; undefined if its format is not supported or its extraction fails. */
export async function readChunk(
  { part, contentType, name }: Chunk,
  readWord: ReadWord,
): Promise<FlowPiece[][] | undefined> {
  const kind = kindOf(contentType, name);
  if (!kind) return undefined;
  try {
    const source = bufferSource(await inflated(part));
    const pages = kind === "word" ? readWord(source) : read(kind, source);
    const pieces: FlowPiece[] = [];
    for await (const page of pages) pieces.push(...piecesOf(page));
    return withoutBlankEnds(pieces);
  } catch (error) {
    if (error instanceof ExtractionFailure) return undefined;
    throw error;
  }
}

type Kind = "html" | "text" | "word";

function kindOf(contentType: string, name: string): Kind | undefined {
  if (/html/.test(contentType) || /\.x?html?$/.test(name)) return "html";
  if (contentType.startsWith("text/plain") || name.endsWith(".txt")) return "text";
  const isWord = contentType.includes("wordprocessingml.document") || name.endsWith(".docx");
  return isWord ? "word" : undefined;
}

function read(kind: "html" | "text", source: Source): AsyncIterable<ExtractedPage> {
  const writer = new PageWriter({ page: null, textBefore: 0 });
  return kind === "html"
    ? readHtml(source, writer, undefined)
    : readText(source, writer, undefined);
}

async function inflated(part: ZipPart): Promise<Uint8Array> {
  const bytes = await readAtMost(chunksOf(part), LARGEST_CHUNK);
  if (!bytes) throw new ExtractionFailure("too_large");
  return bytes;
}

async function* chunksOf(part: ZipPart): AsyncGenerator<Uint8Array> {
  yield* inflatePart(part, new InflatedBytes(LARGEST_CHUNK));
}

/** The text of a part, split at the bounds of headings and regions. */
function piecesOf({ text, headings, regions }: ExtractedPage): FlowPiece[] {
  const points = Array.from(text);
  const edges = [...headings, ...regions].flatMap(({ start, end }) => [start, end]);
  const cuts = [...new Set([0, ...edges, points.length])].toSorted((a, b) => a - b);
  const levels = new Map(headings.map(({ start, level }) => [start, level]));
  const kinds = new Map(regions.map(({ start, kind }) => [start, kind]));
  return cuts.slice(0, -1).map((start, index) => ({
    text: points.slice(start, cuts[index + 1]).join(""),
    level: levels.get(start),
    region: kinds.get(start),
  }));
}

const isBlank = ({ text }: FlowPiece) => text.trim() === "";

function withoutBlankEnds(pieces: FlowPiece[]): FlowPiece[][] | undefined {
  const first = pieces.findIndex((piece) => !isBlank(piece));
  if (first < 0) return [];
  const kept = pieces.slice(first, pieces.findLastIndex((piece) => !isBlank(piece)) + 1);
  const last = kept.at(-1);
  if (last) last.text = last.text.trimEnd();
  return [kept];
}
