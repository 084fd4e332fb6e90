/** Verifies the quotations of points against the document. Pure. */
import { type CitedRange, DocumentText, type TextPart } from "../../citations/document-text.ts";
import { locate } from "../../citations/locate.ts";
import type { PartAnswer, QuotedPoint } from "./model-answer.ts";
import { type PointFields, SECTION_NAMES, type SectionName } from "./points.ts";

/** A point with its verified location or its unverified quotation; neither if it quoted nothing. */
export type CitedPoint = {
  fields: PointFields;
  location: CitedRange | null;
  unverified_quote: string | null;
};

/** The findings of one part of a document. */
export type PartFindings = Omit<PartAnswer, "governing_law" | "sections"> & {
  governing_law: CitedPoint | null;
  sections: Record<SectionName, CitedPoint[]>;
};

/** Locates every quotation in the text that the model got. */
export function citePart(answer: PartAnswer, text: readonly TextPart[]): PartFindings {
  const document = new DocumentText(text);
  const cite = (point: QuotedPoint) => citePoint(document, point);
  const cited = SECTION_NAMES.map((name) => [name, answer.sections[name].map(cite)]);
  return {
    ...answer,
    governing_law: answer.governing_law && cite(answer.governing_law),
    sections: Object.fromEntries(cited) as PartFindings["sections"],
  };
}

function citePoint(document: DocumentText, { fields, quote }: QuotedPoint): CitedPoint {
  if (quote === "") return { fields, location: null, unverified_quote: null };
  const location = locate(document, quote) ?? null;
  return { fields, location, unverified_quote: location ? null : quote };
}
