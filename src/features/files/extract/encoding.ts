/** Bytes of a text file to its text. A mark of the byte order is part of the encoding, not of the text. */
import { ExtractionFailure } from "../failures.ts";
import { type Piece, piecesOf } from "./pieces.ts";

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

/**
 * The text of a file, piece by piece. Without a mark or a declaration the encoding is told by the first
 * piece that is not ASCII alone: UTF-8 where it is valid, else windows-1252. What is wrong in it becomes
 * U+FFFD, as in every browser.
 */
export async function* decodeText(
  body: AsyncIterable<Uint8Array>,
  declared: (head: Uint8Array) => string | undefined = () => undefined,
): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  let isFirst = true;
  for await (const piece of piecesOf(body)) {
    const label = isFirst ? (encodingOfMark(piece.bytes) ?? declared(piece.bytes)) : undefined;
    isFirst = false;
    decoder ??= decoderFor(label ?? guess(piece));
    // ASCII is the same in all of them.
    const text = (decoder ?? new TextDecoder()).decode(piece.bytes, { stream: !piece.isLast });
    if (text.includes("\0")) throw new ExtractionFailure("damaged");
    yield text;
  }
}

function guess({ bytes, isLast }: Piece): string | undefined {
  if (bytes.every((byte) => byte < 0x80)) return undefined;
  return isUtf8(bytes, !isLast) ? "utf-8" : "windows-1252";
}

/** A label that names no encoding is as good as none. */
function decoderFor(label: string | undefined): TextDecoder | undefined {
  if (label === undefined) return undefined;
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder();
  }
}
