/** Styles of an OpenDocument text (ODF 1.3 part 3, sections 16 and 19): strikethrough, position and numbering. */
import { alphabetic, lowerRoman } from "../list-numbers.ts";
import { localName, type XmlAttributes } from "../local-name.ts";
import type { MarkupHandler } from "../markup.ts";

const MOST_STYLES = 20_000;
const MOST_LEVELS = 10;

type TextStyle = {
  parent: string;
  isStruck: boolean | undefined;
  position: "sub" | "super" | undefined;
};
type Level = { format: string; prefix: string; suffix: string; start: number; shown: number };

export class OdtStyles implements MarkupHandler {
  readonly #texts = new Map<string, TextStyle>();
  readonly #lists = new Map<string, Map<number, Level>>();
  #text: TextStyle | undefined;
  #list: Map<number, Level> | undefined;

  open(element: string, attributes: XmlAttributes): void {
    const name = localName(element);
    const of = (key: string) => attribute(attributes, key);
    if (name === "style")
      this.#text = this.#addStyle(of("family"), of("name"), of("parent-style-name"));
    if (name === "text-properties" && this.#text) readProperties(this.#text, attributes);
    if (name === "list-style") this.#list = this.#addList(of("name"));
    if (name === "outline-style") this.#list = this.#addList(OUTLINE);
    const isLevel = name === "list-level-style-number" || name === "outline-level-style";
    if (isLevel) this.#list?.set(Number(of("level")), toLevel(attributes));
  }

  close(element: string): void {
    const name = localName(element);
    if (name === "style") this.#text = undefined;
    if (name === "list-style" || name === "outline-style") this.#list = undefined;
  }

  text(): void {}

  isStruck(style: string): boolean {
    return this.#find(style, ({ isStruck }) => isStruck) ?? false;
  }

  positionOf(style: string): "sub" | "super" | undefined {
    return this.#find(style, ({ position }) => position);
  }

  /** The label of a list item, such as "1.2)"; empty if its level is not numbered. */
  label(list: string, counters: readonly number[]): string {
    const levels = this.#lists.get(list);
    const level = levels?.get(counters.length);
    if (!levels || !level || level.format === "") return "";
    const first = Math.max(0, counters.length - level.shown);
    const numbers = counters.slice(first).flatMap((number, index) => {
      const { format = "" } = levels.get(first + index + 1) ?? {};
      return format === "" ? [] : [written(number, format)];
    });
    return `${level.prefix}${numbers.join(".")}${level.suffix}`.trim();
  }

  /** The first number of a level. */
  startOf(list: string, level: number): number {
    return this.#lists.get(list)?.get(level)?.start ?? 1;
  }

  #addStyle(family: string, name: string, parent: string): TextStyle | undefined {
    if (this.#texts.size >= MOST_STYLES) return undefined;
    const style = { parent: `${family}/${parent}`, isStruck: undefined, position: undefined };
    this.#texts.set(`${family}/${name}`, style);
    return style;
  }

  #addList(name: string): Map<number, Level> | undefined {
    if (this.#lists.size >= MOST_STYLES) return undefined;
    const levels = new Map<number, Level>();
    this.#lists.set(name, levels);
    return levels;
  }

  #find<T>(name: string, read: (style: TextStyle) => T | undefined): T | undefined {
    let key = name;
    for (let depth = 0; depth < MOST_LEVELS; depth++) {
      const style = this.#texts.get(key);
      const found = style && read(style);
      if (!style || found !== undefined) return found;
      key = style.parent;
    }
    return undefined;
  }
}

/** The name under which the list style of headings is stored. */
export const OUTLINE = "/outline";

/** The value of an attribute by its name without prefix; empty if it is missing. */
export function attribute(attributes: XmlAttributes, name: string): string {
  for (const key in attributes) if (localName(key) === name) return attributes[key] ?? "";
  return "";
}

function readProperties(style: TextStyle, attributes: XmlAttributes): void {
  const line =
    attribute(attributes, "text-line-through-style") ||
    attribute(attributes, "text-line-through-type");
  if (line !== "") style.isStruck = line !== "none";
  const position = attribute(attributes, "text-position").split(" ")[0] ?? "";
  if (position !== "") style.position = toPosition(position);
}

/** Parses a text position, which is a name or a percentage of the font height. */
function toPosition(position: string): "sub" | "super" | undefined {
  if (position === "super" || position === "sub") return position;
  const percent = Number.parseFloat(position);
  if (!percent) return undefined;
  return percent > 0 ? "super" : "sub";
}

function toLevel(attributes: XmlAttributes): Level {
  const number = (name: string) =>
    Math.min(Math.max(Math.trunc(Number(attribute(attributes, name))) || 1, 0), 1_000_000);
  return {
    format: attribute(attributes, "num-format"),
    prefix: attribute(attributes, "num-prefix"),
    suffix: attribute(attributes, "num-suffix"),
    start: number("start-value"),
    shown: Math.min(number("display-levels"), MOST_LEVELS),
  };
}

function written(number: number, format: string): string {
  if (format === "a") return alphabetic(number);
  if (format === "A") return alphabetic(number).toUpperCase();
  if (format === "i") return lowerRoman(number);
  return format === "I" ? lowerRoman(number).toUpperCase() : String(number);
}
