/** Merges the findings of all parts into one analysis. Pure and deterministic. */
import type { Citation } from "../../citations/citation.ts";
import type { CitedPoint, PartFindings } from "./cite.ts";
import type { Overview } from "./model-answer.ts";
import { SECTION_NAMES, type SectionName } from "./points.ts";

export type AnalysedFile = { fileId: string; fileName: string };

/** A point in its wire shape. */
type ShownPoint = Record<string, string | null | Citation>;

export type Findings = Overview & {
  governing_law: ShownPoint | null;
} & Record<SectionName, ShownPoint[]>;

/**
 * Takes the distinct points of all parts in order: parts overlap, and repeat what the document repeats.
 * `overview` describes all parts together.
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

/** Numbers the citations in the order in which they are listed. */
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

/** Removes duplicates: keeps the first of equal points, or the first verified one. */
function distinctPoints(name: SectionName, parts: readonly CitedPoint[][]): CitedPoint[] {
  const kept = new Map<string, CitedPoint>();
  const quoted = new Set<string>();
  for (const points of parts) {
    const fresh = points.filter((point) => !quoted.has(quoteOf(point)));
    for (const point of fresh) {
      const key = normalised(
        name === "parties" ? [point.fields.name] : Object.values(point.fields),
      );
      const earlier = kept.get(key);
      if (!earlier || (!earlier.location && point.location)) kept.set(key, point);
    }
    // Within one part, one sentence may support several points.
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
