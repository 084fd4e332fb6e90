/** Plain text and Markdown: the decoded file, without the words that Markdown strikes out. */
import type { Source } from "../byte-source.ts";
import { decodeText } from "../encoding.ts";
import type { ExtractedPage, PageWriter } from "../pages.ts";
import { findEncoding } from "./find-encoding.ts";
import { MarkdownText } from "./markdown.ts";

/** Reads a file unchanged, as one page. */
export async function* readText(
  source: Source,
  writer: PageWriter,
  named: string | undefined,
): AsyncGenerator<ExtractedPage> {
  for await (const text of textOf(source, named)) {
    writeDecoded(writer, text);
    yield* writer.take();
  }
  yield* writer.end(true);
}

/** Reads a file, marks its headings, and moves struck-out words to its end. */
export async function* readMarkdown(
  source: Source,
  writer: PageWriter,
  named: string | undefined,
): AsyncGenerator<ExtractedPage> {
  const markdown = new MarkdownText(writer);
  for await (const text of textOf(source, named)) {
    markdown.add(text);
    yield* writer.take();
  }
  markdown.end();
  yield* writer.end(true);
}

/** The decoded text of a file, piece by piece. */
export async function* textOf(source: Source, named: string | undefined): AsyncGenerator<string> {
  const encoding = await findEncoding(source, { named });
  yield* decodeText(await source.stream(), encoding);
}

/** Writes text unchanged, and counts the characters that could not be decoded. */
export function writeDecoded(writer: PageWriter, text: string, level?: number): void {
  writer.countUnreadable(text.split("\uFFFD").length - 1);
  writer.write(text, { level });
}
