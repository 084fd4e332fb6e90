/** Counts the items of nested lists (ODF 1.3 part 3, section 5.3). */
import type { XmlAttributes } from "../local-name.ts";
import { attribute, type OdtStyles } from "./styles.ts";

const DEEPEST = 10;

type List = { style: string; counters: number[] };

export class ListCounters {
  readonly #styles: OdtStyles;
  /** The open lists, the outermost first. Nested lists share its counters. */
  readonly #open: List[] = [];
  readonly #byId = new Map<string, number[]>();
  readonly #byStyle = new Map<string, number[]>();
  #pending = "";

  constructor(styles: OdtStyles) {
    this.#styles = styles;
  }

  openList(attributes: XmlAttributes): void {
    const outer = this.#open.at(-1);
    const style = attribute(attributes, "style-name") || (outer?.style ?? "");
    const counters = outer ? outer.counters : this.#countersOf(attributes, style);
    this.#open.push({ style, counters });
    if (outer) return;
    const id = attribute(attributes, "id");
    if (id !== "") this.#byId.set(id, counters);
    this.#byStyle.set(style, counters);
  }

  closeList(): void {
    this.#open.pop();
    this.#pending = "";
  }

  openItem(attributes: XmlAttributes): void {
    const list = this.#open.at(-1);
    const level = this.#open.length;
    if (!list || level > DEEPEST) return;
    const start = Number.parseInt(attribute(attributes, "start-value"), 10);
    const { counters } = list;
    while (counters.length < level) {
      counters.push(this.#styles.startOf(list.style, counters.length + 1) - 1);
    }
    counters.length = level;
    const next = (counters[level - 1] ?? 0) + 1;
    counters[level - 1] = Number.isFinite(start) ? start : next;
    this.#pending = this.#styles.label(list.style, counters);
  }

  /** Returns the label of the current item once; "" after that. */
  takeLabel(): string {
    const label = this.#pending;
    this.#pending = "";
    return label;
  }

  #countersOf(attributes: XmlAttributes, style: string): number[] {
    const continued = this.#byId.get(attribute(attributes, "continue-list"));
    if (continued) return continued;
    const goesOn = attribute(attributes, "continue-numbering") === "true";
    return (goesOn && this.#byStyle.get(style)) || [];
  }
}

/** Counts headings, which form a single list. */
export class HeadingCounters {
  readonly #counters: number[] = [];

  /** Returns the counters of the next heading, one per level. `level` is from 1. */
  next(level: number, startOf: (level: number) => number): readonly number[] {
    const depth = Math.min(Math.max(level, 1), DEEPEST);
    while (this.#counters.length < depth) {
      this.#counters.push(startOf(this.#counters.length + 1) - 1);
    }
    this.#counters.length = depth;
    this.#counters[depth - 1] = (this.#counters[depth - 1] ?? 0) + 1;
    return this.#counters;
  }
}
