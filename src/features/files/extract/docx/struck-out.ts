/** Struck-out words and tracked deletions. They do not apply, so they are kept out of the running text. */
import { ExtractionFailure } from "../../failures.ts";
import type { FlowPiece } from "../flow.ts";
import type { HeldUnits } from "./held-text.ts";

/** The most struck-out stretches of one document. */
const MOST_STRETCHES = 50_000;
const WORDS_BEFORE = 4;

type Stretch = { after: string; pieces: string[] };

export class StruckOut {
  readonly #units: HeldUnits;
  readonly #stretches: Stretch[] = [];

  constructor(units: HeldUnits) {
    this.#units = units;
  }

  /** Begins a stretch. `before`: the preceding text of the paragraph. */
  begin(before: string): void {
    if (this.#stretches.length >= MOST_STRETCHES) throw new ExtractionFailure("too_much_text");
    this.#stretches.push({ after: lastWords(before), pieces: [] });
  }

  /** Adds text to the current stretch. */
  add(text: string): void {
    this.#units.count(text);
    this.#stretches.at(-1)?.pieces.push(text);
  }

  /** Each stretch as a line that names its original position. */
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
