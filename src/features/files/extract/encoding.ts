/** Labels of encodings (WHATWG Encoding Standard), and the decoding of text files. */
import { ExtractionFailure } from "../failures.ts";
import { piecesOf } from "./pieces.ts";

/** The encoding that a mark at the start names. */
export function encodingOfMark(bytes: Uint8Array): string | undefined {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return "utf-8";
  if (a === 0xff && b === 0xfe) return "utf-16le";
  return a === 0xfe && b === 0xff ? "utf-16be" : undefined;
}

/** True for UTF-8; where more is to come, its last character may be cut off. */
export function isUtf8(bytes: Uint8Array, moreToCome: boolean): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, {
      stream: moreToCome,
    });
    return true;
  } catch {
    return false;
  }
}

/** The encoding that a label names, in lower case; undefined where it names none that can be decoded. */
export function encodingOfLabel(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

/**
 * The encoding that the `charset` of a media type names. Undefined for UTF-8 and ASCII too, because programs
 * write them without knowing, and the bytes tell as much.
 */
export function encodingOfType(contentType: string | undefined): string | undefined {
  const [, label = ""] = CHARSET.exec(contentType ?? "") ?? [];
  if (/^(?:us-)?ascii$/i.test(label)) return undefined;
  const encoding = encodingOfLabel(label);
  return encoding === "utf-8" ? undefined : encoding;
}

const CHARSET = /;[ \t]*charset[ \t]*=[ \t]*"?([\w.:-]+)/i;

/** The text of a file in pieces. Bytes that are invalid in the encoding become U+FFFD. */
export async function* decodeText(
  body: AsyncIterable<Uint8Array>,
  encoding: string,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const { bytes, isLast } of piecesOf(body)) {
    const text = decoder.decode(bytes, { stream: !isLast });
    if (text.includes("\0")) throw new ExtractionFailure("damaged");
    yield text;
  }
}
