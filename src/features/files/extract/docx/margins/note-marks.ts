/** The marks of references to notes: numbered ones, and custom ones that are part of the text. */
import { raiseMark } from "../../superscripts.ts";
import type { MainText } from "../main-text.ts";
import type { WordNotes } from "./notes.ts";

type OpenMark = { notes: WordNotes; id: string; mark: string };

export class NoteMarks {
  readonly #main: MainText | undefined;
  /** The note whose custom mark is the rest of the current run. */
  #open: OpenMark | undefined;

  constructor(main: MainText | undefined) {
    this.#main = main;
  }

  /** True while the text is a custom mark. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** The mark of a note; "" if a custom mark follows as text. */
  refer(name: string, id: string, markFollows: boolean): string {
    const notes = this.#notes(name);
    if (!notes) return "";
    if (markFollows) this.#open = { notes, id, mark: "" };
    if (markFollows) return "";
    const mark = notes.nextMark();
    notes.refer(id, mark);
    return mark;
  }

  /** Adds text to the custom mark, and returns it raised. */
  read(text: string): string {
    const mark = raiseMark(text);
    if (this.#open) this.#open.mark += mark;
    return mark;
  }

  endRun(): void {
    this.#open?.notes.refer(this.#open.id, this.#open.mark);
    this.#open = undefined;
  }

  /** Removes and returns the text of a note whose reference was deleted; "" if there is none. */
  take(name: string, id: string): string {
    return this.#notes(name)?.take(id) ?? "";
  }

  #notes(name: string): WordNotes | undefined {
    return name === "w:footnoteReference" ? this.#main?.footnotes : this.#main?.endnotes;
  }
}
