/** Plain text, CSV and Markdown: the text is the decoded file, unchanged. */
import { decodeText } from "./encoding.ts";
import { MarkdownLines } from "./markdown.ts";
import type { ExtractedPage, PageWriter } from "./pages.ts";

/** Reads a file as it stands. It is one page. */
export async function* readText(
  body: AsyncIterable<Uint8Array>,
  writer: PageWriter,
): AsyncGenerator<ExtractedPage> {
  for await (const text of decodeText(body)) {
    writer.write(text);
    yield* writer.take();
  }
  yield* writer.end(true);
}

/** No heading is as long; a line that is gets no further hearing, so that none is held. */
const LONGEST_LINE = 10_000;

/** Reads a file as it stands, and marks the headings of Markdown. */
export async function* readMarkdown(
  body: AsyncIterable<Uint8Array>,
  writer: PageWriter,
): AsyncGenerator<ExtractedPage> {
  const markdown = new MarkdownLines();
  let line = "";
  for await (const text of decodeText(body)) {
    const lines = (line + text).split(/(?<=\n)/);
    line = lines.pop() ?? "";
    for (const whole of lines) writeLine(writer, markdown, whole);
    if (line.length > LONGEST_LINE) {
      writer.write(line);
      line = "";
    }
    yield* writer.take();
  }
  writeLine(writer, markdown, line);
  yield* writer.end(true);
}

function writeLine(writer: PageWriter, markdown: MarkdownLines, line: string): void {
  if (line.length > LONGEST_LINE) return writer.write(line);
  const { before, middle, after, level } = markdown.read(line);
  writer.write(before);
  writer.write(middle, { level });
  writer.write(after);
}
