/** Extracts the visible text of HTML pages. */
import type { Source } from "../byte-source.ts";
import { decodeText } from "../encoding.ts";
import { MarkupParser } from "../markup.ts";
import type { ExtractedPage, PageWriter } from "../pages.ts";
import { findEncoding } from "../text/find-encoding.ts";
import { declaredEncoding } from "./declared-encoding.ts";
import { ReversedLists } from "./reversed-lists.ts";
import { VisibleText } from "./visible-text.ts";

/** Extracts a page. Scripts are never run, and linked resources are never fetched. */
export async function* readHtml(
  source: Source,
  writer: PageWriter,
  named: string | undefined,
): AsyncGenerator<ExtractedPage> {
  const encoding = await findEncoding(source, { named, declared: declaredEncoding });
  yield* readMarkup(decodeText(await source.stream(), encoding), writer);
  yield* writer.end(true);
}

/** Extracts the markup of a page. The caller ends the writer, which returns the last page. */
export async function* readMarkup(
  markup: AsyncIterable<string> | Iterable<string>,
  writer: PageWriter,
): AsyncGenerator<ExtractedPage> {
  const page = new VisibleText(writer);
  const lists = new ReversedLists(page);
  const parser = new MarkupParser(lists, { xml: false });
  for await (const text of markup) {
    parser.write(text);
    yield* writer.take();
  }
  parser.end();
  lists.end();
  page.end();
}
