/** The styles of a Word document, as far as they make headings. */

/** Outline levels below the ninth are body text. */
const DEEPEST_LEVEL = 9;

type Style = { id: string; basedOn?: string; level?: number | undefined };

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
  }

  close(name: string): void {
    if (name !== "w:style" || !this.#current) return;
    this.#styles.set(this.#current.id, this.#current);
    this.#current = undefined;
  }

  text(): void {}

  /** The heading level of paragraphs of a style; undefined for body text. */
  levelOf(styleId: string): number | undefined {
    let style = this.#styles.get(styleId);
    if (!style) return levelOfName(styleId);
    for (let steps = 0; style && steps < DEEPEST_LEVEL; steps++) {
      if (style.level !== undefined) return headingLevel(style.level);
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
