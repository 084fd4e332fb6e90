/** The text of a document, loaded part by part. */
import { signal } from "@preact/signals";
import { api, type Schemas } from "../api/client.ts";
import { sentenceOf } from "../api/problems.ts";
import type { Range } from "./place.ts";

export type TextPart = Schemas["FileText"]["pages"][number];

/** Entries of `pages` in one request. */
const PARTS_AT_ONCE = 20;

/** What stands on one page of a range. */
export type PagePiece = {
  page: number;
  text: string;
  /** What stands before it on this page. */
  before: string;
};

export class DocumentText {
  /** In order, without a gap, from the start of the document. */
  readonly parts = signal<readonly TextPart[]>([]);
  readonly isComplete = signal(false);
  readonly error = signal<string | undefined>(undefined);
  readonly #fileId: string;
  #cursor: string | undefined;
  #loading: Promise<void> | undefined;

  constructor(fileId: string) {
    this.#fileId = fileId;
  }

  /** Loads until the text up to this offset is there. */
  async loadTo(offset: number): Promise<void> {
    while (!this.isComplete.value && this.#end < offset) {
      await this.loadMore();
      if (this.error.value !== undefined) return;
    }
  }

  /** Loads the next parts. Sets `error` where that fails. */
  loadMore(): Promise<void> {
    this.#loading ??= this.#load().finally(() => (this.#loading = undefined));
    return this.#loading;
  }

  get #end(): number {
    return this.parts.value.at(-1)?.end ?? 0;
  }

  async #load(): Promise<void> {
    if (this.isComplete.value) return;
    this.error.value = undefined;
    try {
      const { pages, next_cursor: next } = await api.get("/files/{id}/text", {
        path: { id: this.#fileId },
        query: { limit: PARTS_AT_ONCE, ...(this.#cursor && { cursor: this.#cursor }) },
      });
      this.parts.value = [...this.parts.value, ...pages];
      this.#cursor = next ?? undefined;
      this.isComplete.value = next === null;
    } catch (error) {
      this.error.value = sentenceOf(error);
    }
  }
}

/** The text between two offsets, as far as it is loaded. */
export function textBetween(parts: readonly TextPart[], range: Range): string {
  return parts.map((part) => sliceOf(part, range)).join("");
}

/** What of a range stands on each page; nothing of a document without pages. */
export function piecesOf(parts: readonly TextPart[], range: Range): PagePiece[] {
  const pieces = new Map<number, PagePiece>();
  for (const part of parts) {
    if (part.page === null) continue;
    const old = pieces.get(part.page) ?? { page: part.page, text: "", before: "" };
    const before = old.before + sliceOf(part, { start: part.start, end: range.start });
    pieces.set(part.page, { ...old, text: old.text + sliceOf(part, range), before });
  }
  return [...pieces.values()].filter(({ text }) => text.trim() !== "");
}

/** What a part has of a range. Offsets are code points, and strings are indexed by UTF-16 units. */
function sliceOf(part: TextPart, { start, end }: Range): string {
  const from = Math.max(start, part.start);
  const to = Math.min(end, part.end);
  if (from >= to) return "";
  if (from === part.start && to === part.end) return part.text;
  return Array.from(part.text)
    .slice(from - part.start, to - part.start)
    .join("");
}
