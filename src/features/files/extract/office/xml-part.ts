/** Parses an XML part with a handler of its elements. */
import { encodingOfMark } from "../encoding.ts";
import { type MarkupHandler, MarkupParser } from "../markup.ts";
import { NamespaceReader } from "./namespaces.ts";
import { type InflatedBytes, inflatePart, type ZipPart } from "../zip.ts";

/**
 * Parses a part with a handler, which gets the names of the specification. Yields after each slice, so that the
 * caller can take the output.
 */
export function* parsePart(
  part: ZipPart,
  counted: InflatedBytes,
  handler: MarkupHandler,
): Generator<undefined> {
  const parser = new MarkupParser(new NamespaceReader(handler), { xml: true });
  let decoder: TextDecoder | undefined;
  for (const bytes of inflatePart(part, counted)) {
    decoder ??= new TextDecoder(encodingOfMark(bytes));
    for (const text of slices(decoder.decode(bytes, { stream: true }))) {
      parser.write(text);
      yield;
    }
  }
  parser.end();
}

const SLICE = 64 * 1024;

/** The parser buffers its whole input, so it gets small slices. */
function* slices(text: string): Generator<string> {
  for (let from = 0; from < text.length; from += SLICE) yield text.slice(from, from + SLICE);
}
