/** Words that Markdown strikes out (GitHub Flavored Markdown, section 6.5): `~~words~~`. */
import { textBehindStruck } from "../struck-out.ts";

export type MarkdownStretch = { text: string; isStruck: boolean };

/** Escaped characters, runs of backticks, and tildes. */
const TOKEN = /\\[^]|`+|~+/g;

/** A paragraph in stretches. Without the tildes, and with the blank that keeps neighbours apart. */
export function markdownStretchesOf(paragraph: string): MarkdownStretch[] {
  if (!paragraph.includes("~~")) return [{ text: paragraph, isStruck: false }];
  const stretches: MarkdownStretch[] = [];
  let from = 0;
  for (const { start, end } of struckRanges(paragraph)) {
    addLive(stretches, paragraph.slice(from, start));
    stretches.push({ text: paragraph.slice(start + 2, end - 2), isStruck: true });
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

type Range = { start: number; end: number };

/** From the first tilde of an opening pair to the last of its closing pair. */
function* struckRanges(text: string): Generator<Range> {
  const tokens = [...text.matchAll(TOKEN)].map((match) => ({ at: match.index, text: match[0] }));
  const ticks = lastTicks(tokens);
  let opening: number | undefined;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (!token) break;
    if (token.text.startsWith("`")) index = endOfCode(tokens, index, ticks);
    else if (token.text !== "~~") continue;
    else if (opening !== undefined && /\S/.test(text[token.at - 1] ?? "")) {
      if (token.at > opening + 2) yield { start: opening, end: token.at + 2 };
      opening = undefined;
    } else if (/\S/.test(text[token.at + 2] ?? "")) opening = token.at;
  }
}

type Token = { at: number; text: string };

/** Where runs of each length come last: one without another behind it opens no code. */
function lastTicks(tokens: readonly Token[]): Map<number, number> {
  return new Map(
    tokens.flatMap(({ text }, index) => (text.startsWith("`") ? [[text.length, index]] : [])),
  );
}

/** The index of the run that closes the code which one opens; its own where none does. */
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
