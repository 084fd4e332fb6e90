/** Computes the numbers that Word shows before paragraphs. The document stores only their rules. */
import { ExtractionFailure } from "../../../failures.ts";
import { formatNumber } from "../../number-format.ts";
import { isOn } from "../run-format.ts";
import { symbolText } from "../symbols.ts";

/** The list that numbers a paragraph, and its level from 0. */
export type Numbered = { list: string; level: number };

/** The properties of a paragraph that determine its number. `language`: such as `en-GB`, or "". */
type NumberedParagraph = { style: string; language: string; list: Partial<Numbered> };

/** The number of a paragraph, and the `gap` between it and the text. */
export type NumberLabel = { text: string; gap: string };

type Level = {
  format: string;
  /** The first number of a custom format, such as `001`. */
  example: string;
  text: string;
  start: number;
  isDecimal: boolean;
  suffix: string;
  /** Paragraphs of this many upper levels restart this level; 0 if none does. */
  restart?: number;
  style?: string;
  font?: string;
  isPicture: boolean;
};
type Scheme = { levels: Map<number, Level>; style?: string };
type List = {
  scheme: string;
  starts: Map<number, number>;
  levels: Map<number, Level>;
};
/** The current numbers of a scheme, and its lists that have begun. */
type Count = { numbers: (number | undefined)[]; begun: Set<List> };

const DEEPEST_LEVEL = 8;
/** The most lists, and the most schemes, of one document. */
const MOST_LISTS = 50_000;

/** Parses the numbering part, which defines lists. */
export class WordNumbering {
  readonly #schemes = new Map<string, Scheme>();
  readonly #lists = new Map<string, List>();
  /** Schemes by the numbering styles that share them. */
  readonly #styled = new Map<string, Scheme>();
  #scheme: Scheme | undefined;
  #level: Level | undefined;
  #list: List | undefined;
  #override = 0;

