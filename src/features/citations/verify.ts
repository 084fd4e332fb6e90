/** Verifies quotations against the documents that they refer to. */
import type { Db } from "../../db/client.ts";
import type { Citation, UnverifiedQuote } from "./citation.ts";
import { type CitedRange, DocumentText, type Range, type TextPart } from "./document-text.ts";
import { locate } from "./locate.ts";
import { planSlices, readSlices } from "./read-text.ts";

/** A quotation, and the document ranges that it refers to. */
export type QuotationClaim = {
  /** The index of the citation. */
  index: number;
  text: string;
  /** Where it stands in the answer, in code points. */
  inAnswer: Range;
  ranges: readonly (Range & { fileId: string })[];
};

export type CitedSource = {
  fileId: string;
  fileName: string;
  /** In code points. */
  textLength: number;
  /** The whole text, if it was already read. */
  parts?: readonly TextPart[];
};

export type Verified = { citations: Citation[]; unverified_quotes: UnverifiedQuote[] };

/** Further quotations stay unverified. */
const MOST_CLAIMS = 100;

/**
 * Searches each quotation in the documents that it refers to, then in the other documents whose text is
 * known: a wrong number does not make a quotation wrong. Reads missing texts in one round trip per
 * million code points. Results are in the order of the claims.
 */
export async function verifyClaims(
  db: Db,
  ownerId: string,
  claims: readonly QuotationClaim[],
  sources: readonly CitedSource[],
): Promise<Verified> {
  const search = new Search(claims.slice(0, MOST_CLAIMS), sources);
  search.inKnown();
  for (const trip of planSlices(search.toRead())) {
    const wanted = trip.filter(({ fileId }) => search.isWanted(fileId));
    if (wanted.length === 0) continue;
    const texts = await readSlices(db, ownerId, wanted);
    for (const [fileId, parts] of texts) search.inText(fileId, parts);
  }
  return search.toVerified(claims);
}

class Search {
  readonly #claims: readonly QuotationClaim[];
  readonly #sources: ReadonlyMap<string, CitedSource>;
  readonly #found = new Map<QuotationClaim, Citation>();

  constructor(claims: readonly QuotationClaim[], sources: readonly CitedSource[]) {
    this.#claims = claims;
    this.#sources = new Map(sources.map((source) => [source.fileId, source]));
  }

  /** Searches the documents with known text; first for quotations that refer to them. */
  inKnown(): void {
    const known = [...this.#sources.values()].flatMap(({ fileId, parts }) =>
      parts ? [{ fileId, document: new DocumentText(parts) }] : [],
    );
    for (const { fileId, document } of known) this.#locate(fileId, document, false);
    for (const { fileId, document } of known) this.#locate(fileId, document, true);
  }

  inText(fileId: string, parts: readonly TextPart[]): void {
    if (this.isWanted(fileId)) this.#locate(fileId, new DocumentText(parts), false);
  }

  /** The documents that must still be read. */
  toRead(): CitedSource[] {
    return [...this.#sources.values()].filter(
      ({ fileId, parts }) => !parts && this.isWanted(fileId),
    );
  }

  /** True while a quotation that refers to the document was not found. */
  isWanted(fileId: string): boolean {
    return this.#claims.some(
      (claim) => !this.#found.has(claim) && rangesIn(claim, fileId).length > 0,
    );
  }

  toVerified(claims: readonly QuotationClaim[]): Verified {
    const citations = claims.flatMap((claim) => this.#found.get(claim) ?? []);
    const missing = claims.filter((claim) => !this.#found.has(claim));
    const quotes = [...Map.groupBy(missing, ({ text }) => text)].flatMap(([text, [first]]) =>
      first ? [{ text, ...positionOf(first) }] : [],
    );
    return { citations, unverified_quotes: quotes };
  }

  #locate(fileId: string, document: DocumentText, isAnywhere: boolean): void {
    const source = this.#sources.get(fileId);
    for (const claim of this.#claims) {
      const ranges = rangesIn(claim, fileId);
      if (!source || this.#found.has(claim) || (ranges.length === 0 && !isAnywhere)) continue;
      const located = locate(document, claim.text, ranges);
      if (located) this.#found.set(claim, toCitation(claim, source, located));
    }
  }
}

function rangesIn({ ranges }: QuotationClaim, fileId: string): Range[] {
  return ranges.filter((range) => range.fileId === fileId);
}

function toCitation(
  claim: QuotationClaim,
  { fileId, fileName }: CitedSource,
  located: CitedRange,
): Citation {
  const file = { file_id: fileId, file_name: fileName };
  return { index: claim.index, ...file, ...located, ...positionOf(claim), status: "verified" };
}

/** The members that say where the answer quotes. */
function positionOf({ index, inAnswer: { start, end } }: QuotationClaim) {
  return { number: index, answer_start: start, answer_end: end };
}
