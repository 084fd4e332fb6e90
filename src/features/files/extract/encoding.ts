/** Encoding labels (WHATWG Encoding Standard) and the decoding of text files. */
import { ExtractionFailure } from "../failures.ts";
import { piecesOf } from "./pieces.ts";

/** Returns the encoding of the byte order mark at the start; undefined without one. */
export function encodingOfMark(bytes: Uint8Array): string | undefined {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return "utf-8";
  if (a === 0xff && b === 0xfe) return "utf-16le";
  return a === 0xfe && b === 0xff ? "utf-16be" : undefined;
}

/** True for valid UTF-8. With `moreToCome`, the last character may be cut off. */
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

/**
 * Returns the canonical lower-case name of an encoding label; undefined if it cannot be decoded.
 */
export function encodingOfLabel(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

/**
 * Returns the encoding in the `charset` of a media type. Undefined for UTF-8 and ASCII too:
 * programs declare them blindly, and the bytes identify them as well.
 */
export function encodingOfType(contentType: string | undefined): string | undefined {
  const [, label = ""] = CHARSET.exec(contentType ?? "") ?? [];
  if (/^(?:us-)?ascii$/i.test(label)) return undefined;
  const encoding = encodingOfLabel(label);
  return encoding === "utf-8" ? undefined : encoding;
}

const CHARSET = /;[ \t]*charset[ \t]*=[ \t]*"?([\w.:-]+)/i;

/**
 * Decodes a file to text, chunk by chunk. Bytes that are invalid in the encoding become U+FFFD.
 * Throws `damaged` at a NUL.
 */
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
