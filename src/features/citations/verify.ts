/** Which quotations stand in the documents that they point to. */
import type { Db } from "../../db/client.ts";
import type { Citation, UnverifiedQuote } from "./citation.ts";
import { type CitedRange, DocumentText, type Range, type TextPart } from "./document-text.ts";
import { locate } from "./locate.ts";
import { planSlices, readSlices } from "./read-text.ts";

/** A quotation, and the stretches of documents that it is said to come from. */
export type QuotationClaim = {
  /** What the citation is to be known by. */
  index: number;
  text: string;
  places: readonly (Range & { fileId: string })[];
};

export type CitedSource = {
  fileId: string;
  fileName: string;
  /** In code points. */
  textLength: number;
  /** All of its text, where that is known already. */
  parts?: readonly TextPart[];
};

export type Verified = { citations: Citation[]; unverified_quotes: UnverifiedQuote[] };

/** More quotations than these are not looked for, and so are not verified. */
const MOST_CLAIMS = 100;

/**
 * Looks for each quotation in the whole of the documents that it points to, and then in the others that
 * are known already: a wrong number does not make a quotation wrong. Reads only what is not known: one
 * trip, unless more than a million characters are pointed to. In the order of the claims.
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

  /** In documents whose text is here; first in those that are pointed to. */
  inKnown(): void {
    const known = [...this.#sources.values()].flatMap(({ fileId, parts }) =>
      parts ? [{ fileId, document: new DocumentText(parts) }] : [],
    );
    for (const { fileId, document } of known) this.#look(fileId, document, false);
    for (const { fileId, document } of known) this.#look(fileId, document, true);
  }

  inText(fileId: string, parts: readonly TextPart[]): void {
    if (this.isWanted(fileId)) this.#look(fileId, new DocumentText(parts), false);
  }

  /** Documents that are still to be read. */
  toRead(): CitedSource[] {
    return [...this.#sources.values()].filter(
      ({ fileId, parts }) => !parts && this.isWanted(fileId),
    );
  }

  /** True while something that points to the document was not found. */
  isWanted(fileId: string): boolean {
    return this.#claims.some(
      (claim) => !this.#found.has(claim) && occurrencesIn(claim, fileId).length > 0,
    );
  }

  toVerified(claims: readonly QuotationClaim[]): Verified {
    const citations = claims.flatMap((claim) => this.#found.get(claim) ?? []);
    const missing = claims.filter((claim) => !this.#found.has(claim)).map(({ text }) => text);
    return { citations, unverified_quotes: [...new Set(missing)].map((text) => ({ text })) };
  }

  #look(fileId: string, document: DocumentText, isAnywhere: boolean): void {
    const source = this.#sources.get(fileId);
    for (const claim of this.#claims) {
      const places = occurrencesIn(claim, fileId);
      if (!source || this.#found.has(claim) || (places.length === 0 && !isAnywhere)) continue;
      const located = locate(document, claim.text, places);
      if (located) this.#found.set(claim, toCitation(claim, source, located));
    }
  }
}

function occurrencesIn({ places }: QuotationClaim, fileId: string): Range[] {
  return places.filter((place) => place.fileId === fileId);
}

function toCitation(
  { index }: QuotationClaim,
  { fileId, fileName }: CitedSource,
  located: CitedRange,
): Citation {
  return { index, file_id: fileId, file_name: fileName, ...located, status: "verified" };
}
