/** The sources of an answer below it, in full. */
import { Link } from "../../app/router.tsx";
import { Icon } from "../../ui/icon.tsx";
import { placeUrl } from "../../documents/place.ts";
import type { Sources } from "../markdown/markdown.tsx";
import type { Citation } from "../page-message.ts";

export function SourceList({ sources: { citations, unverified } }: { sources: Sources }) {
  if (citations.length === 0 && unverified.length === 0) return null;
  const all = citations.length + unverified.length;
  return (
    <details class="sources">
      <summary>
        {all === 1 ? "1 source" : `${all} sources`}
        {unverified.length > 0 && (
          <span class="badge badge-warning">{unverified.length} not found</span>
        )}
      </summary>
      <ol>
        {citations.map((citation) => (
          <li key={`${citation.file_id}:${citation.start}`} class="source">
            <Source citation={citation} />
          </li>
        ))}
        {unverified.map(({ text }, index) => (
          <li key={index} class="source source-unverified">
            <Icon name="warning" />
            <span>“{text}” was not found in the document that the answer refers to.</span>
          </li>
        ))}
      </ol>
    </details>
  );
}

function Source({ citation }: { citation: Citation }) {
  const { file_name, page, heading, quote, status, region, source, number, index } = citation;
  const where = page === null ? heading : `page ${page}`;
  const notes = [
    region === "struck_out" && "struck out",
    source === "ocr" && "from a scanned page",
    status === "source_deleted" && "the document is deleted",
  ].filter(Boolean);
  return (
    <>
      <span class="source-number">{number ?? index}</span>
      <span>
        {status === "source_deleted" ? file_name : <Link to={placeUrl(citation)}>{file_name}</Link>}
        {where && `, ${where}`}
        {notes.length > 0 && <span class="badge">{notes.join(", ")}</span>}
        <q>{quote}</q>
      </span>
    </>
  );
}
