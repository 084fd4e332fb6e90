/** Makes a model's text storable while it streams, so that what is read is what is stored. */

const HIGH_SURROGATE_AT_END = /[\uD800-\uDBFF]$/;
const REPLACEMENT = "\uFFFD";

/**
 * Replaces NUL and lone surrogates. Half a pair at the end of a piece is held back until its other
 * half comes; one that stays alone at the end of the text is dropped.
 */
export class TextCleaner {
  #held = "";

  push(piece: string): string {
    const text = this.#held + piece;
    this.#held = HIGH_SURROGATE_AT_END.test(text) ? text.slice(-1) : "";
    const whole = this.#held === "" ? text : text.slice(0, -1);
    return whole.replaceAll("\0", REPLACEMENT).toWellFormed();
  }
}
