/** Numbers reversed lists, which count down to 1. Their first number is known only at their end. */
import type { MarkupHandler } from "../markup.ts";

/** Bounds of the events that are buffered until a list ends. The items of a longer list get no numbers. */
const MOST_EVENTS = 100_000;
const LONGEST_HELD = 2_000_000;

type Attributes = Record<string, string>;
type ListInWork = { attributes: Attributes; depth: number; items: number };

/** Passes elements on, and sets the `start` attribute of each reversed list. */
export class ReversedLists implements MarkupHandler {
  readonly #next: MarkupHandler;
  #depth = 0;
  #lists: ListInWork[] = [];
  #held: (() => void)[] = [];
  #heldLength = 0;

  constructor(next: MarkupHandler) {
    this.#next = next;
  }

  open(name: string, attributes: Attributes): void {
    this.#depth++;
    const list = this.#lists.at(-1);
    if (name === "li" && list?.depth === this.#depth - 1) list.items++;
    if (countsDown(name, attributes)) {
      this.#lists.push({ attributes, depth: this.#depth, items: 0 });
    }
    this.#pass(() => this.#next.open(name, attributes), name.length);
  }

  close(name: string): void {
    this.#pass(() => this.#next.close(name), name.length);
    const list = this.#lists.at(-1);
    if (list?.depth === this.#depth) {
      list.attributes.start = String(list.items);
      this.#lists.pop();
      if (this.#lists.length === 0) this.#release();
    }
    this.#depth--;
  }

  text(text: string): void {
    this.#pass(() => this.#next.text(text), text.length);
  }

  end(): void {
    this.#release();
  }

  #pass(event: () => void, length: number): void {
    if (this.#lists.length === 0) return event();
    this.#held.push(event);
    this.#heldLength += length;
    if (this.#held.length > MOST_EVENTS || this.#heldLength > LONGEST_HELD) {
      this.#lists = [];
      this.#release();
    }
  }

  #release(): void {
    const held = this.#held;
    this.#held = [];
    this.#heldLength = 0;
    for (const event of held) event();
  }
}

function countsDown(name: string, attributes: Attributes): boolean {
  return (
    name === "ol" && Object.hasOwn(attributes, "reversed") && !Object.hasOwn(attributes, "start")
  );
}
