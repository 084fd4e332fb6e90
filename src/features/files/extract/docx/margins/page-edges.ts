/** Headers and footers: what stands at the edges of the pages of a section. */
import type { FlowPiece } from "../../flow.ts";
import { type Section, shownSlots } from "../outline.ts";

/** Gives each text once, with the first section that has it. */
export class PageEdges {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #hasEvenPages: boolean;
  readonly #written = new Set<string>();

  /** `texts` by the ids of the relationships that name their parts. */
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
