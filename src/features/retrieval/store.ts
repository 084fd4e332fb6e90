/** Makes a file searchable, and its index again if older code made it: cuts its text, and stores passages and terms. */
import { sql } from "drizzle-orm";
import { type Db, read } from "../../db/client.ts";
import { columnsSql, type RowOfList } from "../../db/columns.ts";
import { filePages } from "../../db/schema-documents.ts";
import {
  type BuildDeps,
  ordinalAfter,
  eraseSpare,
  type IndexState,
  type Ingestion,
  openIndex,
  storeSlice,
  swapIndex,
} from "./indexing/builds.ts";
import { type CuttableText, cutPassages } from "./cut.ts";
import { INDEX_VERSION } from "./indexing/index-version.ts";
import { guessLanguage } from "./language.ts";
import { slicesOf } from "./slices.ts";

/** Code points per read. */
const READ_AT_ONCE = 1_000_000;

/** "superseded": a newer attempt has begun, or the file was deleted. */
type Indexed = "done" | "more" | "superseded";

/**
 * Brings the index of a file to the current version, from its stored text; "more" if it is not done at `endsAt`
 * (by `deps.clock`). An older index is searched until the new one is complete, and then erased. May run twice,
 * even at once, and end anywhere: the next call continues. Beginning an attempt must have deleted what an
 * earlier one stored.
 */
export async function indexFile(
  deps: BuildDeps,
  ingestion: Ingestion,
  endsAt = Infinity,
): Promise<Indexed> {
  do {
    const index = await openIndex(deps.db, ingestion);
    if (!index) return "superseded";
    const next = nextStep(index);
    if (next === "none") return "done";
    if (next === "erase") await eraseSpare(deps, index);
    else if (await build(deps, index, endsAt)) return "done";
  } while (deps.clock() < endsAt);
  return "more";
}

function nextStep({ version, buildVersion }: IndexState): "none" | "erase" | "build" {
  // During a deploy older code leaves alone what newer code makes.
  if (buildVersion !== null && buildVersion > INDEX_VERSION) return "none";
  if (version >= INDEX_VERSION) return buildVersion === null ? "none" : "erase";
  return buildVersion === INDEX_VERSION ? "build" : "erase";
}

/** Continues a build until `endsAt`. True if the search reads it, and nothing is left to erase. */
async function build(deps: BuildDeps, index: IndexState, endsAt: number): Promise<boolean> {
  const doc = await readText(deps.db, index.ingestion.fileId);
  const language = guessLanguage(doc.text);
  const file = { name: index.name, text: doc.text };
  let next = index.buildNext;
  for (const slice of slicesOf([...cutPassages(doc)], file, next)) {
    // Each call makes progress, however long the text takes to read and cut.
    if (next > index.buildNext && deps.clock() >= endsAt) return false;
    // A concurrent worker has stored it.
    if (slice.part < next) continue;
    const stored = await storeSlice(deps, index, language, slice);
    if (stored === undefined || stored < ordinalAfter(slice)) return false;
    next = stored;
  }
  return swapIndex(deps, index, { language, passages: next });
}

const pageColumns = columnsSql(filePages, "p", [
  "page",
  "startOffset",
  "endOffset",
  "text",
  "headings",
]);

type PageRow = RowOfList<typeof pageColumns>;

async function readText(db: Db, fileId: string): Promise<CuttableText> {
  const doc: CuttableText = { text: "", pages: [], headings: [] };
  for (let from = 0, more = true; more;) {
    const rows = await readPages(db, fileId, from);
    for (const row of rows) {
      doc.text += row.text;
      doc.pages.push({ page: row.page, start: row.start_offset });
      doc.headings.push(...row.headings);
      from = row.end_offset;
    }
    more = rows.some((row) => row.text !== "");
  }
  return doc;
}

async function readPages(db: Db, fileId: string, from: number): Promise<PageRow[]> {
  return read(
    db,
    sql<PageRow>`
      SELECT ${pageColumns} FROM file_pages AS p
      WHERE file_id = ${fileId}::uuid AND start_offset >= ${from}::int
        AND start_offset < ${from + READ_AT_ONCE}::int AND end_offset > ${from}::int
      ORDER BY part`,
  );
}
