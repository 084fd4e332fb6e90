/**
 * The normal form in which quotations are compared: without what typesetting, copying and quoting change.
 * Drops white space (except between digits), quotation marks, emphasis, square brackets, invisible
 * characters and hyphens inside words; folds case, ligatures and widths. Keeps numbers, symbols and all
 * other punctuation, because they change the meaning. A raised digit is an exponent behind a digit (“10⁶” is
 * compared as “10^6”), and a note mark, which is dropped, elsewhere.
 */
import { unitsOfCodePoint } from "../../lib/code-points.ts";

export type NormalText = {
  /** UTF-16 code units. */
  units: Uint16Array;
  /** For each unit, the index in the text of the character that it came from. */
  from: Uint32Array;
};

const DROPPED = 0;
const SPACE = 1;
const DASH = 2;
const LETTER = 3;
const DIGIT = 4;
const OTHER = 5;
const RAISED = 6;
const FRACTION = 7;

type Kind = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;
type Folded = { kind: Kind; units: number[] };

const HYPHEN = 0x2d;
const BLANK = 0x20;
const CARET = 0x5e;

/** UTF-16 indexes, end exclusive. */
export type IndexRange = readonly [start: number, end: number];

/**
 * Normalises the text in one pass. The ranges `skipped`, which must be ordered and disjoint, count as white
 * space.
 */
export function toNormal(text: string, skipped: readonly IndexRange[] = []): NormalText {
  const writer = new NormalWriter(text.length);
  let index = 0;
  for (const [start, end] of skipped) {
    takeAll(writer, text, index, start);
    writer.take(SPACE, [], start);
    index = end;
  }
  takeAll(writer, text, index, text.length);
  return writer.finish();
}

function takeAll(writer: NormalWriter, text: string, start: number, end: number): void {
  let index = start;
  while (index < end) {
    const point = text.codePointAt(index) ?? 0;
    const { kind, units } = ASCII[point] ?? writer.fold(point);
    writer.take(kind, units, index);
    index += unitsOfCodePoint(point);
  }
}

/** Some characters expand to a phrase (U+FDFA to eighteen letters): bounds the growth of hostile text. */
const MOST_UNITS = 4;

/** The kind and the folded units of a character. */
function fold(point: number): Folded {
  const character = String.fromCodePoint(point);
  if (/[⁰¹²³⁴-⁹]/u.test(character)) {
    return { kind: RAISED, units: unitsOf(character.normalize("NFKD")) };
  }
  const special = /[\p{L}\p{N}]/u.test(character) ? undefined : specialKind(character);
  if (special !== undefined) return { kind: special, units: [] };
  const expanded = (SPELLED[character] ?? character).normalize("NFKD").toLowerCase();
  const folded = expanded.length > MOST_UNITS ? character : expanded.replaceAll("ς", "σ");
  if (folded.includes("⁄")) return { kind: FRACTION, units: unitsOf(folded.replace("⁄", "/")) };
  return { kind: kindOf(folded), units: unitsOf(folded) };
}

/** Symbols that people and models also write in ASCII. */
const SPELLED: Readonly<Record<string, string>> = {
  "≥": ">=",
  "≤": "<=",
  "⩾": ">=",
  "⩽": "<=",
  "≠": "!=",
  "×": "x",
  "→": "->",
  "⇒": "=>",
  "∕": "/",
  "⁄": "/",
  "÷": "/",
};

