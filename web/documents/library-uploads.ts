/** The uploads of the library: they go on while the person looks at something else. */
import { effect, signal } from "@preact/signals";
import type { Schemas } from "../api/client.ts";
import { session } from "../api/session.ts";
import { Uploads } from "./uploads.ts";

/** Files that were stored and are not in the list yet: several may be, because effects wait for the next frame. */
export const storedFiles = signal<readonly Schemas["File"][]>([]);

export const libraryUploads = new Uploads();

/** Uploads the files. */
export function addToLibrary(files: Iterable<File>): void {
  libraryUploads.add(files, (file) => {
    storedFiles.value = [...storedFiles.peek(), file];
  });
}

// Nobody sees what another person has chosen.
effect(() => {
  if (session.value.status !== "signed-out") return;
  storedFiles.value = [];
  libraryUploads.clear();
});
