/** Extracts search queries from a model's answer, whatever it wraps them in. Pure. */
import { firstCodePoints } from "../../../lib/code-points.ts";
import { foldText } from "../../../lib/fold-text.ts";
import { toStorable } from "../../../lib/storable-text.ts";
import { answerAfterReasoning } from "../../titles/title-reasoning.ts";

export const MOST_QUERIES = 4;

/** In code points. */
const LONGEST_QUERY = 300;
/** In UTF-16 code units: longer than the longest queries in JSON. */
const LONGEST_ANSWER = 8_000;
/** A list, the object around it, and objects in it. */
const DEEPEST_JSON = 4;

/** The queries in an answer that should be JSON, or else a list; none if it has none. */
export function readQueries(answer: string): string[] {
  const text = answerAfterReasoning(answer).slice(0, LONGEST_ANSWER);
  const distinct = new Map<string, string>();
  for (const query of (queriesInJson(text) ?? queriesInLines(text)).map(toQuery)) {
    const key = foldText(query);
    if (/[\p{L}\p{N}]/u.test(query) && !distinct.has(key)) distinct.set(key, query);
  }
  return [...distinct.values()].slice(0, MOST_QUERIES);
}

/** One line of text that can be stored. */
function toQuery(text: string): string {
  const line = toStorable(text.replaceAll(/[\s\p{Cc}]+/gu, " ")).trim();
  return firstCodePoints(line, LONGEST_QUERY);
}

const BEGINS_JSON = /^\s{0,20}(?:`{3}\w{0,20}\s{0,20})?[{[]/;

/** Undefined if the text contains no JSON: a list may have brackets in it. */
function queriesInJson(text: string): string[] | undefined {
  const start = text.search(/[{[]/);
  if (start < 0) return undefined;
  const strings = stringsInJson(text.slice(start));
  return strings.length > 0 || BEGINS_JSON.test(text) ? strings : undefined;
}

function stringsInJson(text: string): string[] {
  const end = Math.max(text.lastIndexOf("}"), text.lastIndexOf("]")) + 1;
  try {
    return stringsOf(JSON.parse(text.slice(0, end)), DEEPEST_JSON);
  } catch {
    return literalsIn(text);
  }
}

function stringsOf(value: unknown, depth: number): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null || depth === 0) return [];
  if (Array.isArray(value)) return value.flatMap((each) => stringsOf(each, depth - 1));
  const members = Object.entries(value);
  const named = members.filter(([key]) => /quer|search/i.test(key));
  const lists = members.filter(([, member]) => Array.isArray(member));
  return (named.length > 0 ? named : lists).flatMap(([, member]) => stringsOf(member, depth - 1));
}

/** A string in quotation marks, or the beginning of one. */
const LITERAL = /"((?:[^"\\]|\\.)*)("|\\?$)/gsu;

/** The complete strings of JSON that is truncated or malformed, except for keys. */
function literalsIn(json: string): string[] {
  return [...json.matchAll(LITERAL)].flatMap(({ 0: whole, 1: inner = "", 2: quote, index }) => {
    const isKey = /^\s{0,20}:/.test(json.slice(index + whole.length, index + whole.length + 21));
    return quote !== '"' || isKey ? [] : [unescape(whole, inner)];
  });
}

function unescape(literal: string, inner: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    return inner;
  }
}

const LIST_MARK = /^\s{0,20}(?:[-*•–]|\(?\d{1,2}[.):])\s{1,20}/u;
const FENCE = /^\s{0,20}(?:`{3}|~{3})/;
/** What models put around an item: quotation marks, emphasis, what is left of JSON. */
const WRAPPING = /[\s"'“”„«»*_`,[\]]/u;
/** Introductions and remarks are sentences. */
const SENTENCE = /[.!:。！：]["'”*_`\s]{0,20}$/u;

/** The items of a list; without one, each line that is not a sentence. */
function queriesInLines(text: string): string[] {
  const lines = text.split(/[\r\n]+/).filter((line) => !FENCE.test(line));
  const items = lines.filter((line) => LIST_MARK.test(line));
  const chosen = items.length > 0 ? items : lines.filter((line) => !SENTENCE.test(line));
  return chosen.map((line) => unwrap(line.replace(LIST_MARK, "")));
}

function unwrap(line: string): string {
  let [start, end] = [0, line.length];
  while (start < end && WRAPPING.test(line.charAt(start))) start++;
  while (end > start && WRAPPING.test(line.charAt(end - 1))) end--;
  return line.slice(start, end);
}
