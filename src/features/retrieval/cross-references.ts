/**
 * Resolves the references between the parts of one document: a passage says “subject to Section 4”, and section 4
 * is other passages. Pure.
 */
import { partOfLine, partsReferredTo } from "./part-references.ts";
import type { Passage } from "./passage.ts";

/** Passages of a part that a reference leads to: its beginning, which says what it is about. */
const PASSAGES_OF_SECTION = 4;
/** Passages that one passage leads to. */
const MOST_TARGETS = 16;
const MOST_LINES = 50;

/** A part of the document, from the line that begins it. */
type Section = {
  key: string;
  /** The schedule or annex that it is a part of; empty in the body of the document. */
  within: string;
  /** The first and the last passage. */
  first: number;
  last: number;
  /** In UTF-16 code units. */
  length: number;
};

/** A line of a passage. */
type Line = {
  text: string;
  ordinal: number;
  /** UTF-16 code units of the lines above. */
  at: number;
  /** True for the first line of its passage. */
  isFirst: boolean;
  /** True where the line above continues on it. */
  isWrapped: boolean;
};

type Start = Pick<Line, "ordinal" | "at" | "isFirst"> & { key: string; within: string };

/**
 * For each passage that refers to other parts of the document, the ordinals of the passages with which these
 * begin, in the order of the references. A reference inside of the part itself, or to a part that is not found,
 * leads nowhere.
 */
export function crossReferences(passages: readonly Passage[]): Map<number, number[]> {
  const { starts, within, end } = startsOf(passages);
  const sections = new Sections(starts, end);
  const found = new Map<number, number[]>();
  for (const { ordinal, text } of passages) {
    const targets = partsReferredTo(text)
      .map((key) => sections.find(key, within[ordinal] ?? ""))
      .filter((section) => section && !(section.first <= ordinal && ordinal <= section.last))
      .flatMap((section) => (section ? beginningOf(section) : []));
    if (targets.length > 0) found.set(ordinal, [...new Set(targets)].slice(0, MOST_TARGETS));
  }
  return found;
}

function beginningOf({ first, last }: Section): number[] {
  const length = Math.min(last - first + 1, PASSAGES_OF_SECTION);
  return Array.from({ length }, (_, index) => first + index);
}

/** The lines that begin a part, in order, the schedule or annex of each passage, and the end of the document. */
function startsOf(passages: readonly Passage[]) {
  const starts: Start[] = [];
  const within: string[] = [];
  const end: Start = { key: "", within: "", ordinal: passages.length, at: 0, isFirst: true };
  let [attached, attachedAt] = ["", 0];
  for (const { text, ordinal, at, isFirst, isWrapped } of readLines(passages)) {
    const key = isWrapped || isOfContents(text) ? undefined : partOfLine(text);
    const isRepeated = key === attached && at - attachedAt < LONGEST_PAGE;
    if (key === attached) attachedAt = at;
    if (key !== undefined && !isRepeated) {
      if (isAttached(key)) [attached, attachedAt] = [key, at];
      starts.push({ key, within: isAttached(key) ? "" : attached, ordinal, at, isFirst });
    }
    within[ordinal] = attached;
    end.at = at + text.length;
  }
  return { starts, within, end };
}

function* readLines(passages: readonly Passage[]): Generator<Line> {
  const breakLength = passages.some(({ text }) => text.includes("\r\n")) ? 2 : 1;
  let at = 0;
  let above: { passage: Passage; line: string } | undefined;
  for (const passage of passages) {
    // An empty line, which no passage contains, ends a paragraph.
    const isApart = !above || passage.start - above.passage.end > breakLength;
    let last = isApart ? undefined : above?.line;
    let isFirst = true;
    for (const text of passage.text.split("\n", MOST_LINES)) {
      yield { text, ordinal: passage.ordinal, at, isFirst, isWrapped: goesOn(last) };
      at += text.length + 1;
      [last, isFirst] = [text, false];
    }
    above = { passage, line: last ?? "" };
  }
}

/** A schedule whose name stands on each of its pages begins on the first. In UTF-16 code units. */
const LONGEST_PAGE = 6_000;

const LONGEST_CONTENTS_LINE = 150;

/** True for a line of a table of contents: it ends with the number of a page. */
function isOfContents(line: string): boolean {
  return (
    line.length <= LONGEST_CONTENTS_LINE && /^\s*\S+\s+\S+\s(?:.*[\s.])?\d{1,4}\s*$/u.test(line)
  );
}

/** Names of schedules and annexes have a space, numbers have none. */
const isAttached = (key: string) => key.includes(" ");

const WRAPPED_LENGTH = 40;
const ENDS_SENTENCE = /[.;:!?]["”’)\]]?$/;

/** True for a line that continues on the next one, which may begin with “Section 4” in mid-sentence. */
function goesOn(line: string | undefined): boolean {
  if (line === undefined || line.trimEnd().length < WRAPPED_LENGTH) return false;
  return !ENDS_SENTENCE.test(line.slice(-100).trimEnd());
}

/** The parts of a document by their keys. */
class Sections {
  readonly #inPart = new Map<string, Section>();
  readonly #anywhere = new Map<string, Section>();

  constructor(starts: readonly Start[], end: Start) {
    starts.forEach((start, index) => {
      const section = sectionOf(start, nextOutside(starts, index) ?? end);
      keepBest(this.#inPart, partKey(section.key, section.within), section);
      keepBest(this.#anywhere, section.key, section);
    });
  }

  /** The part itself, of the same schedule if it has one of that number; undefined if there is none. */
  find(key: string, within: string): Section | undefined {
    return this.#inPart.get(partKey(key, within)) ?? this.#anywhere.get(key);
  }
}

const partKey = (key: string, within: string) => `${within}\n${key}`;

/** The next start that is not inside of the part: 7.2.1 is inside of 7.2, and all numbers are inside of a schedule. */
function nextOutside(starts: readonly Start[], index: number): Start | undefined {
  const { key = "" } = starts[index] ?? {};
  for (let next = index + 1; next < starts.length; next++) {
    const other = starts[next];
    const isInside = isAttached(key)
      ? other && !isAttached(other.key)
      : other?.key.startsWith(`${key}.`);
    if (!isInside) return other;
  }
  return undefined;
}

function sectionOf({ key, within, ordinal, at }: Start, next: Start): Section {
  const last = next.isFirst ? next.ordinal - 1 : next.ordinal;
  return { key, within, first: ordinal, last: Math.max(ordinal, last), length: next.at - at };
}

/**
 * A list of contents names all parts first: of several with one number the longest is meant, and of schedules,
 * with which such a list ends, the last.
 */
function keepBest(sections: Map<string, Section>, key: string, section: Section): void {
  const known = sections.get(key);
  const isBetter = isAttached(section.key) || !known || section.length > known.length;
  if (isBetter) sections.set(key, section);
}