/** The kind of a character that has no units; undefined for others. */
function specialKind(character: string): Kind | undefined {
  if (/[\s\p{Zs}]/u.test(character)) return SPACE;
  if (/[\p{Cc}\p{Cf}\p{Cs}\uFE00-\uFE0F]/u.test(character)) return DROPPED;
  if (/[\p{Pi}\p{Pf}"'`´*_[\]„‚′″＂＇†‡]/u.test(character)) return DROPPED;
  return /[\p{Pd}−]/u.test(character) ? DASH : undefined;
}

function unitsOf(text: string): number[] {
  const units: number[] = [];
  for (let index = 0; index < text.length; index++) units.push(text.charCodeAt(index));
  return units;
}

function kindOf(character: string): Kind {
  if (/^[\p{L}\p{M}]/u.test(character)) return LETTER;
  return /^\p{N}/u.test(character) ? DIGIT : OTHER;
}

/** Precomputed, as most text is ASCII. */
const ASCII: readonly Folded[] = Array.from({ length: 128 }, (_, point) => fold(point));

/** More distinct characters than a text in any script has, fewer than Unicode has. */
const MOST_REMEMBERED = 20_000;

class NormalWriter {
  #units: Uint16Array;
  #from: Uint32Array;
  #length = 0;
  #last: Kind = DROPPED;
  /** The index of a dash whose next character is not known yet; -1 without one. */
  #dashAt = -1;
  #isSpaced = false;
  /** True behind a raised digit: the next one belongs to the same exponent. */
  #isRaised = false;
  /** Caches the folded form of each character. */
  readonly #folded = new Map<number, Folded>();

  constructor(capacity: number) {
    this.#units = new Uint16Array(capacity + 8);
    this.#from = new Uint32Array(capacity + 8);
  }

  fold(point: number): Folded {
    const known = this.#folded.get(point);
    if (known) return known;
    const folded = fold(point);
    if (this.#folded.size < MOST_REMEMBERED) this.#folded.set(point, folded);
    return folded;
  }

  take(kind: Kind, units: readonly number[], index: number): void {
    if (kind === DROPPED) return;
    if (kind === SPACE) this.#isSpaced = true;
    else if (kind === DASH) this.#dashAt = index;
    else if (kind === RAISED) this.#takeRaised(units, index);
    else if (kind === FRACTION) this.#takeFraction(units, index);
    else this.#write(kind, units, index);
  }

  finish(): NormalText {
    const { buffer } = this.#units;
    return {
      units: new Uint16Array(buffer as ArrayBuffer, 0, this.#length),
      from: this.#from.subarray(0, this.#length),
    };
  }

  /** Digits of an exponent; a note mark is dropped. */
  #takeRaised(units: readonly number[], index: number): void {
    const isBehindDigit = this.#last === DIGIT && !this.#isSpaced && this.#dashAt < 0;
    if (!isBehindDigit) return;
    this.#write(DIGIT, this.#isRaised ? units : [CARET, ...units], index);
    this.#isRaised = true;
  }

  /** “1½” is “1 1/2”. */
  #takeFraction(units: readonly number[], index: number): void {
    this.#isSpaced = true;
    this.#write(DIGIT, units, index);
  }

  #write(kind: Kind, units: readonly number[], index: number): void {
    this.#separate(kind, index);
    for (const unit of units) this.#put(unit, index);
    this.#last = kind;
    this.#dashAt = -1;
    this.#isSpaced = false;
    this.#isRaised = false;
  }

  /** A hyphen in a word may come from a line break; between digits, a blank separates numbers. */
  #separate(kind: Kind, index: number): void {
    const isInWord = this.#last === LETTER && kind === LETTER;
    if (this.#dashAt >= 0 && !isInWord) this.#put(HYPHEN, this.#dashAt);
    else if (this.#isSpaced && this.#last === DIGIT && kind === DIGIT) this.#put(BLANK, index);
  }

  #put(unit: number, index: number): void {
    if (this.#length === this.#units.length) this.#grow();
    this.#units[this.#length] = unit;
    this.#from[this.#length] = index;
    this.#length++;
  }

  #grow(): void {
    const [units, from] = [this.#units, this.#from];
    this.#units = new Uint16Array(units.length * 2);
    this.#from = new Uint32Array(from.length * 2);
    this.#units.set(units);
    this.#from.set(from);
  }
}
