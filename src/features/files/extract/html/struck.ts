/** Detects struck-out elements by their name, their style attribute, or a simple rule of a style sheet. */

const STRUCK = new Set(["del", "s", "strike"]);

/** UTF-16 code units of all style sheets of a page, and the most rules that are kept. */
const LONGEST_SHEETS = 256 * 1024;
const MOST_RULES = 2_000;
const MOST_CLASSES = 50;

export class StrikingStyles {
  /** Selectors of an element, a class, or an element of a class: "p", ".gone", "p.gone". */
  readonly #selectors = new Set<string>();
  #sheet: string[] = [];
  #read = 0;

  /** Buffers text of a `style` element. */
  add(text: string): void {
    this.#read += text.length;
    if (this.#read <= LONGEST_SHEETS) this.#sheet.push(text);
  }

  /** Parses the rules of the buffered `style` element. */
  endSheet(): void {
    const sheet = withoutComments(this.#sheet.join(""));
    this.#sheet = [];
    for (const rule of sheet.split("}")) this.#addRule(rule);
  }

  isStruck(name: string, attributes: Record<string, string>): boolean {
    if (STRUCK.has(name) || strikes(attributes.style ?? "")) return true;
    if (this.#selectors.size === 0) return false;
    const classes = (attributes.class ?? "").split(/\s+/).slice(0, MOST_CLASSES);
    return (
      this.#selectors.has(name) ||
      classes.some((one) => this.#selectors.has(`.${one}`) || this.#selectors.has(`${name}.${one}`))
    );
  }

  /** Ignores nested rules, because they apply only to some media. */
  #addRule(rule: string): void {
    const [selectors = "", declarations = "", ...others] = rule.split("{");
    if (others.length > 0 || !strikes(declarations)) return;
    for (const selector of selectors.split(",")) {
      const [, element = "", name = ""] = SIMPLE.exec(selector.trim()) ?? [];
      const key = element.toLowerCase() + name;
      if (key !== "" && this.#selectors.size < MOST_RULES) this.#selectors.add(key);
    }
  }
}

const SIMPLE = /^([a-z][a-z\d]*)?(\.[\w-]+)?$/i;

/** True if a style draws a line through the text. */
function strikes(style: string): boolean {
  return style
    .split(";")
    .some(
      (declaration) =>
        /^\s{0,99}text-decoration(?:-line)?\s{0,99}:/i.test(declaration) &&
        /\bline-through\b/i.test(declaration),
    );
}

function withoutComments(sheet: string): string {
  return sheet
    .replaceAll("<!--", "")
    .replaceAll("-->", "")
    .split("/*")
    .map((part, index) => (index === 0 ? part : part.slice(endOfComment(part))))
    .join("");
}

function endOfComment(part: string): number {
  const end = part.indexOf("*/");
  return end < 0 ? part.length : end + 2;
}
