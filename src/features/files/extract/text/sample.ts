/** Collects the non-ASCII lines of a text, which determine its encoding. */

/** The most bytes that are collected. */
const MOST_KEPT = 16 * 1024;
/** Bytes after which a line is cut at its next blank, and after which it is cut anywhere. */
const [LONG, LONGEST] = [512, 4096];

const [TAB, LF, CR, SPACE, ESCAPE] = [0x09, 0x0a, 0x0d, 0x20, 0x1b];

export type EncodingSample = {
  /** The non-ASCII lines, concatenated. */
  bytes: Uint8Array;
  /** The number of lines that may end within a character. */
  cuts: number;
  hasEscapes: boolean;
};

/** Collects non-ASCII lines until `MOST_KEPT` bytes are reached. */
export class SampleCollector {
  readonly #kept: Uint8Array[] = [];
  #size = 0;
  #cuts = 0;
  #hasEscapes = false;
  #line = new Uint8Array(LONGEST);
  #length = 0;
  #isHigh = false;
  /** True from a cut to the next blank, where character boundaries are unknown. */
  #isLost = false;

  get isFull(): boolean {
    return this.#size >= MOST_KEPT;
  }

  add(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.isFull) return;
      this.#addByte(byte);
    }
  }

  end(): EncodingSample {
    this.#endLine();
    const bytes = new Uint8Array(this.#size);
    let at = 0;
    for (const line of this.#kept) {
      bytes.set(line, at);
      at += line.byteLength;
    }
    return { bytes, cuts: this.#cuts, hasEscapes: this.#hasEscapes };
  }

  #addByte(byte: number): void {
    if (byte === ESCAPE) this.#hasEscapes = true;
    const isBreak = byte === LF || byte === CR;
    // The byte of a blank is never part of another character, in any encoding.
    const isBlank = isBreak || byte === SPACE || byte === TAB;
    if (this.#isLost) {
      this.#isLost = !isBlank;
      return;
    }
    this.#line[this.#length++] = byte;
    if (byte >= 0x80) this.#isHigh = true;
    if (isBreak || (isBlank && this.#length > LONG)) this.#endLine();
    else if (this.#length === LONGEST) this.#cut();
  }

  #cut(): void {
    if (this.#isHigh) this.#cuts++;
    this.#endLine();
    this.#isLost = true;
  }

  #endLine(): void {
    if (this.#isHigh) {
      this.#kept.push(this.#line.slice(0, this.#length));
      this.#size += this.#length;
    }
    this.#length = 0;
    this.#isHigh = false;
  }
}
