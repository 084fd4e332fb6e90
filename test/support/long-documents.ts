/** Documents that are too long to go into a prompt whole. */
import type { SignedIn } from "./client.ts";
import { newDocument, setStatus } from "./documents.ts";
import { indexDocument } from "./indexing.ts";

const WORDS = "party notice shall deliver written goods within period schedule agreed terms".split(
  " ",
);

/** A clause without relevant content. */
export const filler = (seed: number) =>
  `${seed}. ${Array.from({ length: 60 }, (_, n) => WORDS[(seed * 7 + n * (1 + (seed % 5))) % WORDS.length]).join(" ")}.`;

/** Eighty pages, with clauses of the test's own on some of them, by the index of the page. */
export function longPages(clauses: Record<number, string>): string[] {
  return Array.from({ length: 80 }, (_, page) => {
    const listed = Array.from({ length: 9 }, (_, n) => filler(page * 9 + n + 1));
    const own = clauses[page];
    if (own !== undefined) listed.splice(4, 0, own);
    const heading = page === 0 ? "SUPPLY AGREEMENT between Alder and Birch\n\n" : "";
    return `${heading}${listed.join("\n\n")}\n\n`;
  });
}

/** Stores and indexes them as a file; returns its id. */
export async function longDocument(
  of: SignedIn,
  pages: string[],
  name = "supply.pdf",
): Promise<string> {
  const id = await newDocument(of, pages, { name, status: "processing" });
  await indexDocument(id);
  await setStatus(id, "ready");
  return id;
}
