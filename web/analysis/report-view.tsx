/** A report on the page: each point leads to its place in the document. */
import { Link } from "../app/router.tsx";
import { formatDate } from "../ui/instant.ts";
import { placeUrl } from "../documents/place.ts";
import { placeNameOf, type Point, type Report, type Section } from "./report.ts";

export function ReportView({ report }: { report: Report }) {
  return (
    <article class="report">
      {report.documentType && <p class="report-kind">{report.documentType}</p>}
      <p class="report-summary">{report.summary}</p>
      {report.sections.map((section) => (
        <SectionView key={section.id} section={section} />
      ))}
      <p class="muted report-foot">
        {`Analysed by ${report.model} on ${formatDate(report.completedAt)}. A model may be wrong: check what matters at its place.`}
      </p>
    </article>
  );
}

function SectionView({ section: { id, title, note, points } }: { section: Section }) {
  return (
    <section class="report-section" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {note && <p class="muted">{note}</p>}
      <ul class="points">
        {points.map((point, index) => (
          <PointView key={index} point={point} />
        ))}
      </ul>
    </section>
  );
}

function PointView({ point: { text, details, severity, citation, unverified } }: { point: Point }) {
  return (
    <li class="point">
      <p class="point-text">
        {severity && <span class={`severity severity-${severity}`}>{severity}</span>}
        {text}
      </p>
      {details.map(([name, value]) => (
        <p key={name} class="point-detail">
          <span class="muted">{`${name}: `}</span>
          {value}
        </p>
      ))}
      {citation && <Source citation={citation} />}
      {unverified && (
        <p class="point-unverified">
          <strong>Not found in the document: </strong>
          {`“${unverified}”`}
        </p>
      )}
    </li>
  );
}

function Source({ citation }: { citation: NonNullable<Point["citation"]> }) {
  const words = <q>{citation.quote.trim()}</q>;
  if (citation.status === "source_deleted") return <p class="point-source muted">{words}</p>;
  return (
    <p class="point-source">
      {words} <Link to={placeUrl(citation)}>{placeNameOf(citation)}</Link>
    </p>
  );
}
