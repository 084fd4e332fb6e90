/** A part of a document's text, with its regions and the quoted words. */
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import type { TextPart } from "./document-text.ts";
import type { Range } from "./place.ts";
import { type Run, runsOf } from "./text-runs.ts";

type TextPartProps = { part: TextPart; isNewPage: boolean; ranges: readonly Range[] };

export function TextPartView({ part, isNewPage, ranges }: TextPartProps) {
  const runs = useMemo(() => runsOf(part, ranges), [part, ranges]);
  return (
    <section
      class="text-part"
      data-page={isNewPage ? part.page : undefined}
      aria-label={isNewPage ? `Page ${part.page}` : undefined}
    >
      {isNewPage && (
        <p class="page-rule" aria-hidden="true">
          Page {part.page}
        </p>
      )}
      {part.source === "ocr" && (
        <p class="quote-warning">A model transcribed this page from its picture.</p>
      )}
      {part.is_scanned && part.text === "" && <p class="muted">This page is a picture.</p>}
      {/* Kept as it stands: offsets count each of its characters. */}
      <div class="text">
        {runs.map((run) => (
          <RunView key={run.start} run={run} />
        ))}
      </div>
    </section>
  );
}

const REGIONS = {
  header: "Header",
  footer: "Footer",
  comment: "Comment",
  note: "Note",
  note_mark: "Reference to a note",
  form_field: "Value of a form field",
  annotation: "Annotation",
  signature: "Signature",
  struck_out: "Struck out: this does not apply",
} as const;

function RunView({ run: { text, kind, isQuoted } }: { run: Run }) {
  const quoted = isQuoted ? <mark>{text}</mark> : text;
  return kind ? <Region kind={kind}>{quoted}</Region> : <>{quoted}</>;
}

function Region({ kind, children }: { kind: keyof typeof REGIONS; children: ComponentChildren }) {
  const look = { class: `region region-${kind}`, title: REGIONS[kind] };
  return kind === "struck_out" ? (
    <del {...look}>{children}</del>
  ) : (
    <span {...look}>{children}</span>
  );
}
