/** Finds strikethrough in Markdown: `~~words~~` (GitHub Flavored Markdown, section 6.5) and HTML tags. */
import { textBehindStruck } from "../struck-out.ts";

export type MarkdownStretch = { text: string; isStruck: boolean };

/** Escaped characters, runs of backticks, runs of tildes, and tags. */
const TOKEN = /\\[^]|`+|~+|<\/?(?:del|s|strike)>/gi;
const OPENING_TAG = /^<\w/;

/**
 * Splits a paragraph into alternating live and struck-out stretches, without the marks. One blank remains
 * between the words on both sides of a struck-out stretch.
 */
export function markdownStretchesOf(paragraph: string): MarkdownStretch[] {
  const stretches: MarkdownStretch[] = [];
  let from = 0;
  for (const { start, wordsAt, wordsEnd, end } of struckRanges(paragraph)) {
    addLive(stretches, paragraph.slice(from, start));
    stretches.push({ text: paragraph.slice(wordsAt, wordsEnd), isStruck: true });
    from = end;
  }
  addLive(stretches, paragraph.slice(from));
  return stretches;
}

function addLive(stretches: MarkdownStretch[], text: string): void {
  const before = stretches.at(-2)?.text ?? "";
  const live = textBehindStruck(before, text);
  stretches.push({ text: live, isStruck: false });
}

/** Indexes of a struck-out stretch: `start` and `end` include the marks, the others do not. */
type Range = { start: number; wordsAt: number; wordsEnd: number; end: number };

function* struckRanges(text: string): Generator<Range> {
  const tokens = [...text.matchAll(TOKEN)].map((match) => ({ at: match.index, text: match[0] }));
  const ticks = lastTicks(tokens);
  let opening: Token | undefined;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (!token) break;
    if (token.text.startsWith("`")) index = endOfCode(tokens, index, ticks);
    else if (opening && closes(opening, token, text)) {
      const wordsAt = opening.at + opening.text.length;
      const range = { start: opening.at, wordsAt, wordsEnd: token.at };
      if (token.at > wordsAt) yield { ...range, end: token.at + token.text.length };
      opening = undefined;
    } else if (opens(token, text) && (!opening || opening.text === "~~")) opening = token;
  }
}

/** True for an opening tag, and for two tildes before a word. */
function opens({ at, text: mark }: Token, text: string): boolean {
  return OPENING_TAG.test(mark) || (mark === "~~" && /\S/.test(text[at + 2] ?? ""));
}

/** True for the matching closing tag, and for two tildes after a word. */
function closes(opening: Token, { at, text: mark }: Token, text: string): boolean {
  if (opening.text === "~~") return mark === "~~" && /\S/.test(text[at - 1] ?? "");
  return mark.toLowerCase() === opening.text.toLowerCase().replace("<", "</");
}

type Token = { at: number; text: string };

/** The last index of a run of each length, because the last run of a length cannot open a code span. */
function lastTicks(tokens: readonly Token[]): Map<number, number> {
  return new Map(
    tokens.flatMap(({ text }, index) => (text.startsWith("`") ? [[text.length, index]] : [])),
  );
}

/** The index of the run that closes the code span; the index of the opening run if there is none. */
function endOfCode(
  tokens: readonly Token[],
  opening: number,
  ticks: ReadonlyMap<number, number>,
): number {
  const length = tokens[opening]?.text.length ?? 0;
  if ((ticks.get(length) ?? 0) <= opening) return opening;
  let index = opening + 1;
  while (tokens[index]?.text.startsWith("`") !== true || tokens[index]?.text.length !== length) {
    index++;
  }
  return index;
}
