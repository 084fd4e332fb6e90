/** The library of documents: upload, search, and what is there. */
import { useSignalEffect } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { announce } from "../app/announce.tsx";
import { navigate, query } from "../app/router.tsx";
import { Field } from "../ui/field.tsx";
import { PageFrame } from "../ui/page.tsx";
import { DocumentList } from "./document-list.tsx";
import { DropHint, useDroppedFiles } from "./drop-files.tsx";
import { FileButton } from "./file-button.tsx";
import { Library } from "./library.ts";
import { addToLibrary, libraryUploads, storedFiles } from "./library-uploads.ts";
import { SearchResults } from "./search-results.tsx";
import { UploadList } from "./upload-list.tsx";

export function Page() {
  const library = useMemo(() => new Library(), []);
  useDroppedFiles(addToLibrary);
  useEffect(() => {
    // The list has them, as they are by now.
    storedFiles.value = [];
    void library.loadMore();
  }, []);
  useSignalEffect(() => {
    const stored = storedFiles.value;
    if (stored.length === 0) return;
    storedFiles.value = [];
    for (const file of stored) library.show(file);
  });
  const words = query.value.get("q")?.trim() ?? "";
  return (
    <PageFrame
      title="Documents"
      actions={
        <FileButton variant="primary" icon="upload" onFiles={addToLibrary}>
          Upload
        </FileButton>
      }
    >
      <DropHint text="Drop the files to upload them" />
      <Search words={words} />
      <UploadList uploads={libraryUploads} />
      {words ? <SearchResults words={words} /> : <DocumentList library={library} />}
    </PageFrame>
  );
}

/** How long a person pauses before what was typed is searched for. */
const TYPING_MS = 300;

const LONGEST_SEARCH = 500;

/** The words are in the address, so that going back from a document leads to its search. */
function Search({ words }: { words: string }) {
  const [typed, setTyped] = useState(words);
  useEffect(() => {
    if (typed.trim() === words) return undefined;
    const timer = setTimeout(() => {
      const next = typed.trim();
      navigate(next ? `/app/documents?q=${encodeURIComponent(next)}` : "/app/documents", {
        replace: true,
      });
      if (!next) announce("All documents are shown.");
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <search>
      <Field
        label="Search in your documents"
        type="search"
        autocomplete="off"
        maxLength={LONGEST_SEARCH}
        value={typed}
        onText={setTyped}
      />
    </search>
  );
}
