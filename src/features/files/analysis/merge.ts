/** The findings of all parts as one analysis. Pure: the same parts always make the same one. */
import type { Citation } from "../../citations/citation.ts";
import type { CitedPoint, PartFindings } from "./cite.ts";
import type { Overview } from "./model-answer.ts";
import { SECTION_NAMES, type SectionName } from "./points.ts";

export type AnalysedFile = { fileId: string; fileName: string };

/** A point as the wire has it. */
type ShownPoint = Record<string, string | null | Citation>;

export type Findings = Overview & {
  governing_law: ShownPoint | null;
} & Record<SectionName, ShownPoint[]>;

/**
 * Takes the points of all parts in their order, each once: parts overlap, and repeat what the document
 * repeats. `overview` is what was said of all parts together.
 */
export function mergeParts(
  parts: readonly PartFindings[],
  overview: Overview,
  source: AnalysedFile,
): Findings {
  const cite = createCiter(source);
  const laws = parts.flatMap(({ governing_law: law }) => law ?? []);
  const law = laws.find(({ location }) => location) ?? laws[0];
  const { document_type, title, summary, missing_clauses } = overview;
  const head = { document_type, title, summary };
  const shownLaw = law ? cite(law) : null;
  const sections = SECTION_NAMES.map((name) => {
    const points = distinctPoints(
      name,
      parts.map((part) => part.sections[name]),
    );
    return [name, points.map(cite)];
  });
  const shown = Object.fromEntries(sections) as Record<SectionName, ShownPoint[]>;
  return { ...head, governing_law: shownLaw, ...shown, missing_clauses };
}

/** Numbers the citations in the order in which they are shown. */
function createCiter({ fileId, fileName }: AnalysedFile): (point: CitedPoint) => ShownPoint {
  let index = 0;
  return ({ fields, location, unverified_quote }) => {
    const of = { file_id: fileId, file_name: fileName };
    const citation = location && {
      index: ++index,
      ...of,
      ...location,
      status: "verified" as const,
    };
    return { ...fields, citation, unverified_quote };
  };
}

/** One of those that say the same is kept: the first, unless a later one can be verified. */
function distinctPoints(name: SectionName, parts: readonly CitedPoint[][]): CitedPoint[] {
  const kept = new Map<string, CitedPoint>();
  const quoted = new Set<string>();
  for (const points of parts) {
    const fresh = points.filter((point) => !quoted.has(quoteOf(point)));
    for (const point of fresh) {
      const said = normalised(
        name === "parties" ? [point.fields.name] : Object.values(point.fields),
      );
      const earlier = kept.get(said);
      if (!earlier || (!earlier.location && point.location)) kept.set(said, point);
    }
    // Within one part a sentence may well make several points.
    for (const point of fresh) if (quoteOf(point) !== "") quoted.add(quoteOf(point));
  }
  return [...kept.values()];
}

function quoteOf({ location, unverified_quote }: CitedPoint): string {
  return normalised([location?.quote ?? unverified_quote]);
}

function normalised(texts: readonly (string | null | undefined)[]): string {
  return texts
    .map((text) =>
      (text ?? "")
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, " ")
        .trim(),
    )
    .join("\n")
    .trim();
}
