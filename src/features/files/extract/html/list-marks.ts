/** Computes the numbers of list items as browsers show them. */
import { alphabetic, lowerRoman } from "../list-numbers.ts";

const TYPES: Record<string, string> = {
  "1": "decimal",
  a: "lower-alpha",
  A: "upper-alpha",
  i: "lower-roman",
  I: "upper-roman",
};

type List = {
  style: string;
  /** The number of the next item; undefined if it is not known. */
  next: number | undefined;
  step: 1 | -1;
};

/** Counts the items of nested lists. */
export class ListMarks {
  readonly #lists: List[] = [];

  open(name: string, attributes: Record<string, string>): void {
    const isReversed = name === "ol" && Object.hasOwn(attributes, "reversed");
    const start = wholeNumber(attributes.start);
    this.#lists.push({
      style: styleOf(attributes) ?? (name === "ol" ? "decimal" : "disc"),
      next: start ?? (isReversed ? undefined : 1),
      step: isReversed ? -1 : 1,
    });
  }

  close(): void {
    this.#lists.pop();
  }

  /** The mark of an item, such as "iv."; empty for bullets. */
  item(attributes: Record<string, string>): string {
    const list = this.#lists.at(-1);
    if (!list) return "";
    const number = wholeNumber(attributes.value) ?? list.next;
    if (number === undefined) return "";
    list.next = number + list.step;
    const written = FORMATS[styleOf(attributes) ?? list.style]?.(number);
    return written === undefined ? "" : `${written}.`;
  }
}

const FORMATS: Record<string, (number: number) => string> = {
  decimal: String,
  "decimal-leading-zero": (number) => (number < 0 ? `-${twoDigits(-number)}` : twoDigits(number)),
  "lower-alpha": alphabetic,
  "lower-latin": alphabetic,
  "upper-alpha": (number) => alphabetic(number).toUpperCase(),
  "upper-latin": (number) => alphabetic(number).toUpperCase(),
  "lower-roman": lowerRoman,
  "upper-roman": (number) => lowerRoman(number).toUpperCase(),
};

/** The list style of the style attribute, else of the `type` attribute, which is case-sensitive. */
function styleOf({ style = "", type = "" }: Record<string, string>): string | undefined {
  const declared = style
    .split(";")
    .map((declaration) => LIST_STYLE.exec(declaration.trim().toLowerCase())?.[1])
    .findLast((words) => words !== undefined);
  const named = declared?.split(/\s+/).find((word) => word in FORMATS || BULLETS.test(word));
  return named ?? TYPES[type] ?? (BULLETS.test(type) ? type : undefined);
}

const LIST_STYLE = /^list-style(?:-type)?\s*:\s*([a-z\s-]+)/;
const BULLETS = /^(?:none|disc|circle|square)$/;

const LARGEST = 2 ** 31 - 1;

function wholeNumber(text: string | undefined): number | undefined {
  const [digits] = /^\s{0,9}[+-]?\d{1,10}/.exec(text ?? "") ?? [];
  const number = Number(digits);
  return digits !== undefined && Math.abs(number) <= LARGEST ? number : undefined;
}

const twoDigits = (number: number) => String(number).padStart(2, "0");
