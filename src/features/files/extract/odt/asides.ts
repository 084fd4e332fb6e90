/** Separates notes, comments, text boxes and deletions from the sentences of an OpenDocument text. */
import { ExtractionFailure } from "../../failures.ts";
import { storable } from "../flow.ts";
import type { XmlAttributes } from "../local-name.ts";
import { LONGEST_TEXT, type PageWriter } from "../pages.ts";
import { writeRaised } from "../superscripts.ts";
import { attribute } from "./styles.ts";

/** The most comments whose annotated words are collected at once, and the UTF-16 code units kept of those. */
const MOST_FOLLOWED = 20;
const LONGEST_WORDS = 200;

const KINDS: Record<string, Aside["kind"]> = {
  note: "note",
  annotation: "comment",
  "text-box": "box",
  "changed-region": "deletion",
};

type Aside = {
  kind: "note" | "comment" | "box" | "deletion";
  depth: number;
  id: string;
  /** The text of the aside. `mark` is set for notes, `author` for comments. */
  text: string;
  mark: string;
  author: string;
};

type Comment = { author: string; words: string; text: string };

export class Asides {
  readonly #writer: PageWriter;
  readonly #notes: { mark: string; text: string }[] = [];
  readonly #comments: Comment[] = [];
  readonly #deletions = new Map<string, string>();
  readonly #followed = new Map<string, Comment>();
  #boxes: string[] = [];
  #open: Aside[] = [];
  #element = "";
  #length = 0;

  constructor(writer: PageWriter) {
    this.#writer = writer;
  }

  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  /** The deleted words if the element marks the position of a deletion; undefined for all other elements. */
  open(
    name: string,
    attributes: XmlAttributes,
    { depth }: { depth: number; before: string },
  ): string | undefined {
    this.#element = name;
    if (name === "annotation-end") this.#followed.delete(attribute(attributes, "name"));
    if (name === "change" && !this.isOpen) {
      return this.#deletions.get(attribute(attributes, "change-id")) ?? "";
    }
    const kind = KINDS[name];
    if (kind) this.#begin(kind, attributes, depth);
    else if (this.isOpen && (name === "p" || name === "h" || name === "tab" || name === "s"))
      this.text(" ");
    return undefined;
  }

  text(text: string): void {
    const aside = this.#open.at(-1);
    if (!aside) return;
    this.#length += text.length;
    if (this.#length > LONGEST_TEXT) throw new ExtractionFailure("too_much_text");
    if (this.#element === "note-citation") aside.mark += text;
    else if (this.#element === "creator") aside.author += text;
    else if (this.#element !== "date" && this.#element !== "creator-initials") aside.text += text;
  }

  /** The mark of the note that ends at this depth; empty for other asides; undefined if none ends. */
  close(depth: number): string | undefined {
    this.#element = "";
    const aside = this.#open.at(-1);
    if (aside?.depth !== depth) return undefined;
    this.#open.pop();
    this.#keep(aside);
    return aside.kind === "note" && !this.isOpen ? aside.mark.trim() : "";
  }

  /** Adds running text to the annotated words of all open comments. */
  follow(text: string): void {
    for (const comment of this.#followed.values()) {
      if (comment.words.length < LONGEST_WORDS) comment.words += text;
    }
  }

  /** Removes and returns the texts of the text boxes since the last call. */
  takeBoxes(): string[] {
    return this.#boxes.splice(0);
  }

  /** Writes each note and each comment on a separate line. */
  writeTo(): void {
    let lines = 0;
    const beginLine = () => this.#writer.write(lines++ === 0 ? "\n\n" : "\n");
    for (const { mark, text } of this.#notes) {
      beginLine();
      this.#writer.write(`${writeRaised(mark, "")} ${text}`, { region: "note" });
    }
    for (const { author, words, text } of this.#comments) {
      beginLine();
      const on = words.trim() === "" ? "" : ` on “${oneLine(words.slice(0, LONGEST_WORDS))}”`;
      this.#writer.write(`[Comment${author === "" ? "" : ` by ${author}`}${on}] `);
      this.#writer.write(text, { region: "comment" });
    }
  }

  #begin(kind: Aside["kind"], attributes: XmlAttributes, depth: number): void {
    const id = attribute(attributes, kind === "comment" ? "name" : "id");
    this.#open.push({ kind, depth, id, text: "", mark: "", author: "" });
  }

  #keep({ kind, id, text, mark, author }: Aside): void {
    const line = oneLine(text);
    if (line === "") return;
    if (kind === "note") this.#notes.push({ mark: oneLine(mark), text: line });
    if (kind === "box") this.#boxes.push(line);
    if (kind === "deletion") this.#deletions.set(id, line);
    if (kind === "comment")
      this.#keepComment(id, { author: oneLine(author), words: "", text: line });
  }

  #keepComment(id: string, comment: Comment): void {
    this.#comments.push(comment);
    if (id !== "" && this.#followed.size < MOST_FOLLOWED) this.#followed.set(id, comment);
  }
}

function oneLine(text: string): string {
  return storable(text).replaceAll(/\s+/g, " ").trim();
}
