/** The styles of a Word document, as far as they make headings and lists. */
import { levelNumber } from "./docx-numbering.ts";

/** Outline levels below the ninth are body text. */
const DEEPEST_LEVEL = 9;
/** Styles that a style is based on, one upon the other; they may go round in a circle. */
const MOST_BASES = 10;

type Style = {
  id: string;
  basedOn?: string;
  level?: number | undefined;
  list?: string;
  listLevel?: number;
};

type ListOfStyle = { list: string; level?: number };

export class WordStyles {
  readonly #styles = new Map<string, Style>();
  #current: Style | undefined;

  open(name: string, attributes: Record<string, string>): void {
    const value = attributes["w:val"] ?? "";
    if (name === "w:style") this.#current = { id: attributes["w:styleId"] ?? "" };
    if (!this.#current) return;
    if (name === "w:name") this.#current.level ??= levelOfName(value);
    if (name === "w:basedOn") this.#current.basedOn = value;
    if (name === "w:outlineLvl") this.#current.level = levelOfOutline(value);
    if (name === "w:numId") this.#current.list = value;
    if (name === "w:ilvl") this.#current.listLevel = levelNumber(value);
  }

  close(name: string): void {
    if (name !== "w:style" || !this.#current) return;
    this.#styles.set(this.#current.id, this.#current);
    this.#current = undefined;
  }

  text(): void {}

  /** The heading level of paragraphs of a style; undefined for body text. */
  levelOf(styleId: string): number | undefined {
    if (!this.#styles.has(styleId)) return levelOfName(styleId);
    const style = this.#first(styleId, ({ level }) => level !== undefined);
    return style?.level === undefined ? undefined : headingLevel(style.level);
  }

  /** The list that paragraphs of a style belong to; without a level where the list itself tells it. */
  listOf(styleId: string): ListOfStyle | undefined {
    const style = this.#first(styleId, ({ list }) => list !== undefined);
    if (style?.list === undefined) return undefined;
    const level = this.#first(styleId, ({ listLevel }) => listLevel !== undefined)?.listLevel;
    return { list: style.list, ...(level !== undefined && { level }) };
  }

  /** The style itself, or the nearest of those that it is based on, that says something. */
  #first(styleId: string, says: (style: Style) => boolean): Style | undefined {
    let style = this.#styles.get(styleId);
    for (let steps = 0; style && steps < MOST_BASES; steps++) {
      if (says(style)) return style;
      style = this.#styles.get(style.basedOn ?? "");
    }
    return undefined;
  }
}

/** The level of an outline, which counts from 0; the tenth is that of body text. */
export function levelOfOutline(value: string): number {
  return /^\d$/.test(value) ? Number(value) + 1 : DEEPEST_LEVEL + 1;
}

/** The level of a heading; undefined for that of body text. */
export function headingLevel(level: number): number | undefined {
  return level > DEEPEST_LEVEL ? undefined : level;
}

/** Built-in styles have the same names in every language. */
function levelOfName(name: string): number | undefined {
  if (/^title$/i.test(name)) return 1;
  const level = /^heading ?([1-9])$/i.exec(name)?.[1];
  return level === undefined ? undefined : Number(level);
}
