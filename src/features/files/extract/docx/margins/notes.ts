/** Footnotes or endnotes: their marks and their texts. */
import { raiseMark } from "../../superscripts.ts";
import type { FlowPiece } from "../../flow.ts";
import { formatNumber } from "../../number-format.ts";
import type { NoteFormat } from "../outline.ts";

export class WordNotes {
  readonly #texts: Map<string, string>;
  readonly #ofDocument: NoteFormat;
  #ofSection: NoteFormat = {};
  #number: number;
  #due: FlowPiece[][] = [];

  /** `texts`: by the ids of the notes. `format`: that of the whole document. */
  constructor(texts: Map<string, string>, format: NoteFormat) {
    this.#texts = texts;
    this.#ofDocument = format;
    this.#number = format.start ?? 1;
  }

  /** The mark of the next note. */
  nextMark(): string {
    const format = this.#ofSection.format ?? this.#ofDocument.format ?? "decimal";
    return raiseMark(formatNumber(this.#number++, format));
  }

  /** Records a reference to a note. Each note is written once, after its first reference. */
  refer(id: string, mark: string): void {
    const text = this.take(id);
    if (text === undefined) return;
    const note = text.startsWith(mark) ? text : `${mark} ${text}`;
    this.#due.push([{ text: note, region: "note" }]);
  }

  /** Removes and returns the text of a note; undefined if there is none or it was taken before. */
  take(id: string): string | undefined {
    const text = this.#texts.get(id);
    this.#texts.delete(id);
    return text;
  }

  /** The notes referred to since the last call. */
  takeDue(): FlowPiece[][] {
    return this.#due.splice(0);
  }

  beginSection(format: NoteFormat): void {
    this.#ofSection = format;
    if (this.#restart === "eachSect") this.#number = this.#start;
  }

  beginPage(): void {
    if (this.#restart === "eachPage") this.#number = this.#start;
  }

  get #restart(): string | undefined {
    return this.#ofSection.restart ?? this.#ofDocument.restart;
  }

  get #start(): number {
    return this.#ofSection.start ?? this.#ofDocument.start ?? 1;
  }
}
