/** The uploads of the library: they go on while the person looks at something else. */
import { effect, signal } from "@preact/signals";
import type { Schemas } from "../api/client.ts";
import { session } from "../api/session.ts";
import { Uploads } from "./uploads.ts";

/** A file that was stored and is not in the list yet. */
export const lastStored = signal<Schemas["File"] | undefined>(undefined);

export const libraryUploads = new Uploads();

/** Uploads the files. */
export function addToLibrary(files: Iterable<File>): void {
  libraryUploads.add(files, (file) => (lastStored.value = file));
}

// Nobody sees what another person has chosen.
effect(() => {
  if (session.value.status !== "signed-out") return;
  lastStored.value = undefined;
  libraryUploads.clear();
});
