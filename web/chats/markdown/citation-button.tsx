/** Where an answer quotes a document: a number that opens the quoted words, and a warning where they were not found. */
import type { ComponentChildren } from "preact";
import { navigate } from "../../app/router.tsx";
import type { Citation } from "../page-message.ts";

/** The address of the quoted words in their document: offsets are code points of its text. */
export function addressOf({ file_id, page, start, end, region, quote }: Citation): string {
  const query = new URLSearchParams({ start: String(start), end: String(end) });
  if (page !== null) query.set("page", String(page));
  if (region !== undefined) query.set("region", region);
  query.set("quote", quote.slice(0, LONGEST_QUOTE));
  return `/app/documents/${file_id}?${query.toString()}`;
}

/** Enough to find it by, in an address. */
const LONGEST_QUOTE = 500;

/** `“The words” in lease.pdf, page 3`. */
export function describe({ file_name, page, quote, status }: Citation): string {
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
      onClick={() => navigate(addressOf(citation))}
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
