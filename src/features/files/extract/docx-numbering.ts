/** The numbers that Word puts before paragraphs, which stand nowhere in their text. */
import { formatNumber } from "./number-format.ts";

/** Where a paragraph is numbered: a list, and a level of it from 0. */
export type Numbered = { list: string; level: number };

type Level = { format: string; text: string; start: number; isDecimal: boolean; style?: string };
type Scheme = { levels: Map<number, Level>; counts: number[] };
type List = { scheme: string; starts: Map<number, number>; isBegun: boolean };

const DEEPEST_LEVEL = 8;

/** Reads the part that defines lists, then counts along the document. */
export class WordNumbering {
  readonly #schemes = new Map<string, Scheme>();
  readonly #lists = new Map<string, List>();
  #scheme: Scheme | undefined;
  #level: Level | undefined;
  #list: List | undefined;
  #override = 0;

  open(name: string, attributes: Record<string, string>): void {
    const value = attributes["w:val"] ?? "";
    if (name === "w:abstractNum") {
      this.#scheme = { levels: new Map(), counts: [] };
      this.#schemes.set(attributes["w:abstractNumId"] ?? "", this.#scheme);
    } else if (name === "w:num") {
      this.#list = { scheme: "", starts: new Map(), isBegun: false };
      this.#lists.set(attributes["w:numId"] ?? "", this.#list);
    } else if (this.#list) {
      this.#readList(this.#list, name, value, attributes);
    } else if (this.#scheme) {
      this.#readScheme(this.#scheme, name, value, attributes);
    }
  }

  close(name: string): void {
    if (name === "w:abstractNum") this.#scheme = undefined;
    if (name === "w:num") this.#list = undefined;
    if (name === "w:lvl") this.#level = undefined;
  }

  text(): void {}

  /** The level of a list that paragraphs of a style stand on. */
  levelOfStyle(list: string, style: string): number | undefined {
    const scheme = this.#schemes.get(this.#lists.get(list)?.scheme ?? "");
    for (const [number, level] of scheme?.levels ?? []) if (level.style === style) return number;
    return undefined;
  }

  /** Counts a paragraph, and tells what stands before its text; nothing where there is no such list. */
  next({ list: id, level: position }: Numbered): string {
    const list = this.#lists.get(id);
    const scheme = list && this.#schemes.get(list.scheme);
    const level = scheme?.levels.get(position);
    if (!list || !scheme || !level) return "";
    this.#restart(list, scheme);
    scheme.counts.length = Math.min(scheme.counts.length, position + 1);
    scheme.counts[position] = (scheme.counts[position] ?? level.start - 1) + 1;
    return level.format === "bullet" ? "•" : labelOf(level, scheme);
  }

  /** A list may begin anew what another of the same scheme has counted. */
  #restart(list: List, scheme: Scheme): void {
    if (list.isBegun) return;
    list.isBegun = true;
    for (const [position, start] of list.starts) {
      scheme.counts.length = Math.min(scheme.counts.length, position);
      scheme.counts[position] = start - 1;
    }
  }

  #readList(list: List, name: string, value: string, attributes: Record<string, string>): void {
    if (name === "w:abstractNumId") list.scheme = value;
    if (name === "w:lvlOverride") this.#override = levelNumber(attributes["w:ilvl"]);
    if (name === "w:startOverride") list.starts.set(this.#override, Number(value) || 0);
  }

  #readScheme(
    scheme: Scheme,
    name: string,
    value: string,
    attributes: Record<string, string>,
  ): void {
    if (name === "w:lvl") {
      this.#level = { format: "decimal", text: "", start: 1, isDecimal: false };
      scheme.levels.set(levelNumber(attributes["w:ilvl"]), this.#level);
    }
    if (!this.#level) return;
    if (name === "w:start") this.#level.start = Number(value) || 0;
    if (name === "w:numFmt") this.#level.format = value;
    if (name === "w:lvlText") this.#level.text = value.slice(0, 50);
    if (name === "w:pStyle") this.#level.style = value;
    if (name === "w:isLgl") this.#level.isDecimal = value !== "0" && value !== "false";
  }
}

/** Such as `%1.%2`: the numbers of the levels above, each in its own format. */
function labelOf(level: Level, { levels, counts }: Scheme): string {
  return level.text.replaceAll(/%([1-9])/g, (_, digit: string) => {
    const position = Number(digit) - 1;
    const above = levels.get(position);
    const format = level.isDecimal ? "decimal" : (above?.format ?? "decimal");
    return formatNumber(counts[position] ?? above?.start ?? 1, format);
  });
}

export function levelNumber(value: string | undefined): number {
  return Math.min(Number.parseInt(value ?? "0", 10) || 0, DEEPEST_LEVEL);
}
