/** The words of a quotation, as they are looked for. */
import { toNormal } from "./normal-form.ts";

/** Punctuation that a writer puts inside or outside of quotation marks as it pleases. */
const EDGE = new Set(" \t\n\r.,;:!?…-–—\u00a0");

export type QuotedWords = {
  /** What must be found. */
  core: string;
  /** What the quotation begins and ends with besides, such as a full stop. */
  head: string;
  tail: string;
  units: Uint16Array;
};

/** The words between the punctuation at both ends. */
export function toWords(text: string): QuotedWords {
  let [start, end] = [0, text.length];
  while (start < end && EDGE.has(text.charAt(start))) start++;
  while (end > start && EDGE.has(text.charAt(end - 1))) end--;
  const core = text.slice(start, end);
  const { units } = toNormal(core);
  return { core, head: text.slice(0, start).trim(), tail: text.slice(end).trim(), units };
}

const FEWEST_UNITS = 12;
const FEWEST_UNSPACED = 5;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** A word or two stand in any long document by chance. */
export function isShort({ core, units }: QuotedWords): boolean {
  if (UNSPACED.test(core)) return units.length < FEWEST_UNSPACED;
  return units.length < FEWEST_UNITS || !/\s/.test(core);
}

const ELLIPSIS = /\[\s*(?:…|\.{3})\s*\]|\(\s*(?:…|\.{3})\s*\)|…|\.{3,}|\. \. \./;
const FEWEST_IN_A_PART = 4;

/** What is left of a quotation between its ellipses, in order; empty where it has none. */
export function partsOf(text: string): QuotedWords[] {
  const pieces = text.split(ELLIPSIS);
  if (pieces.length === 1) return [];
  return pieces.map(toWords).filter(({ units }) => units.length >= FEWEST_IN_A_PART);
}
