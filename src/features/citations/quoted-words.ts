/** Prepares the words of a quotation for the search. */
import { toNormal } from "./normal-form.ts";

/** Punctuation that may be inside or outside of quotation marks. */
const EDGE = new Set(" \t\n\r.,;:!?…-–—\u00a0");

export type QuotedWords = {
  /** The text that must be found. */
  core: string;
  /** Punctuation before and after the core, such as a full stop. */
  head: string;
  tail: string;
  units: Uint16Array;
};

/** Splits a quotation into its core and the punctuation at both ends. */
export function toWords(text: string): QuotedWords {
  let [start, end] = [0, text.length];
  while (start < end && EDGE.has(text.charAt(start))) start++;
  while (end > start && EDGE.has(text.charAt(end - 1))) end--;
  const core = text.slice(start, end);
  const { units } = toNormal(core);
  return { core, head: text.slice(0, start).trim(), tail: text.slice(end).trim(), units };
}

/** What a writer adds to a quotation by convention, such as “(emphasis added)” and “[sic]”. */
const ASIDE =
  /\((?:emphas[ei]s|italics|bold|underlin(?:e|ing)|citations?|footnotes?|(?:internal )?quotation marks|alterations?)[^()]{0,80}?(?:added|omitted|supplied|altered|original|mine|ours)\)|[[(]sic[\])]/gi;
/** A Markdown link, of which the document has the text. */
const LINK = /\[([^\][\n]{1,500})\]\([^()\s]{1,2000}\)/g;

/** The quotation as it is, and without what was added to it if anything was. */
export function formsOf(quotation: string): string[] {
  const plain = quotation.replace(LINK, "$1").replace(ASIDE, " ").trim();
  return plain === "" ? [quotation] : [...new Set([quotation, plain])];
}

const FEWEST_UNITS = 12;
const FEWEST_UNSPACED = 5;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** True for a word or two, which any long document contains by chance. */
export function isShort({ core, units }: QuotedWords): boolean {
  if (UNSPACED.test(core)) return units.length < FEWEST_UNSPACED;
  return units.length < FEWEST_UNITS || !/\s/.test(core);
}

const ELLIPSIS =
  /\[\s*(?:…|\.{3}|\. \. \.|\* ?\* ?\*)\s*\]|\(\s*(?:…|\.{3})\s*\)|…|\.{3,}|\. \. \.(?: \.)?|\* \* \*/;
const FEWEST_IN_A_PART = 4;

/** The parts of a quotation between its ellipses; empty without ellipses. */
export function partsOf(text: string): QuotedWords[] {
  const pieces = text.split(ELLIPSIS);
  if (pieces.length === 1) return [];
  return pieces.map(toWords).filter(({ units }) => units.length >= FEWEST_IN_A_PART);
}
