/** One document: as it was uploaded or as its text, with the place that the address names. */
import { signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { api, type Schemas } from "../api/client.ts";
import { isProblem, sentenceOf } from "../api/problems.ts";
import { useResource } from "../api/resource.ts";
import type { Params } from "../app/routes.ts";
import { Link, query } from "../app/router.tsx";
import { PageFrame } from "../ui/page.tsx";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { DocumentHead } from "./document-head.tsx";
import { DocumentText } from "./document-text.ts";
import { FileStatus } from "./file-status.tsx";
import { LazyPdf } from "./lazy-pdf.tsx";
import { readPlace } from "./place.ts";
import { QuoteNote } from "./quote-note.tsx";
import { TextView } from "./text-view.tsx";
import { useQuotation } from "./use-quotation.ts";

const PDF = "application/pdf";

export function Page({ params: { id = "" } }: { params: Params }) {
  const file = useResource((signal) => findFile(id, signal), id);
  return (
    <Loaded of={file} label="Loading the document">
      {(found) => (found ? <Viewer key={id} file={found} onChange={file.replace} /> : <Deleted />)}
    </Loaded>
  );
}

/** Null where it was deleted, or never was. */
async function findFile(id: string, signal: AbortSignal): Promise<Schemas["File"] | null> {
  try {
    return await api.get("/files/{id}", { path: { id }, signal });
  } catch (error) {
    if (isProblem(error, "not_found")) return null;
    throw new Error(sentenceOf(error), { cause: error });
  }
}

function Deleted() {
  return (
    <EmptyState
      title="This document is not there"
      text="It was deleted. What your chats quote of it stays in them."
    >
      <Link to="/app/documents" class="button button-plain">
        All documents
      </Link>
    </EmptyState>
  );
}

type ViewerProps = { file: Schemas["File"]; onChange: (file: Schemas["File"]) => void };

function Viewer({ file, onChange }: ViewerProps) {
  useEffect(() => {
    document.title = `${file.original_name} · Indifly`;
  }, [file.original_name]);
  if (file.status === "ready") return <ReadyDocument file={file} />;
  return (
    <PageFrame title={file.original_name}>
      <FileStatus file={file} onChange={onChange} />
    </PageFrame>
  );
}

function ReadyDocument({ file }: { file: Schemas["File"] }) {
  const address = query.value.toString();
  const place = useMemo(() => readPlace(query.value), [address]);
  const text = useMemo(() => new DocumentText(file.id), [file.id]);
  const quotation = useQuotation(text, place);
  const isMissing = useMemo(() => signal(false), [place]);
  const isPdf = file.content_type === PDF;
  const isText = !isPdf || query.value.get("view") === "text";
  return (
    <div class="document">
      <DocumentHead file={file} canSwitch={isPdf} isText={isText} />
      {place.ranges.length > 0 && (
        <QuoteNote quotation={quotation} place={place} isMissing={isMissing} />
      )}
      {isText ? (
        <TextView text={text} place={place} />
      ) : (
        <LazyPdf file={file} place={place} quotation={quotation} isMissing={isMissing} />
      )}
    </div>
  );
}
