/** Detects UTF-16 without a byte order mark. */

const ENCODINGS = ["utf-16le", "utf-16be"] as const;

/** ASCII, and Chinese and Japanese punctuation, which make up at least 1 % of any text. */
const COMMON = /[ -~\n\r\u3000-\u3002\uff0c]/g;
const COMMON_IN_CHINESE = /[\n\r\u3000-\u3002\uff0c]/g;
const LEAST_COMMON = 0.01;
/** The least ratio of common characters between the two byte orders; they are rare in the wrong one. */
const TIMES_AS_MANY = 4;

// oxlint-disable-next-line no-control-regex
const NO_TEXT = /[\0-\x08\x0e-\x1f\x7f-\x9f\uFFFD\uFFFE\uFFFF]|\p{Cn}|\p{Co}/gu;
const MOST_NO_TEXT = 0.005;

/** A shorter text uses few rows of 256 Unicode characters, unless it is Chinese or Japanese. */
const LONG = 64;
const MOST_ROWS_OF_SHORT = 3;

/** The encoding, with its byte order, of a file by its first bytes; undefined if it is not UTF-16. */
export function utf16Of(head: Uint8Array): (typeof ENCODINGS)[number] | undefined {
  if (head.byteLength < 4 || !head.includes(0)) return undefined;
  const whole = head.subarray(0, head.byteLength & ~1);
  const [le, be] = ENCODINGS.map((encoding) => commonIn(whole, encoding));
  if (le === undefined && be === undefined) return undefined;
  if ((le ?? 0) > (be ?? 0) * TIMES_AS_MANY) return "utf-16le";
  return (be ?? 0) > (le ?? 0) * TIMES_AS_MANY ? "utf-16be" : undefined;
}

/** The number of common characters; undefined if the bytes are not text in this byte order. */
function commonIn(bytes: Uint8Array, encoding: string): number | undefined {
  const text = new TextDecoder(encoding).decode(bytes);
  const odd = text.match(NO_TEXT)?.length ?? 0;
  // The last character may be incomplete.
  if (odd > 1 + text.length * MOST_NO_TEXT) return undefined;
  const isOfManyRows = text.length < LONG && rowsOf(text) > MOST_ROWS_OF_SHORT;
  const common = text.match(isOfManyRows ? COMMON_IN_CHINESE : COMMON)?.length ?? 0;
  return common >= text.length * LEAST_COMMON ? common : undefined;
}

function rowsOf(text: string): number {
  return new Set(Array.from(text, (char) => char.charCodeAt(0) >> 8)).size;
}
