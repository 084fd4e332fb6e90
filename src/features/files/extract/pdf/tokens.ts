/**
 * Tokenizes PDF objects (ISO 32000-2, section 7.2) as far as they declare the packing of streams.
 */

export type Token =
  | { kind: "name" | "number" | "word"; text: string }
  | { kind: "string" }
  | { kind: "mark"; text: "<<" | ">>" | "[" | "]" };

const [LF, CR, HASH, PERCENT, OPEN, CLOSE, SLASH, LESS, GREATER, BACKSLASH] = [
  0x0a, 0x0d, 0x23, 0x25, 0x28, 0x29, 0x2f, 0x3c, 0x3e, 0x5c,
];
const BLANKS = new Set([0, 9, LF, 12, CR, 32]);
const DELIMITERS = new Set(Array.from("()<>[]{}/%", (sign) => sign.charCodeAt(0)));
/** Longer names and numbers are cut. */
const LONGEST_WORD = 128;

/** Tokenizes from an offset on and visits each byte once. */
export class PdfTokens {
  readonly #data: Uint8Array;
  readonly #end: number;
  at: number;
  /** The offset at which the last token began. */
  start = 0;

  constructor(data: Uint8Array, at: number, end: number) {
    this.#data = data;
    this.at = at;
    this.#end = Math.min(end, data.byteLength);
  }

  /** Returns the next token; undefined at the end. */
  next(): Token | undefined {
    this.skipBlanks();
    if (this.at >= this.#end) return undefined;
    this.start = this.at;
    const byte = this.#data[this.at] ?? 0;
    if (byte === SLASH) {
      this.at++;
      return { kind: "name", text: unescaped(this.#word()) };
    }
    if (byte === OPEN) return this.#string();
    if (DELIMITERS.has(byte)) return this.#mark(byte);
    const text = this.#word();
    return { kind: /^[-+.\d]/.test(text) ? "number" : "word", text };
  }

  /** Returns the source text of the last token, cut to 128 bytes. */
  raw(): string {
    const end = Math.min(this.at, this.start + LONGEST_WORD);
    return String.fromCharCode(...this.#data.subarray(this.start, end));
  }

  /** Skips blanks and comments. */
  skipBlanks(): void {
    for (; this.at < this.#end; this.at++) {
      const byte = this.#data[this.at] ?? 0;
      if (byte === PERCENT) this.#skipLine();
      else if (!BLANKS.has(byte)) return;
    }
  }

  #skipLine(): void {
    while (this.at < this.#end && this.#data[this.at] !== LF && this.#data[this.at] !== CR)
      this.at++;
  }

  #word(): string {
    const from = this.at;
    while (this.at < this.#end && isRegular(this.#data[this.at] ?? 0)) this.at++;
    return String.fromCharCode(
      ...this.#data.subarray(from, Math.min(this.at, from + LONGEST_WORD)),
    );
  }

  #mark(byte: number): Token {
    const isDouble = this.#data[this.at + 1] === byte;
    if (byte === LESS && !isDouble) return this.#hexString();
    this.at += isDouble && (byte === LESS || byte === GREATER) ? 2 : 1;
    if (byte === LESS) return { kind: "mark", text: "<<" };
    if (byte === GREATER && isDouble) return { kind: "mark", text: ">>" };
    const sign = String.fromCharCode(byte);
    return sign === "[" || sign === "]"
      ? { kind: "mark", text: sign }
      : { kind: "word", text: sign };
  }

  #hexString(): Token {
    while (this.at < this.#end && this.#data[this.at] !== GREATER) this.at++;
    this.at++;
    return { kind: "string" };
  }

  #string(): Token {
    let depth = 0;
    for (; this.at < this.#end; this.at++) {
      const byte = this.#data[this.at];
      if (byte === BACKSLASH) this.at++;
      else if (byte === OPEN) depth++;
      else if (byte === CLOSE && --depth === 0) break;
    }
    this.at++;
    return { kind: "string" };
  }
}

function isRegular(byte: number): boolean {
  return !BLANKS.has(byte) && !DELIMITERS.has(byte);
}

/** Decodes escapes: `#46lateDecode` is `FlateDecode`. */
function unescaped(name: string): string {
  if (!name.includes(String.fromCharCode(HASH))) return name;
  return name.replace(/#([\da-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
