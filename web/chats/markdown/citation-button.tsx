/** Where an answer quotes a document: a number that opens the quoted words, and a warning where they were not found. */
import type { ComponentChildren } from "preact";
import { navigate } from "../../app/router.tsx";
import { placeUrl } from "../../documents/place.ts";
import type { Citation } from "../page-message.ts";

/** `“The words” in lease.pdf, page 3`. */
function describe({ file_name, page, quote, status }: Citation): string {
  const where = page === null ? file_name : `${file_name}, page ${page}`;
  const gone = status === "source_deleted" ? " (the document is deleted)" : "";
  return `“${quote}” in ${where}${gone}`;
}

export function CitationButton({ citation }: { citation: Citation }) {
  const isGone = citation.status === "source_deleted";
  return (
    <button
      type="button"
      class="citation"
      title={describe(citation)}
      aria-label={`Source ${citation.number ?? citation.index}: ${describe(citation)}`}
      disabled={isGone}
      onClick={() => navigate(placeUrl(citation))}
    >
      {citation.number ?? citation.index}
    </button>
  );
}

const EXPLANATION = "These words were not found in the document that the answer refers to.";

export function UnverifiedMark({
  isKnown,
  children,
}: {
  isKnown: boolean;
  children: ComponentChildren;
}) {
  if (!isKnown) return <>{children}</>;
  return (
    <span class="unverified" title={EXPLANATION}>
      {children}
      <span class="unverified-note">
        not found<span class="visually-hidden">: {EXPLANATION}</span>
      </span>
    </span>
  );
}
