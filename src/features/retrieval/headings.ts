/** Recognises headings by their form: numbered clauses, articles, schedules, lines in capitals. */

export type TitleLine = { level: number; text: string };

/** How much of a line is examined, in UTF-16 units. */
const EXAMINED_UNITS = 160;
const LONGEST_TITLE = 80;
const MOST_WORDS = 10;

/** Levels of recognised headings lie below those of marked ones, which are 1 to 6. */
const PART = 11;
const CLAUSE = 12;
const LETTER = 15;

const PART_MARK =
  /^(?:article|schedule|exhibit|annex|appendix|chapter|part|title|artikel|anlage|anhang|annexe|artículo|articolo|artigo)\s+(?:\d{1,3}|[ivxlc]{1,7}|[a-z])(?=[\s.:)–—-]|$)[\s.:)–—-]{0,4}/iu;
const SECTION_MARK = /^(?:section|clause|§)\s*(\d{1,3}(?:\.\d{1,3}){0,4})[.:)]?\s*/i;
const NUMBER_MARK = /^(\d{1,3}(?:\.\d{1,3}){0,4})(?:[.)]|\s)\s*(?=\p{L}|["“(]|$)/u;
const ROMAN_MARK = /^(?:[IVX]{1,5}|[A-Z])[.)]\s+/;
const LETTER_MARK = /^\((?:[a-zA-Z]{1,2}|[ivx]{1,5}|\d{1,2})\)\s*/;

/** The number of a clause; `titleAt` is the index after it, where a title may begin. */
type Mark = { level: number; titleAt: number };

/** The number at the start of a line; undefined without one. */
export function markOf(line: string): Mark | undefined {
  const head = line.slice(0, EXAMINED_UNITS);
  const part = PART_MARK.exec(head);
  if (part) return { level: PART, titleAt: part[0].length };
  const numbered = SECTION_MARK.exec(head) ?? NUMBER_MARK.exec(head);
  if (numbered) return { level: levelOf(numbered[1] ?? ""), titleAt: numbered[0].length };
  const roman = ROMAN_MARK.exec(head);
  if (roman) return { level: CLAUSE, titleAt: roman[0].length };
  const letter = LETTER_MARK.exec(head);
  return letter ? { level: LETTER, titleAt: letter[0].length } : undefined;
}

/** "4" is a clause, "4.1" one level below it. */
function levelOf(number: string): number {
  return CLAUSE + Math.min(2, number.split(".").length - 1);
}

/**
 * The title of a line: the whole line (`whole`), or the words between a clause's number and its text, as
 * in "7. Governing Law. This Agreement …".
 */
export function titleOf(line: string): (TitleLine & { whole: boolean }) | undefined {
  const head = line.slice(0, EXAMINED_UNITS);
  const mark = markOf(head);
  const rest = mark ? head.slice(mark.titleAt) : head;
  const text = titleText(rest, mark !== undefined);
  const isPart = mark?.level === PART;
  if (text === undefined && !isPart) return undefined;
  const title = text ?? "";
  const end = (mark?.titleAt ?? 0) + title.length;
  const whole = line.length <= EXAMINED_UNITS && /^[\s.:;–—-]*$/.test(head.slice(end));
  if (!mark && !whole) return undefined;
  if (isPart && !whole && text === undefined) return undefined;
  return { level: mark?.level ?? PART, text: head.slice(0, end).trim(), whole };
}

function titleText(rest: string, isNumbered: boolean): string | undefined {
  const [, text = ""] = /^([^.:;–—\t]{2,80}?)(?=[.:;–—\t]|\s{2,}|\s-|$)/.exec(rest) ?? [];
  const title = text.trim();
  if (title.length === 0 || title.length > LONGEST_TITLE) return undefined;
  if (isInCapitals(title)) return title;
  if (!isNumbered) return undefined;
  return isCapitalised(title) ? title : undefined;
}

const isInCapitals = (text: string) =>
  text === text.toUpperCase() && /\p{Lu}{2}/u.test(text) && !/_{3}/.test(text);

/** True for title case; short words may be in lower case. */
function isCapitalised(text: string): boolean {
  const words = text.split(/[\s/,&-]+/).filter((word) => /^\p{L}/u.test(word));
  if (words.length === 0 || words.length > MOST_WORDS) return false;
  return /^\p{Lu}/u.test(words[0] ?? "") && words.every((w) => w.length < 5 || /^\p{Lu}/u.test(w));
}
