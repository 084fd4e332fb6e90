/** Makes snippets: safe HTML with matches in `<mark>`. Pure. */
import { foldText } from "../../lib/fold-text.ts";
import { joinWrapped, type Stretch, stretchesOf } from "../../lib/text-tokens.ts";

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const BEFORE = 80;
const WINDOW = 320;

type Match = { start: number; end: number };

/**
 * The part of a text with the most matches, as HTML; its beginning without matches, as for hits of the
 * vector search.
 */
export function toSnippet(text: string, tokens: readonly string[]): string {
  const line = joinWrapped(text).normalize("NFC").replace(/\s+/g, " ").trim();
  const wanted = new Set(tokens);
  const near = findWords(line, wanted, isWanted);
  const matches = near.length > 0 ? near : findWords(line, wanted, isOfOneStem);
  const from = startOfWindow(line, matches);
  const to = from + WINDOW;
  let html = from > 0 ? "… " : "";
  let done = from;
  for (const { start, end } of matches.filter((match) => match.start >= from && match.end <= to)) {
    html += `${escaped(line.slice(done, start))}<mark>${escaped(line.slice(start, end))}</mark>`;
    done = end;
  }
  return html + escaped(line.slice(done, to).toWellFormed()) + (to < line.length ? " …" : "");
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

type Rule = (word: string, wanted: ReadonlySet<string>) => boolean;

function findWords(text: string, wanted: ReadonlySet<string>, isMatch: Rule): Match[] {
  const { folded, from } = foldWithIndexes(text);
  const found = stretchesOf(folded).flatMap((stretch): Match[] => {
    const { text: word, index, isPaired } = stretch;
    if (isPaired) return findPairs(stretch, wanted);
    return isMatch(word, wanted) ? [{ start: index, end: index + word.length }] : [];
  });
  return found.map(({ start, end }) => ({
    start: from[start] ?? text.length,
    end: from[end] ?? text.length,
  }));
}

/** A character with the voicing mark that may follow half-width kana. */
const CHARACTER = /[^](?:\uff9e|\uff9f|\u3099|\u309a)?/gu;

/** For each unit of the folded text, the index in the text of the character that it came from. */
function foldWithIndexes(text: string): { folded: string; from: number[] } {
  let folded = "";
  let index = 0;
  const from: number[] = [];
  for (const [character] of text.matchAll(CHARACTER)) {
    const units = foldText(character);
    for (let unit = 0; unit < units.length; unit++) from.push(index);
    folded += units;
    index += character.length;
  }
  return { folded, from };
}

/** The wanted pairs and single characters of a stretch; overlapping and adjacent ones are joined. */
function findPairs({ text, index }: Stretch, wanted: ReadonlySet<string>): Match[] {
  const matches: Match[] = [];
  let at = index;
  let last = "";
  for (const character of text) {
    const end = at + character.length;
    if (wanted.has(last + character)) join(matches, { start: at - last.length, end });
    else if (wanted.has(character)) join(matches, { start: at, end });
    [last, at] = [character, end];
  }
  return matches;
}

function join(matches: Match[], match: Match): void {
  const before = matches.at(-1);
  if (before && before.end >= match.start) before.end = match.end;
  else matches.push(match);
}

/** The start of the window with the most matches, at the beginning of a word. */
function startOfWindow(text: string, matches: readonly Match[]): number {
  let best = 0;
  let most = 0;
  let last = 0;
  for (const [index, { start }] of matches.entries()) {
    while (last < matches.length && (matches[last]?.end ?? 0) <= start + WINDOW - BEFORE) last++;
    if (last - index > most) [best, most] = [start, last - index];
  }
  if (best <= BEFORE) return 0;
  const space = text.slice(best - BEFORE, best).search(/\s/);
  return space < 0 ? best : best - BEFORE + space + 1;
}

const SHORTEST_STEM = 4;
const LONGEST_ENDING = 3;
const LONGEST_SUFFIX = 5;

/** True for a wanted word, or one that differs only in its ending, in any language. */
function isWanted(word: string, wanted: ReadonlySet<string>): boolean {
  if (wanted.has(word)) return true;
  if (word.length < SHORTEST_STEM) return false;
  return [...wanted].some((other) => {
    const stem = Math.max(SHORTEST_STEM, Math.min(word.length, other.length) - 1);
    const longest = Math.max(word.length, other.length);
    return longest - stem <= LONGEST_ENDING + 1 && word.slice(0, stem) === other.slice(0, stem);
  });
}

/**
 * A weaker rule for words with the same stem, such as "governed" and "governing", for texts without
 * closer matches.
 */
function isOfOneStem(word: string, wanted: ReadonlySet<string>): boolean {
  return [...wanted].some((other) => {
    const shared = sharedLength(word, other);
    const [shorter, longer] = [word.length, other.length].toSorted((a, b) => a - b);
    if (shared < SHORTEST_STEM || shared * 2 < (longer ?? 0)) return false;
    return (shorter ?? 0) - shared <= LONGEST_ENDING && (longer ?? 0) - shared <= LONGEST_SUFFIX;
  });
}

function sharedLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}
