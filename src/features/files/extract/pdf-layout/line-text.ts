/** Builds the text of a line from its runs. */
import type { RegionKind } from "../../../../lib/text-regions.ts";
import { storable } from "../flow.ts";
import { writeLowered } from "../superscripts.ts";
import { asPainted, asRead, countRightToLeft } from "./right-to-left.ts";
import { mostOf, SCRIPT_SIZE } from "./rows.ts";
import type { Run } from "./runs.ts";
import { plainDigits, raisedText } from "./scripts.ts";

/** A part of a line: running text, or text of one region. */
export type TextPiece = { text: string; region: RegionKind | undefined };

/** The least width of a blank, in font sizes of the adjacent letters. */
const BLANK = 0.15;
/** The same between consecutive runs, for which pdf.js reports blanks. */
const BLANK_IN_ORDER = 0.3;
/** The least offset of raised and lowered text, in font sizes of the line. */
const RAISED = 0.12;
const LOWERED = 0.05;
/**
 * The share of right-to-left letters from which a line on a mostly right-to-left page is
 * right-to-left too.
 */
const LEAST_ON_SUCH_PAGE = 0.15;
/** How many characters before a sign decide its meaning. */
const CONTEXT = 12;
const UNIT = /(?:^|[^\p{L}])(?:[kcdmµμ]?m|ft|in|yd|sq|s)$/u;

type Line = { size: number; base: number };

type Height = "raised" | "lowered" | "level";

/** Facts about the page of a line. */
export type LineContext = {
  /** The marks of the notes at the end of the page. */
  marks: ReadonlySet<string>;
  /** True if most of the page's text runs from right to left. */
  isRightToLeft: boolean;
};

/** Returns the text of a line in logical order. Its runs must be sorted from left to right. */
export function lineText(runs: readonly Run[], { marks, isRightToLeft }: LineContext): TextPiece[] {
  const line = mostOf(runs);
  const share = shareRightToLeft(runs);
  const pieces =
    share > 0
      ? readRightToLeft(runs, line, share > (isRightToLeft ? LEAST_ON_SUCH_PAGE : 0.5))
      : readLeftToRight(runs, line, marks);
  return merged(pieces.map(({ text, region }) => ({ text: shown(text), region })));
}

/** Returns the share of right-to-left letters in some runs, from 0 to 1. */
export function shareRightToLeft(runs: readonly Run[]): number {
  let [right, all] = [0, 0];
  for (const { text } of runs) {
    right += countRightToLeft(text);
    all += text.match(/[\p{L}\p{M}]/gu)?.length ?? 0;
  }
  return right === 0 ? 0 : right / Math.max(all, right);
}

/** True if there is a blank between two adjacent runs. */
function isApart(one: Run, other: Run): boolean {
  const gap = other.left - one.right;
  const isInOrder = other.order > one.order && other.order - one.order <= 2;
  if (isInOrder && (one.isBlankAfter || other.isBlankBefore)) return true;
  const size = Math.min(one.size, other.size);
  return gap > (isInOrder ? BLANK_IN_ORDER : BLANK) * size;
}

function readLeftToRight(
  runs: readonly Run[],
  line: Line,
  marks: ReadonlySet<string>,
): TextPiece[] {
  const pieces: TextPiece[] = [];
  let [before, last]: [string, Run | undefined] = ["", undefined];
  for (const run of withFractions(runs, line)) {
    if (last && isApart(last, run)) {
      pieces.push({ text: " ", region: last.region === run.region ? run.region : undefined });
      before += " ";
    }
    const piece = pieceOf(run, line, { before, marks });
    pieces.push(piece);
    before = `${before}${piece.text}`.slice(-CONTEXT);
    last = run;
  }
  return pieces;
}

/** Splits runs into regions from right to left, each in logical order. */
function readRightToLeft(runs: readonly Run[], line: Line, isMostlyRight: boolean): TextPiece[] {
  const stretches: TextPiece[] = [];
  let last: Run | undefined;
  for (const run of withFractions(runs, line)) {
    const stretch = stretches.at(-1);
    const blank = last && (isApart(last, run) || isBeforeLatin(run, last)) ? " " : "";
    const text = heightOf(run, line) === "raised" ? raisedText(run.text, "") : asPainted(run.text);
    if (stretch && stretch.region === run.region) stretch.text += blank + text;
    else stretches.push({ text: blank + text, region: run.region });
    last = run;
  }
  if (isMostlyRight) stretches.reverse();
  return stretches.map(({ text, region }) => ({ text: asRead(text, isMostlyRight), region }));
}

