/** The styles of a Word document: those properties that affect headings, lists, page breaks and text. */
import { levelNumber } from "./numbers/numbering.ts";
import { isOn, readRunProperty, type RunFormat } from "./run-format.ts";

/** The outline has nine levels; anything deeper is body text. */
const DEEPEST_LEVEL = 9;
/** The longest chain of base styles that is followed, because a chain may be circular. */
const MOST_BASES = 10;
/** Further styles are ignored. Word itself has a few hundred. */
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
  /** The default language, such as `en-GB`; "" if it is not set. */
  language = "";
  /** The id of the default paragraph style. */
  #default = "";
  #current: Style | undefined;

  open(name: string, attributes: Record<string, string>): void {
    const value = attributes["w:val"] ?? "";
    if (name === "w:style") this.#begin(attributes);
    // Outside of a style are the defaults of the document.
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

  /** The style that applies to a paragraph: the given one, or the default style for "". */
  named(styleId: string): string {
    return styleId === "" ? this.#default : styleId;
  }

  /** The heading level of a style; undefined for body text. */
  levelOf(styleId: string): number | undefined {
    if (!this.#styles.has(styleId)) return levelOfName(styleId);
    const style = this.#first(styleId, ({ level }) => level !== undefined);
    return style?.level === undefined ? undefined : headingLevel(style.level);
  }

  /** The list of a style; without a level if the list itself defines it. */
  listOf(styleId: string): ListOfStyle | undefined {
    const style = this.#first(styleId, ({ list }) => list !== undefined);
    if (style?.list === undefined) return undefined;
    const level = this.#first(styleId, ({ listLevel }) => listLevel !== undefined)?.listLevel;
    return { list: style.list, ...(level !== undefined && { level }) };
  }

  /** True if paragraphs of this style begin on a new page. */
  beginsPage(styleId: string): boolean {
    const style = this.#first(styleId, ({ beginsPage }) => beginsPage !== undefined);
    return style?.beginsPage === true;
  }

  /** The character format of a style, including its base styles. */
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

  /** The style or its nearest base style that matches. */
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

/** The outline level, from 0; 9 is body text. */
export function levelOfOutline(value: string): number {
  return /^\d$/.test(value) ? Number(value) + 1 : DEEPEST_LEVEL + 1;
}

/** The heading level of an outline level; undefined for body text. */
export function headingLevel(level: number): number | undefined {
  return level > DEEPEST_LEVEL ? undefined : level;
}

/** Built-in styles have the same names in all languages of Word. */
function levelOfName(name: string): number | undefined {
  if (/^title$/i.test(name)) return 1;
  const level = /^heading ?([1-9])$/i.exec(name)?.[1];
  return level === undefined ? undefined : Number(level);
}
