/** Makes a model's text storable while it streams, so that what is read is what is stored. */

const REPLACEMENT = "\uFFFD";

/**
 * Replaces NUL and lone surrogates. Half a pair at the end of a piece is held back until its other
 * half comes; one that stays alone at the end of the text is dropped.
 */
export class TextCleaner {
  #held = "";

  push(piece: string): string {
    const text = this.#held + piece;
    this.#held = endsInHalfAPair(text) ? text.slice(-1) : "";
    const whole = this.#held === "" ? text : text.slice(0, -1);
    return whole.replaceAll("\0", REPLACEMENT).toWellFormed();
  }
}

function endsInHalfAPair(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}
