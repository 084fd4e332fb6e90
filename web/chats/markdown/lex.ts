/** Markdown as tokens: what GitHub knows, formulas, and the points of the text that the server has marked. */
import { Marked, type Token, type TokenizerAndRendererExtension } from "marked";
import type { Citation, UnverifiedQuote } from "../page-message.ts";

export type Formula = { type: "formula"; raw: string; text: string; isBlock: boolean };

/** A formula between `open` and `close`; `pattern` is anchored at its start. */
function formula(
  name: string,
  pattern: RegExp,
  { isBlock, hint }: { isBlock: boolean; hint: string },
): TokenizerAndRendererExtension {
  return {
    name,
    level: isBlock ? "block" : "inline",
    start: (source) => {
      const index = source.indexOf(hint);
      return index < 0 ? undefined : index;
    },
    tokenizer: (source) => {
      const [raw, text = ""] = pattern.exec(source) ?? [];
      return raw === undefined ? undefined : { type: "formula", raw, text: text.trim(), isBlock };
    },
  };
}

const marked = new Marked({
  gfm: true,
  extensions: [
    formula("dollars", /^\$\$([^$]{1,4000}?)\$\$/, { isBlock: true, hint: "$$" }),
    formula("brackets", /^\\\[([\s\S]{1,4000}?)\\\]/, { isBlock: true, hint: "\\[" }),
    formula("parentheses", /^\\\(([^\n]{1,1000}?)\\\)/, { isBlock: false, hint: "\\(" }),
    // No space inside and no digit behind, so that sums of money stay text.
    formula("dollar", /^\$(?![\s$])([^$\n]{0,1000}?[^\s$\\])\$(?!\d)/, {
      isBlock: false,
      hint: "$",
    }),
  ],
});

/** The blocks of a text. */
export function lex(text: string): Token[] {
  return marked.lexer(text);
}

/** What is put into the text before it is parsed: private characters, which no text has. */
const CITED = "\uE000";
const QUOTE = "\uE001";
const QUOTE_END = "\uE002";
const NUMBER_END = "\uE003";
const PRIVATE = /[\uE000-\uE003]/g;

export type Piece =
  | { kind: "text"; text: string }
  | { kind: "citation"; index: number }
  | { kind: "unverified"; index: number; text: string };

type Insertion = { at: number; length: number; text: string };

/**
 * The text with its citations and unverified quotations marked where they are; both are named by their index. Offsets are
 * Unicode code points.
 */
export function markText(
  text: string,
  citations: readonly Citation[],
  unverified: readonly UnverifiedQuote[],
): string {
  const points = Array.from(text.replaceAll(PRIVATE, ""));
  const insertions = [
    ...citations.flatMap((citation, index) => citationIn(points, citation, index)),
    ...unverified.flatMap((quote, index) => quoteIn(quote, index)),
  ];
  for (const { at, length, text } of insertions.toSorted((a, b) => b.at - a.at)) {
    points.splice(at, length, text);
  }
  return points.join("");
}

/** How far behind its quotation the number of a citation may stand: quotation marks and white space. */
const FARTHEST_NUMBER = 8;

function citationIn(points: readonly string[], citation: Citation, index: number): Insertion[] {
  const { answer_end: end, number = citation.index } = citation;
  if (end === undefined) return [];
  const written = `[${number}]`;
  const behind = points.slice(end, end + FARTHEST_NUMBER + written.length).join("");
  const found = behind.indexOf(written);
  if (found < 0) return [];
  const at = end + Array.from(behind.slice(0, found)).length;
  return [{ at, length: written.length, text: `${CITED}${index}${NUMBER_END}` }];
}

function quoteIn({ answer_start, answer_end }: UnverifiedQuote, index: number): Insertion[] {
  if (answer_start === undefined || answer_end === undefined) return [];
  return [
    { at: answer_end, length: 0, text: QUOTE_END },
    { at: answer_start, length: 0, text: `${QUOTE}${index}${NUMBER_END}` },
  ];
}

const PIECES =
  /\uE000(\d+)\uE003|\uE001(\d+)\uE003([^\uE000-\uE003]*)\uE002|\[(\d{1,3})\]|[\uE000-\uE003]\d*/g;

/** A text of a token, divided at what is marked in it. `[3]` is a citation where there is one of this number. */
export function toPieces(text: string, citations: readonly Citation[]): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(PIECES)) {
    const piece = toPiece(match, citations);
    if (!piece) continue;
    if (match.index > end) pieces.push({ kind: "text", text: text.slice(end, match.index) });
    pieces.push(piece);
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ kind: "text", text: text.slice(end) });
  return pieces;
}

/** Undefined for what stays text. A mark whose other end is in another token is left out. */
function toPiece(match: RegExpExecArray, citations: readonly Citation[]): Piece | undefined {
  const [, cited, quoted, text = "", number] = match;
  if (cited !== undefined) return { kind: "citation", index: Number(cited) };
  if (quoted !== undefined) return { kind: "unverified", index: Number(quoted), text };
  if (number === undefined) return { kind: "text", text: "" };
  const index = citations.findIndex((one) => (one.number ?? one.index) === Number(number));
  return index < 0 ? undefined : { kind: "citation", index };
}
