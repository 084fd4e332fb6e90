/** The styles of a Word document, as far as they make headings, lists and pages, or say what text is. */
import { levelNumber } from "./numbers/numbering.ts";
import { isOn, readRunProperty, type RunFormat } from "./run-format.ts";

/** Outline levels below the ninth are body text. */
const DEEPEST_LEVEL = 9;
/** Styles that a style is based on, one upon the other; they may go round in a circle. */
const MOST_BASES = 10;
/** Styles beyond it are not read: Word itself has some hundred. */
const MOST_STYLES = 20_000;

type Style = {
  id: string;
  basedOn?: string;
  level?: number | undefined;
  list?: string;
  listLevel?: number;
  beginsPage?: boolean;
  run: RunFormat;
};

type ListOfStyle = { list: string; level?: number };

const NOTHING: RunFormat = {};

export class WordStyles {
  readonly #styles = new Map<string, Style>();
  readonly #runs = new Map<string, RunFormat>();
  /** The language of its text, such as `en-GB`; "" where it names none. */
  language = "";
  /** The style of paragraphs that name none. */
  #default = "";
  #current: Style | undefined;

  open(name: string, attributes: Record<string, string>): void {
    const value = attributes["w:val"] ?? "";
    if (name === "w:style") this.#begin(attributes);
    // Outside of styles stands what is so of all text.
    if (name === "w:lang" && !this.#current) this.language = value.toLowerCase();
    if (!this.#current) return;
    if (name === "w:name") this.#current.level ??= levelOfName(value);
    if (name === "w:basedOn") this.#current.basedOn = value;
    if (name === "w:outlineLvl") this.#current.level = levelOfOutline(value);
    if (name === "w:numId") this.#current.list = value;
    if (name === "w:ilvl") this.#current.listLevel = levelNumber(value);
    if (name === "w:pageBreakBefore") this.#current.beginsPage = isOn(value);
    readRunProperty(this.#current.run, name, attributes);
  }

  close(name: string): void {
    if (name !== "w:style" || !this.#current) return;
    if (this.#styles.size < MOST_STYLES) this.#styles.set(this.#current.id, this.#current);
    this.#current = undefined;
  }

  text(): void {}

  /** The style that a paragraph has which names this one, or none. */
  named(styleId: string): string {
    return styleId === "" ? this.#default : styleId;
  }

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

  /** True where paragraphs of a style begin a page. */
  beginsPage(styleId: string): boolean {
    const style = this.#first(styleId, ({ beginsPage }) => beginsPage !== undefined);
    return style?.beginsPage === true;
  }

  /** What a style, with those that it is based on, says of characters. */
  runOf(styleId: string): RunFormat {
    const known = this.#runs.get(styleId);
    if (known) return known;
    if (!this.#styles.has(styleId)) return NOTHING;
    const bases = [...this.#bases(styleId)].map(({ run }) => run);
    const format = Object.assign({}, ...bases.toReversed()) as RunFormat;
    this.#runs.set(styleId, format);
    return format;
  }

  #begin(attributes: Record<string, string>): void {
    const id = attributes["w:styleId"] ?? "";
    this.#current = { id, run: {} };
    const isDefault = attributes["w:default"] !== undefined && isOn(attributes["w:default"]);
    if (isDefault && attributes["w:type"] === "paragraph") this.#default = id;
  }

  /** The style itself, or the nearest of those that it is based on, that says something. */
  #first(styleId: string, says: (style: Style) => boolean): Style | undefined {
    for (const style of this.#bases(styleId)) if (says(style)) return style;
    return undefined;
  }

  *#bases(styleId: string): Generator<Style> {
    let style = this.#styles.get(styleId);
    for (let steps = 0; style && steps < MOST_BASES; steps++) {
      yield style;
      style = this.#styles.get(style.basedOn ?? "");
    }
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
