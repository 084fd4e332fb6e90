/** A document read as it is uploaded: by its bytes and its name. */
import { type ExtractedPage, extractDocument } from "../../src/features/files/extract/extract.ts";
import { recognise } from "../../src/features/files/extract/recognise.ts";
import { sourceOf } from "../fixtures/documents.ts";
import { readCMap } from "./cmaps.ts";

export type Extracted = {
  kind: string;
  pageCount: number | undefined;
  pages: ExtractedPage[];
  text: string;
  headings: { text: string; level: number }[];
};

type Options = Partial<
  Record<"chunkSize" | "fromPage" | "pages" | "textBefore", number> & {
    encoding: string;
    mayLackText: boolean;
  }
>;

/** Reads the first hundred pages, in chunks of a size. */
export async function extract(
  bytes: Uint8Array,
  name: string,
  {
    chunkSize = 64 * 1024,
    fromPage = 1,
    pages: count = 100,
    textBefore = 0,
    encoding,
    mayLackText = false,
  }: Options = {},
): Promise<Extracted> {
  const source = sourceOf(bytes, chunkSize);
  const { kind } = await recognise(source, { name, encoding });
  if (!kind) throw new Error("not recognised");
  const window = { fromPage, pages: count, textBefore, encoding, mayLackText, readCMap };
  const { pageCount, pages } = await extractDocument(kind, source, window);
  const all: ExtractedPage[] = [];
  for await (const page of pages) all.push(page);
  const text = all.map((page) => page.text).join("");
  return { kind, pageCount, pages: all, text, headings: all.flatMap(headingsOf) };
}

function headingsOf({ text, headings }: ExtractedPage) {
  const points = Array.from(text);
  return headings.map(({ start, end, level }) => ({
    text: points.slice(start, end).join(""),
    level,
  }));
}
