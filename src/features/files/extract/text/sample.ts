/** Collects the lines of a text that are not ASCII: only they tell its encoding. */

/** Bytes that are collected. */
const MOST_KEPT = 16 * 1024;
/** Bytes after which a line is divided at its next blank, and after which it is divided anywhere. */
const [LONG, LONGEST] = [512, 4096];

const [TAB, LF, CR, SPACE, ESCAPE] = [0x09, 0x0a, 0x0d, 0x20, 0x1b];

export type EncodingSample = {
  /** Lines with other bytes than ASCII, one after the other. */
  bytes: Uint8Array;
  /** How many of the lines may end within a character. */
  cuts: number;
  hasEscapes: boolean;
};

/** Collects the lines that are not ASCII until there are enough of them. */
export class SampleCollector {
  readonly #kept: Uint8Array[] = [];
  #size = 0;
  #cuts = 0;
  #hasEscapes = false;
  #line = new Uint8Array(LONGEST);
  #length = 0;
  #isHigh = false;
  /** True after a cut until the next blank, because the character boundaries are unknown there. */
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
    // In no encoding is a blank part of another character.
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
