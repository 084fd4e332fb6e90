/** Comments of a Word document, with the words that they annotate. */
import type { MarkupHandler } from "../../markup.ts";
import type { FlowPiece } from "../../flow.ts";
import { isOn } from "../run-format.ts";
import type { ReadStory } from "../held-text.ts";

/** UTF-16 code units of the annotated words. */
const LONGEST_WORDS = 200;
const LONGEST_NAME = 80;
/** The most comments whose annotated words are collected at once. */
const MOST_OPEN = 20;

type Comment = { author: string; text: string; paragraph: string };
type Words = { text: string };
/** A comment and the words that it annotates. */
type AnchoredComment = { comment: Comment; about: string };

export class WordComments {
  readonly #comments = new Map<string, Comment>();
  readonly #threads: CommentThreads;
  readonly #open = new Map<string, Words>();
  readonly #about = new Map<string, string>();
  readonly #anchored: AnchoredComment[] = [];

  constructor(stories: readonly ReadStory[], threads: CommentThreads) {
    for (const { attributes, text, paragraph } of stories) {
      const author = nameOf(attributes["w:author"] ?? "");
      this.#comments.set(attributes["w:id"] ?? "", { author, text, paragraph });
    }
    this.#threads = threads;
  }

  /** Handles the start and the end of the annotated words, and the reference to a comment. */
  mark(name: string, id: string): void {
    if (name === "w:commentRangeStart") this.#begin(id);
    else if (name === "w:commentRangeEnd") this.#end(id);
    else if (name === "w:commentReference") this.#refer(id);
  }

  #begin(id: string): void {
    if (this.#open.size < MOST_OPEN && this.#comments.has(id)) this.#open.set(id, { text: "" });
  }

  /** Adds running text to the annotated words of all open comments. */
  read(text: string): void {
    for (const words of this.#open.values()) {
      if (words.text.length <= LONGEST_WORDS) words.text += text.slice(0, LONGEST_WORDS + 1);
    }
  }

  #end(id: string): void {
    const words = this.#open.get(id);
    this.#open.delete(id);
    if (words) this.#about.set(id, shortened(words.text));
  }

  /** Handles the reference, which follows the annotated words. Each comment is written once. */
  #refer(id: string): void {
    const comment = this.#comments.get(id);
    if (!comment) return;
    this.#end(id);
    this.#comments.delete(id);
    this.#anchored.push({ comment, about: this.#about.get(id) ?? "" });
  }

  /** The referenced comments in document order, each followed by its replies. */
  paragraphs(): FlowPiece[][] {
    const replies = Map.groupBy(this.#anchored, ({ comment }) =>
      this.#threads.rootOf(comment.paragraph),
    );
    const first = new Set<string>();
    return this.#anchored.flatMap((anchored) => {
      const root = this.#threads.rootOf(anchored.comment.paragraph);
      if (root === "") return [this.#write(anchored, false)];
      if (first.has(root)) return [];
      first.add(root);
      const thread = replies.get(root) ?? [];
      return thread
        .toSorted((a, b) => Number(isReply(a, root)) - Number(isReply(b, root)))
        .map((each) => this.#write(each, isReply(each, root)));
    });
  }

  #write({ comment, about }: AnchoredComment, isAnswer: boolean): FlowPiece[] {
    const kind = isAnswer ? "Reply" : "Comment";
    const state = this.#threads.isResolved(comment.paragraph)
      ? `Resolved ${kind.toLowerCase()}`
      : kind;
    const author = comment.author === "" ? "" : ` by ${comment.author}`;
    const words = about === "" ? "" : ` on “${about}”`;
    return [{ text: `[${state}${author}${words}] ` }, { text: comment.text, region: "comment" }];
  }
}

const isReply = ({ comment }: AnchoredComment, root: string) => comment.paragraph !== root;

function nameOf(author: string): string {
  return author
    .replaceAll(/[\s[\]]+/g, " ")
    .trim()
    .slice(0, LONGEST_NAME);
}

function shortened(words: string): string {
  const line = words.replaceAll(/\s+/g, " ").trim();
  return line.length <= LONGEST_WORDS ? line : `${line.slice(0, LONGEST_WORDS).trimEnd()}…`;
}

/** The most levels of replies that are followed. */
const MOST_STEPS = 10;
const MOST_ENTRIES = 20_000;

/** The threads of comments, by the ids of their last paragraphs. */
export class CommentThreads implements MarkupHandler {
  readonly #parents = new Map<string, string>();
  readonly #resolved = new Set<string>();

  open(name: string, attributes: Record<string, string>): void {
    if (name !== "w15:commentEx" || this.#parents.size >= MOST_ENTRIES) return;
    const paragraph = attributes["w15:paraId"] ?? "";
    this.#parents.set(paragraph, attributes["w15:paraIdParent"] ?? "");
    if (isOn(attributes["w15:done"] ?? "0")) this.#resolved.add(paragraph);
  }

  close(): void {}

  text(): void {}

  /** The paragraph id of the first comment of the thread; the given id if the comment is not a reply. */
  rootOf(paragraph: string): string {
    let root = paragraph;
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      const parent = this.#parents.get(root) ?? "";
      if (parent === "") return root;
      root = parent;
    }
    return root;
  }

  isResolved(paragraph: string): boolean {
    return this.#resolved.has(paragraph);
  }
}