/** A left-to-right word ends before a right-to-left word, however close they are. */
function isBeforeLatin(run: Run, latin: Run): boolean {
  const [word, other] = [run.text, latin.text];
  return countRightToLeft(other) > 0 && countRightToLeft(word) === 0 && /^\p{L}/u.test(word);
}

function heightOf(run: Run, line: Line): Height {
  if (run.size > SCRIPT_SIZE * line.size) return "level";
  const height = (run.base - line.base) / line.size;
  if (height >= RAISED) return "raised";
  return height <= -LOWERED ? "lowered" : "level";
}

function pieceOf(
  run: Run,
  line: Line,
  around: { before: string; marks: ReadonlySet<string> },
): TextPiece {
  const height = heightOf(run, line);
  if (height === "lowered")
    return { text: writeLowered(run.text, around.before), region: run.region };
  if (height === "level") return { text: run.text, region: run.region };
  const text = raisedText(run.text, around.before);
  return { text, region: run.region ?? (isMark(text, around) ? "note_mark" : undefined) };
}

/**
 * True for a note mark; false for an exponent, which follows a number, a unit or a single letter.
 */
function isMark(text: string, { before, marks }: { before: string; marks: ReadonlySet<string> }) {
  const signs = text.match(/[⁰¹²³⁴-⁹]+|[*†‡§¶]/g) ?? [];
  if (signs.length === 0 || !/^[⁰¹²³⁴-⁹*†‡§¶,; ]+$/.test(text)) return false;
  if (/^[²³]$/.test(text) && UNIT.test(before)) return false;
  const isKnown = signs.every((sign) => marks.has(plainDigits(sign)));
  return isKnown || (/[⁰¹²³⁴-⁹]/.test(text) && !/(?:\p{Nd}|(?:^|[^\p{L}])\p{L})$/u.test(before));
}

/** Merges a numerator and a denominator, with or without a stroke, into one run: 1/2. */
function withFractions(runs: readonly Run[], line: Line): readonly Run[] {
  if (!runs.some((run) => heightOf(run, line) === "raised")) return runs;
  const kept: Run[] = [];
  for (let at = 0; at < runs.length; at++) {
    const run = runs[at];
    if (!run) continue;
    const fraction = fractionAt(runs, at, line);
    if (!fraction) {
      kept.push(run);
      continue;
    }
    const gap = /\p{Nd}$/u.test(kept.at(-1)?.text ?? "") ? " " : "";
    const last = runs[at + fraction.length - 1] ?? run;
    const { size, base } = line;
    kept.push({ ...last, left: run.left, text: gap + fraction.text, size, base });
    at += fraction.length - 1;
  }
  return kept;
}

/** Returns the fraction that begins at a run, and how many runs it spans. */
function fractionAt(runs: readonly Run[], at: number, line: Line) {
  const [numerator, second, third] = [runs[at], runs[at + 1], runs[at + 2]];
  if (!numerator || !second || heightOf(numerator, line) !== "raised") return undefined;
  const [, above, stroke] = /^(\d{1,4})([/⁄]?)$/.exec(numerator.text) ?? [];
  if (above === undefined) return undefined;
  if (stroke) return below(second, numerator, above, 2);
  if (/^[/⁄]$/.test(second.text)) return third && below(third, numerator, above, 3);
  const joined = /^[/⁄](\d{1,4})$/.exec(second.text);
  if (joined) return { text: `${above}/${joined[1]}`, length: 2 };
  const overlap = Math.min(numerator.right, second.right) - Math.max(numerator.left, second.left);
  const isUnder =
    overlap > 0.5 * Math.min(numerator.right - numerator.left, second.right - second.left);
  return isUnder ? below(second, numerator, above, 2) : undefined;
}

function below(run: Run, numerator: Run, above: string, length: number) {
  const isSmall = run.size <= 1.15 * numerator.size && run.base < numerator.base - 0.15 * run.size;
  return isSmall && /^\d{1,4}$/.test(run.text)
    ? { text: `${above}/${run.text}`, length }
    : undefined;
}

/** Merges consecutive pieces of one region. */
function merged(pieces: readonly TextPiece[]): TextPiece[] {
  const whole: TextPiece[] = [];
  for (const { text, region } of pieces) {
    const last = whole.at(-1);
    if (last && last.region === region) last.text += text;
    else if (text !== "") whole.push({ text, region });
  }
  return whole;
}

/** Replaces ligatures and positional letter forms by their letters. */
function shown(text: string): string {
  return storable(text)
    .replace(/[\ufb00-\ufb06\ufb13-\ufb17\ufb1d-\ufdff\ufe70-\ufefc]/g, (form) =>
      form.normalize("NFKC"),
    )
    .replace(/[\u00a0\u2000-\u200a\u202f]/g, " ");
}
