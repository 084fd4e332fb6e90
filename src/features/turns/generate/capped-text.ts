/** A text that grows up to a size, and no further. */
import { utf8Length, utf8Prefix } from "../../../lib/bytes.ts";
import { TextCleaner } from "./text-cleaner.ts";

/** Storable text of at most so many bytes of UTF-8. */
export class CappedText {
  #text = "";
  #sizeBytes = 0;
  #isFull = false;
  readonly #limitBytes: number;
  readonly #cleaner = new TextCleaner();

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get text(): string {
    return this.#text;
  }

  /** True once something did not fit. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Appends what fits of a piece, and returns that; nothing fits after a piece that did not. */
  push(piece: string): string {
    if (this.#isFull) return "";
    const text = this.#cleaner.push(piece);
    const sizeBytes = utf8Length(text);
    const leftBytes = this.#limitBytes - this.#sizeBytes;
    this.#isFull = sizeBytes > leftBytes;
    const added = this.#isFull ? utf8Prefix(text, leftBytes) : text;
    this.#sizeBytes += sizeBytes;
    this.#text += added;
    return added;
  }
}
