/** Extracts plain text and Markdown. */
import type { Source } from "../byte-source.ts";
import { decodeText } from "../encoding.ts";
import type { ExtractedPage, PageWriter } from "../pages.ts";
import { findEncoding } from "./find-encoding.ts";
import { MarkdownText } from "./markdown.ts";

/** Extracts a plain text file unchanged, as one page. */
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

/** Extracts a Markdown file as one page, with its headings. Moves struck-out words to the end. */
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

/** Decodes a file in pieces. `named`: the encoding given by the client. */
export async function* textOf(source: Source, named: string | undefined): AsyncGenerator<string> {
  const encoding = await findEncoding(source, { named });
  yield* decodeText(await source.stream(), encoding);
}

/** Writes text unchanged, and counts its undecodable characters. */
export function writeDecoded(writer: PageWriter, text: string, level?: number): void {
  writer.countUnreadable(text.split("\uFFFD").length - 1);
  writer.write(text, { level });
}
