/** Cursors of paged lists: the sort key of the last row, opaque to the client. */
import { decodeUtf8, encodeUtf8, fromBase64, toBase64Url } from "./bytes.ts";

/** Encodes the parts of a sort key. */
export function encodeCursor(key: readonly (string | number | boolean)[]): string {
  return toBase64Url(encodeUtf8(JSON.stringify(key)));
}

/** The parts of a cursor; undefined for malformed ones. The caller must check their types. */
export function decodeCursor(cursor: string): unknown[] | undefined {
  const bytes = fromBase64(cursor);
  const text = bytes && decodeUtf8(bytes);
  if (text === undefined) return undefined;
  try {
    const key: unknown = JSON.parse(text);
    return Array.isArray(key) ? key : undefined;
  } catch {
    return undefined;
  }
}