  open(name: string, attributes: Record<string, string>): void {
    const value = attributes["w:val"] ?? "";
    if (name === "w:abstractNum") this.#beginScheme(attributes["w:abstractNumId"] ?? "");
    else if (name === "w:num") this.#beginList(attributes["w:numId"] ?? "");
    else if (name === "w:lvl") this.#beginLevel(levelNumber(attributes["w:ilvl"]));
    else if (this.#level) readLevel(this.#level, name, value, attributes);
    else if (this.#list) this.#readList(this.#list, name, value, attributes);
    else if (this.#scheme) this.#readScheme(this.#scheme, name, value);
  }

  close(name: string): void {
    if (name === "w:abstractNum") this.#scheme = undefined;
    if (name === "w:num") this.#list = undefined;
    if (name === "w:lvl") this.#level = undefined;
  }

  text(): void {}

  list(id: string): List | undefined {
    return this.#lists.get(id);
  }

  /** The scheme of a list, which may be defined by a numbering style. */
  schemeOf(list: List): Scheme | undefined {
    const scheme = this.#schemes.get(list.scheme);
    return scheme?.style === undefined ? scheme : (this.#styled.get(scheme.style) ?? scheme);
  }

  /** The level of a list that a paragraph style is linked to; undefined if there is none. */
  levelOfStyle(list: string, style: string): number | undefined {
    const found = this.#lists.get(list);
    const levels = found && this.schemeOf(found)?.levels;
    for (const [number, level] of levels ?? []) if (level.style === style) return number;
    return undefined;
  }

  #beginScheme(id: string): void {
    if (this.#schemes.size >= MOST_LISTS) throw new ExtractionFailure("too_much_text");
    this.#scheme = { levels: new Map() };
    this.#schemes.set(id, this.#scheme);
  }

  #beginList(id: string): void {
    if (this.#lists.size >= MOST_LISTS) throw new ExtractionFailure("too_much_text");
    this.#list = { scheme: "", starts: new Map(), levels: new Map() };
    this.#lists.set(id, this.#list);
  }

  #beginLevel(position: number): void {
    const levels = this.#list?.levels ?? this.#scheme?.levels;
    if (!levels) return;
    this.#level = {
      format: "decimal",
      example: "",
      text: "",
      start: 1,
      isDecimal: false,
      suffix: "tab",
      isPicture: false,
    };
    levels.set(this.#list ? this.#override : position, this.#level);
  }

  #readList(list: List, name: string, value: string, attributes: Record<string, string>): void {
    if (name === "w:abstractNumId") list.scheme = value;
    if (name === "w:lvlOverride") this.#override = levelNumber(attributes["w:ilvl"]);
    if (name === "w:startOverride") list.starts.set(this.#override, Number(value) || 0);
  }

  #readScheme(scheme: Scheme, name: string, value: string): void {
    if (name === "w:numStyleLink") scheme.style = value;
    if (name === "w:styleLink" && !this.#styled.has(value)) this.#styled.set(value, scheme);
  }
}

function readLevel(
  level: Level,
  name: string,
  value: string,
  attributes: Record<string, string>,
): void {
  if (name === "w:start") level.start = Number(value) || 0;
  if (name === "w:numFmt") Object.assign(level, formatOf(value, attributes["w:format"], level));
  if (name === "w:lvlText") level.text = value.slice(0, 50);
  if (name === "w:pStyle") level.style = value;
  if (name === "w:isLgl") level.isDecimal = isOn(value);
  if (name === "w:suff") level.suffix = value;
  if (name === "w:lvlRestart") level.restart = Number(value) || 0;
  if (name === "w:lvlPicBulletId") level.isPicture = true;
  if (name === "w:rFonts") level.font = attributes["w:ascii"] ?? attributes["w:hAnsi"] ?? "";
}

/** Ignores the fallback for older applications that accompanies a custom format. */
function formatOf(value: string, example: string | undefined, level: Level): Partial<Level> {
  if (value === "custom") return { format: value, example: example?.split(",")[0]?.trim() ?? "" };
  return level.format === "custom" ? {} : { format: value };
}

/** Numbers the paragraphs of one text. */
export class WordCounter {
  readonly #numbering: WordNumbering;
  readonly #counts = new Map<Scheme, Count>();

  constructor(numbering: WordNumbering) {
    this.#numbering = numbering;
  }

  /**
   * Counts a paragraph and returns its number in its language; undefined if it is not in a list. Its own list
   * properties override those of its style.
   */
  next(
    { style, language, list: own }: NumberedParagraph,
    ofStyle: Partial<Numbered> | undefined,
  ): NumberLabel | undefined {
    const id = own.list ?? ofStyle?.list;
    if (id === undefined) return undefined;
    const level = own.level ?? ofStyle?.level ?? this.#numbering.levelOfStyle(id, style);
    return this.#label({ list: id, level: level ?? 0 }, language);
  }

  #label({ list: id, level: position }: Numbered, language: string): NumberLabel | undefined {
    const list = this.#numbering.list(id);
    const scheme = list && this.#numbering.schemeOf(list);
    const level = list && scheme && levelOf(list, scheme, position);
    if (!list || !scheme || !level) return undefined;
    const numbers = this.#count(list, scheme, position);
    const write = (at: number, number: number) => {
      const { format, example } = levelOf(list, scheme, at) ?? level;
      if (level.isDecimal) return String(number);
      if (format === "custom") return String(number).padStart(example.length, "0");
      return formatNumber(number, format, language);
    };
    const text = level.format === "bullet" ? bulletOf(level) : labelOf(level.text, numbers, write);
    return { text, gap: level.suffix === "nothing" ? "" : " " };
  }

  /** Levels above without a number get their first one, as if a paragraph of that level had preceded. */
  #count(list: List, scheme: Scheme, position: number): Count["numbers"] {
    const count = this.#counts.get(scheme) ?? { numbers: [], begun: new Set() };
    this.#counts.set(scheme, count);
    const { numbers, begun } = count;
    if (!begun.has(list)) for (const at of list.starts.keys()) numbers[at] = undefined;
    begun.add(list);
    for (let above = 0; above < position; above++) numbers[above] ??= startOf(list, scheme, above);
    const before = numbers[position];
    numbers[position] = before === undefined ? startOf(list, scheme, position) : before + 1;
    for (let below = position + 1; below <= DEEPEST_LEVEL; below++) {
      const restart = levelOf(list, scheme, below)?.restart ?? below;
      if (position < restart) numbers[below] = undefined;
    }
    return numbers;
  }
}

function levelOf(list: List, scheme: Scheme, position: number): Level | undefined {
  return list.levels.get(position) ?? scheme.levels.get(position);
}

function startOf(list: List, scheme: Scheme, position: number): number {
  return list.starts.get(position) ?? levelOf(list, scheme, position)?.start ?? 1;
}

/** Replaces placeholders such as `%1.%2` with the numbers of their levels, each in its own format. */
function labelOf(
  text: string,
  numbers: Count["numbers"],
  write: (position: number, number: number) => string,
): string {
  return text.replaceAll(/%([1-9])/g, (_, digit: string) => {
    const position = Number(digit) - 1;
    return write(position, numbers[position] ?? 1);
  });
}

/** The bullet character; "•" for a picture or a character without a Unicode equivalent. */
function bulletOf({ text, font, isPicture }: Level): string {
  if (isPicture || text === "") return "•";
  // Word uses the letter "o" of Courier New as a ring for the second level.
  if (text === "o" && font?.startsWith("Courier")) return "◦";
  const shown = symbolText(text, font).text;
  return shown.includes("\ufffd") ? "•" : shown;
}

export function levelNumber(value: string | undefined): number {
  return Math.min(Number.parseInt(value ?? "0", 10) || 0, DEEPEST_LEVEL);
}
