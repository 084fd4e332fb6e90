/** Extracts a title from a model's answer, or from a user message. Pure. */
import { nameInJson } from "./title-json.ts";
import { answerAfterReasoning } from "./title-reasoning.ts";
import { unwrap } from "./title-wrapping.ts";
import { codePointLength } from "../../lib/code-points.ts";

const LONGEST_TITLE = 80;
const LONGEST_WORDS = 60;
/** In UTF-16 code units: the title comes right after the reasoning. */
const LONGEST_ANSWER = 4_000;

type ReadTitle = {
  /** One line of text; undefined if the answer has no usable title. */
  title: string | undefined;
  /** "" if the answer has none. */
  reasoning: string;
};

/** Parses an answer that should be JSON or only a title, and may be truncated anywhere. */
export function readTitle(answer: string): ReadTitle {
  const text = withoutFence(answerAfterReasoning(answer).slice(0, LONGEST_ANSWER));
  const json = nameInJson(text);
  if (json) return { title: toTitle(json.name), reasoning: onOneLine(json.reasoning) };
  return { title: toTitle(titleLine(text)), reasoning: "" };
}

/** As many of a text's first words as fit a title; undefined for a text without words. */
export function firstWords(text: string): string | undefined {
  const words = withinWords(onOneLine(text), LONGEST_WORDS).replace(/[\s,;:(\p{Pd}]+$/u, "");
  return hasWord(words) ? words : undefined;
}

/** The content of the first code fence, even if it is truncated. */
function withoutFence(text: string): string {
  const opened = /^[ \t]*(?:`{3,}|~{3,})[^\n`]*(?:\n|$)/m.exec(text);
  if (!opened) return text;
  const inside = text.slice(opened.index + opened[0].length);
  const closed = /^[ \t]*(?:`{3,}|~{3,})[ \t]*$/m.exec(inside);
  const content = closed ? inside.slice(0, closed.index) : inside;
  return content.trim() === "" ? text.slice(0, opened.index) : content;
}

function toTitle(text: string): string | undefined {
  const title = withinWords(unwrap(onOneLine(text)), LONGEST_TITLE);
  return hasWord(title) ? title : undefined;
}

const LIST_MARK = /^\s*(?:[-*•]|\d{1,2}[.)])\s+/;

/**
 * The line with the title: models may put an introduction above it, which ends in a colon or is a
 * sentence, and remarks below it.
 */
function titleLine(text: string): string {
  const lines = text.split(/[\r\n]+/).filter(hasWord);
  const named = lines.filter((line) => !/[:：]\s*(?:[*_]{1,3}\s*)?$/.test(line));
  const line = named.find((candidate) => !isSentence(candidate)) ?? named[0] ?? "";
  return lines.length > 1 ? line.replace(LIST_MARK, "") : line;
}

/** True for "Sure!" and "Here is a title for you.", and for any long line. */
function isSentence(line: string): boolean {
  return /[.!。！]["'”’»」』]?\s*$/u.test(line) || codePointLength(line) > 2 * LONGEST_TITLE;
}

function hasWord(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

function onOneLine(text: string): string {
  return text.replaceAll("\0", "").toWellFormed().replace(/\s+/gu, " ").trim();
}

/**
 * As many whole words as fit `longest` code points; a first word that is too long is cut between
 * graphemes.
 */
function withinWords(text: string, longest: number): string {
  if (codePointLength(text) <= longest) return text;
  return (
    withinSegments(text, longest, "word").trim() || withinSegments(text, longest, "grapheme").trim()
  );
}

function withinSegments(text: string, longest: number, granularity: "word" | "grapheme"): string {
  let kept = "";
  let left = longest;
  const beginning = text.slice(0, longest * 4);
  for (const { segment } of new Intl.Segmenter(undefined, { granularity }).segment(beginning)) {
    left -= codePointLength(segment);
    if (left < 0) break;
    kept += segment;
  }
  return kept;
}
