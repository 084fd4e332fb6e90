/** Collects struck-out words: they are removed from the running text and written at its end. */
import { ExtractionFailure } from "../failures.ts";
import { LONGEST_TEXT, type PageWriter } from "./pages.ts";

/** In UTF-16 code units, of the quoted words before a deletion. */
const LONGEST_BEFORE = 40;
const MOST_STRETCHES = 50_000;

type Stretch = { before: string; words: string };

export class StruckOutWords {
  readonly #stretches: Stretch[] = [];
  #length = 0;

  /** Adds words; `textBefore` is the running text up to them. */
  add(words: string, textBefore: string): void {
    const bare = inOneLine(words);
    if (bare === "") return;
    this.#length += bare.length;
    if (this.#length > LONGEST_TEXT || this.#stretches.length >= MOST_STRETCHES) {
      throw new ExtractionFailure("too_much_text");
    }
    this.#stretches.push({ before: lastWords(textBefore), words: bare });
  }

  /** Writes each deletion on its own line. */
  writeTo(writer: PageWriter): void {
    this.#stretches.forEach(({ before, words }, index) => {
      const label = before === "" ? "[Struck out]" : `[Struck out after “${before}”]`;
      writer.write(`${index === 0 ? "\n\n" : "\n"}${label} `);
      writer.write(words, { region: "struck_out" });
    });
  }
}

/** Returns a blank if the removal of struck-out words would join two words. */
export function blankBetween(before: string, after: string): "" | " " {
  return /[\p{L}\p{N}]$/u.test(before.slice(-2)) && /^[\p{L}\p{N}]/u.test(after) ? " " : "";
}

/** Returns the text after struck-out words, with exactly one blank before it if it needs one. */
export function textBehindStruck(before: string, after: string): string {
  const isDouble = /[ \n]$/.test(before) && after.startsWith(" ");
  return isDouble ? after.slice(1) : blankBetween(before, after) + after;
}

function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

/** Returns the last whole words, from the last line if it has any. */
function lastWords(text: string): string {
  const near = text.slice(-4 * LONGEST_BEFORE);
  const line = near.slice(near.lastIndexOf("\n") + 1);
  const end = inOneLine(hasWords(line) ? line : near);
  if (!hasWords(end)) return "";
  if (end.length <= LONGEST_BEFORE) return end;
  const shown = end.slice(-LONGEST_BEFORE);
  return shown.slice(shown.indexOf(" ") + 1).toWellFormed();
}

function hasWords(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}
