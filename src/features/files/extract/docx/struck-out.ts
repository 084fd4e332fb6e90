/** Words that are struck out, or deleted by a reviewer: they do not apply, and are kept apart. */
import { ExtractionFailure } from "../../failures.ts";
import type { FlowPiece } from "../flow.ts";
import type { HeldUnits } from "./held-text.ts";

/** Stretches of one document. */
const MOST_STRETCHES = 50_000;
const WORDS_BEFORE = 4;

type Stretch = { after: string; pieces: string[] };

export class StruckOut {
  readonly #units: HeldUnits;
  readonly #stretches: Stretch[] = [];

  constructor(units: HeldUnits) {
    this.#units = units;
  }

  /** Begins a stretch; `before` is the text that stands before it in its paragraph. */
  begin(before: string): void {
    if (this.#stretches.length >= MOST_STRETCHES) throw new ExtractionFailure("too_much_text");
    this.#stretches.push({ after: lastWords(before), pieces: [] });
  }

  /** Adds to the stretch that was begun last. */
  add(text: string): void {
    this.#units.count(text);
    this.#stretches.at(-1)?.pieces.push(text);
  }

  /** Each stretch as a line that says where it stood. */
  lines(): FlowPiece[][] {
    return this.#stretches.flatMap(({ after, pieces }) => {
      const text = pieces.join("").replaceAll(/\s+/g, " ").trim();
      const label = after === "" ? "[Struck out] " : `[Struck out after “${after}”] `;
      return text === "" ? [] : [[{ text: label }, { text, region: "struck_out" as const }]];
    });
  }
}

function lastWords(text: string): string {
  return text
    .split(/\s+/)
    .filter((word) => word !== "")
    .slice(-WORDS_BEFORE)
    .join(" ");
}
