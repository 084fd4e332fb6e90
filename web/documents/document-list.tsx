/** All documents, the attachments of a mail below it. */
import { useEffect, useRef } from "preact/hooks";
import type { Schemas } from "../api/client.ts";
import { Button } from "../ui/button.tsx";
import { EmptyState, ErrorState, Loading } from "../ui/states.tsx";
import { DocumentRow } from "./document-row.tsx";
import { KINDS_SENTENCE } from "./file-types.ts";
import type { Library } from "./library.ts";

type StoredFile = Schemas["File"];

export function DocumentList({ library }: { library: Library }) {
  const files = library.files.value;
  const isComplete = library.next.value === undefined;
  if (files.length === 0 && isComplete) {
    return (
      <EmptyState
        title="No documents yet"
        text={`Drop files anywhere on this page, or choose some: ${KINDS_SENTENCE}.`}
      />
    );
  }
  const onChange = (file: StoredFile) => {
    library.show(file);
    // The attachments of a mail are files of their own once it is read.
    if (file.status === "ready" && file.content_type === "message/rfc822") void library.refresh();
  };
  return (
    <>
      <ul class="document-list" aria-label="Documents">
        {grouped(files).map(({ file, attachments }) => (
          <DocumentRow
            key={file.id}
            file={file}
            attachments={attachments}
            onChange={onChange}
            onDelete={(id) => library.remove(id)}
          />
        ))}
      </ul>
      <More library={library} />
    </>
  );
}

/** An attachment whose mail is not loaded yet stands for itself. */
function grouped(files: readonly StoredFile[]) {
  const ids = new Set(files.map(({ id }) => id));
  const isBelow = ({ parent_file_id: parent }: StoredFile) => parent !== null && ids.has(parent);
  return files
    .filter((file) => !isBelow(file))
    .map((file) => ({ file, attachments: files.filter((one) => one.parent_file_id === file.id) }));
}

/** Loads the next page once it is scrolled to. */
function More({ library }: { library: Library }) {
  const button = useRef<HTMLDivElement>(null);
  const { next, error, isLoading } = library;
  useEffect(() => {
    if (!button.current) return undefined;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting && !library.error.value) void library.loadMore();
    });
    observer.observe(button.current);
    return () => observer.disconnect();
  }, [next.value]);
  if (error.value !== undefined) {
    return <ErrorState text={error.value} onRetry={() => void library.loadMore()} />;
  }
  if (next.value === undefined) return null;
  return (
    <div class="more" ref={button}>
      {isLoading.value ? (
        <Loading label="Loading documents" />
      ) : (
        <Button onClick={() => void library.loadMore()}>Show more</Button>
      )}
    </div>
  );
}
