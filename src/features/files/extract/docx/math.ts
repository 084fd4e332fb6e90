/** Converts formulas (ECMA-376 part 1, section 22.1) to equivalent linear text. */
import { raise, lower } from "../superscripts.ts";

/** UTF-16 code units of a formula; the rest is written without conversion. */
const LONGEST_FORMULA = 20_000;
/** The most children of one name; the text of further ones is appended to the last. */
const MOST_PARTS = 500;
/** UTF-16 code units of an operand that may be a single number or word, and of text that may be raised. */
const LONGEST_SIMPLE = 200;
const LONGEST_RAISED = 20;

type Element = {
  name: string;
  /** The texts of the children by name, in document order. */
  parts: Map<string, string[]>;
  /** The text of all children. */
  text: string;
  properties: Map<string, string>;
};

export class MathReader {
  readonly #open: Element[] = [];
  #length = 0;

  /** True if the element belongs to a formula. */
  open(name: string, attributes: Record<string, string>): boolean {
    if (!name.startsWith("m:") || (this.#open.length === 0 && name !== "m:oMath")) return false;
    const value = attributes["m:val"];
    if (value !== undefined) this.#open.at(-2)?.properties.set(name, value.slice(0, 10));
    this.#open.push({ name, parts: new Map(), text: "", properties: new Map() });
    return true;
  }

  /** Adds text to the current formula; false outside of formulas, or if the formula is too long. */
  read(text: string): boolean {
    const element = this.#open.at(-1);
    this.#length += text.length;
    if (!element || this.#length > LONGEST_FORMULA) return false;
    element.text += text;
    return true;
  }

  /** The text of the formula that ends with this element; undefined for other elements. */
  close(name: string): string | undefined {
    const element = name.startsWith("m:") ? this.#open.pop() : undefined;
    if (!element) return undefined;
    const text = LINES[element.name]?.(element) ?? element.text;
    const outer = this.#open.at(-1);
    if (!outer) this.#length = 0;
    if (!outer) return text;
    outer.text += text;
    const others = outer.parts.get(element.name) ?? [];
    outer.parts.set(element.name, others);
    if (others.length < MOST_PARTS) others.push(text);
    else others.push((others.pop() ?? "") + text);
    return undefined;
  }
}

const LINES: Record<string, (element: Element) => string> = {
  "m:f": (of) => `${group(part(of, "m:num"))}${bar(of)}${group(part(of, "m:den"))}`,
  "m:sSup": (of) => group(part(of, "m:e")) + above(part(of, "m:sup")),
  "m:sSub": (of) => group(part(of, "m:e")) + below(part(of, "m:sub")),
  "m:sSubSup": (of) => group(part(of, "m:e")) + below(part(of, "m:sub")) + above(part(of, "m:sup")),
  "m:nary": (of) =>
    `${of.properties.get("m:chr") ?? "∫"}${below(part(of, "m:sub"))}${above(part(of, "m:sup"))} ${part(of, "m:e")}`,
  "m:rad": (of) => `${above(part(of, "m:deg"))}√${group(part(of, "m:e"))}`,
  "m:func": (of) => spaced(part(of, "m:fName"), part(of, "m:e")),
  "m:limLow": (of) => part(of, "m:e") + below(part(of, "m:lim")),
  "m:limUpp": (of) => part(of, "m:e") + above(part(of, "m:lim")),
  "m:d": enclosed,
  "m:mr": (of) => parts(of, "m:e").join(", "),
  "m:m": (of) => `[${parts(of, "m:mr").join("; ")}]`,
  "m:eqArr": (of) => parts(of, "m:e").join("; "),
};

const parts = (of: Element, name: string): readonly string[] => of.parts.get(name) ?? [];

const part = (of: Element, name: string): string => parts(of, name).join("");

/** Stacked numbers without a bar are not a fraction. */
const bar = ({ properties }: Element) => (properties.get("m:type") === "noBar" ? "¦" : "/");

function enclosed(of: Element): string {
  const { properties } = of;
  const inner = parts(of, "m:e").join(properties.get("m:sepChr") ?? "|");
  return (properties.get("m:begChr") ?? "(") + inner + (properties.get("m:endChr") ?? ")");
}

function spaced(name: string, argument: string): string {
  return argument.startsWith("(") ? name + argument : `${name} ${argument}`;
}

const SIMPLE = /^(?:[\p{L}\p{N}.,]*|\([^()]*\)|\[[^[\]]*\])$/u;

function group(text: string): string {
  return text.length <= LONGEST_SIMPLE && SIMPLE.test(text) ? text : `(${text})`;
}

function above(text: string): string {
  if (text === "") return "";
  const raised = text.length <= LONGEST_RAISED ? raise(text) : undefined;
  return raised ?? `^${group(text)}`;
}

function below(text: string): string {
  if (text === "") return "";
  const lowered = text.length <= LONGEST_RAISED ? lower(text) : undefined;
  return lowered ?? `_${group(text)}`;
}
