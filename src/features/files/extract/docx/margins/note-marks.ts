/** The marks that refer to notes, some of which are text of the document. */
import { raiseMark } from "../../superscripts.ts";
import type { MainText } from "../main-text.ts";
import type { WordNotes } from "./notes.ts";

type OpenMark = { notes: WordNotes; id: string; mark: string };

export class NoteMarks {
  readonly #main: MainText | undefined;
  /** A note whose mark is the text that follows in its run. */
  #open: OpenMark | undefined;

  constructor(main: MainText | undefined) {
    this.#main = main;
  }

  /** True while text is the mark of a note. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** The mark of a note; "" where it follows as text. */
  refer(name: string, id: string, markFollows: boolean): string {
    const notes = this.#notes(name);
    if (!notes) return "";
    if (markFollows) this.#open = { notes, id, mark: "" };
    if (markFollows) return "";
    const mark = notes.nextMark();
    notes.refer(id, mark);
    return mark;
  }

  /** Takes text of a mark, and returns it as it is written. */
  read(text: string): string {
    const mark = raiseMark(text);
    if (this.#open) this.#open.mark += mark;
    return mark;
  }

  endRun(): void {
    this.#open?.notes.refer(this.#open.id, this.#open.mark);
    this.#open = undefined;
  }

  /** What a note says that was deleted with its mark. */
  take(name: string, id: string): string {
    return this.#notes(name)?.take(id) ?? "";
  }

  #notes(name: string): WordNotes | undefined {
    return name === "w:footnoteReference" ? this.#main?.footnotes : this.#main?.endnotes;
  }
}
