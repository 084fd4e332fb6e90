/** What of a text tells its encoding: the stretches of it that are not ASCII. */

/** Bytes that are kept. */
const MOST_KEPT = 16 * 1024;
/** Bytes after which a line ends at its next blank, and after which it ends anywhere. */
const [LONG, LONGEST] = [512, 4096];

const [TAB, LF, CR, SPACE, ESCAPE] = [0x09, 0x0a, 0x0d, 0x20, 0x1b];

export type EncodingSample = {
  /** Lines with other bytes than ASCII, one after the other. */
  bytes: Uint8Array;
  /** How many of them end within a character, perhaps. */
  cuts: number;
  hasEscapes: boolean;
};

/** Keeps the lines of a text that are not ASCII, until there are enough of them. */
export class SampleCollector {
  readonly #kept: Uint8Array[] = [];
  #size = 0;
  #cuts = 0;
  #hasEscapes = false;
  #line = new Uint8Array(LONGEST);
  #length = 0;
  #isHigh = false;
  /** True behind a cut, up to the next blank: where characters begin is not known. */
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
    // No encoding has a blank as part of another character.
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
