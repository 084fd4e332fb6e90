/** The headers and footers of sections. */
import type { FlowPiece } from "../../flow.ts";
import { type Section, shownSlots } from "../outline.ts";

/** Returns each text once, for the first section that uses it. */
export class PageEdges {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #hasEvenPages: boolean;
  readonly #written = new Set<string>();

  /** `texts`: by the ids of their relationships. */
  constructor(texts: ReadonlyMap<string, string>, hasEvenPages: boolean) {
    this.#texts = texts;
    this.#hasEvenPages = hasEvenPages;
  }

  headersOf(section: Section): FlowPiece[][] {
    return this.#take(shownSlots(section.headers, section, this.#hasEvenPages), "header");
  }

  footersOf(section: Section): FlowPiece[][] {
    return this.#take(shownSlots(section.footers, section, this.#hasEvenPages), "footer");
  }

  #take(ids: readonly string[], region: "header" | "footer"): FlowPiece[][] {
    const label = region === "header" ? "[Header] " : "[Footer] ";
    return ids.flatMap((id) => {
      const text = this.#texts.get(id) ?? "";
      const key = label + text;
      if (text === "" || this.#written.has(key)) return [];
      this.#written.add(key);
      return [[{ text: label }, { text, region }]];
    });
  }
}
