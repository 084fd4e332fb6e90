/** The documents of the person, newest first, loaded page by page. */
import { signal } from "@preact/signals";
import { toApiError } from "../../clients/ts/src/problem.ts";
import type { Schemas } from "../api/client.ts";
import { sentenceOf } from "../api/problems.ts";
import { send } from "../api/send.ts";

type StoredFile = Schemas["File"];

const FIRST_PAGE = "/files?limit=50";

export class Library {
  readonly files = signal<readonly StoredFile[]>([]);
  readonly error = signal<string | undefined>(undefined);
  readonly isLoading = signal(false);
  /** The path of the next page; undefined behind the last. */
  readonly next = signal<string | undefined>(FIRST_PAGE);

  async loadMore(): Promise<void> {
    const path = this.next.value;
    if (path === undefined || this.isLoading.value) return;
    this.isLoading.value = true;
    this.error.value = undefined;
    try {
      const { files, next } = await loadPage(path);
      // An upload may have shown some of them before.
      const loaded = new Set(files.map(({ id }) => id));
      this.files.value = [...this.files.value.filter(({ id }) => !loaded.has(id)), ...files];
      this.next.value = next;
    } catch (error) {
      this.error.value = sentenceOf(error);
    }
    this.isLoading.value = false;
  }

  /** Shows a file as it is now; one that is not listed yet comes first. */
  show(file: StoredFile): void {
    const files = this.files.peek();
    const isListed = files.some(({ id }) => id === file.id);
    this.files.value = isListed
      ? files.map((old) => (old.id === file.id ? file : old))
      : [file, ...files];
  }

  /** Takes a file off the list, and the attachments that are deleted with it. */
  remove(id: string): void {
    this.files.value = this.files.value.filter(
      (file) => file.id !== id && file.parent_file_id !== id,
    );
  }

  /** Loads again what the ingestion of a mail has added. */
  async refresh(): Promise<void> {
    const { files } = await loadPage(FIRST_PAGE);
    for (const file of files.toReversed()) this.show(file);
  }
}

/** The list has its cursor in a header, which the client of the API does not read. */
async function loadPage(path: string): Promise<{ files: StoredFile[]; next: string | undefined }> {
  const response = await send(path, { headers: { accept: "application/json" } });
  if (!response.ok) throw await toApiError(response);
  const [, next] = /<([^>]+)>; rel="next"/.exec(response.headers.get("link") ?? "") ?? [];
  return { files: await response.json(), next };
}
