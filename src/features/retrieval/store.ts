/** Makes a file searchable: cuts its text, and stores the passages and their terms. */
import { and, eq, type SQL, sql } from "drizzle-orm";
import { batch, type Db, read, run, write } from "../../db/client.ts";
import { columnsSql, type RowOfList } from "../../db/columns.ts";
import { filePages, files } from "../../db/schema-documents.ts";
import type { Deps } from "../../deps.ts";
import { type CuttableText, cutPassages } from "./cut.ts";
import { guessLanguage } from "./language.ts";
import { type Slice, slicesOf } from "./slices.ts";
import { termsInsert } from "./terms.ts";

/** One ingestion attempt of a file: writes of earlier attempts have no effect. */
export type Ingestion = { fileId: string; ingestionAttempt: number };

/** Code points per read. */
const READ_AT_ONCE = 1_000_000;

/**
 * Cuts the text of a file into passages and stores them. May run twice, even at once, because cutting is
 * deterministic. Does nothing if a newer attempt has begun; beginning an attempt must have deleted what
 * an earlier one stored.
 */
export async function indexFile({ db }: Pick<Deps, "db">, ingestion: Ingestion): Promise<void> {
  const name = await findName(db, ingestion);
  if (name === undefined) return;
  const doc = await readText(db, ingestion.fileId);
  const language = guessLanguage(doc.text);
  let count = 0;
  for (const slice of slicesOf(cutPassages(doc), { name, text: doc.text })) {
    await storeSlice(db, ingestion, language, slice);
    count += slice.rows.length;
  }
  await markIndexed(db, ingestion, language, count);
}

async function findName(
  db: Db,
  { fileId, ingestionAttempt }: Ingestion,
): Promise<string | undefined> {
  const isCurrent = and(eq(files.id, fileId), eq(files.ingestionAttempt, ingestionAttempt));
  const [file] = await run(db.select({ name: files.originalName }).from(files).where(isCurrent));
  return file?.name;
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

/**
 * Selects the file if the attempt is its newest, and locks it so that no other can begin during the
 * statement.
 */
const lockedFile = ({ fileId, ingestionAttempt }: Ingestion): SQL => sql`
  SELECT id, user_id FROM files WHERE id = ${fileId}::uuid AND ingestion_attempt = ${ingestionAttempt}::int FOR SHARE`;

async function storeSlice(db: Db, ingestion: Ingestion, language: string, slice: Slice) {
  const rows = slice.rows.map(({ passage }) => passage);
  const passages = sql`
    WITH file AS (${lockedFile(ingestion)})
    INSERT INTO passages (file_id, ordinal, user_id, start_offset, end_offset, page, headings, text)
    SELECT file.id, p.ordinal, file.user_id, p.start, p."end", p.page, p.headings, p.text
    FROM file, json_to_recordset(${JSON.stringify(rows)}::json)
      AS p (ordinal int, start int, "end" int, page int, headings text[], text text)
    ON CONFLICT DO NOTHING`;
  const terms = termsInsert(lockedFile(ingestion), language, slice);
  await batch(db, { passages, terms });
}

/** Makes the file visible to the search. */
async function markIndexed(
  db: Db,
  ingestion: Ingestion,
  language: string,
  count: number,
): Promise<void> {
  const statement = sql`
    WITH file AS (
      UPDATE files SET language = ${language}
      WHERE id = ${ingestion.fileId}::uuid AND ingestion_attempt = ${ingestion.ingestionAttempt}::int
      RETURNING id, user_id
    )
    INSERT INTO indexed_files (file_id, user_id, language, passages)
    SELECT id, user_id, ${language}, ${count}::int FROM file
    ON CONFLICT (file_id) DO UPDATE SET language = excluded.language, passages = excluded.passages`;
  await write(db, statement);
}

/** The statements that delete what is indexed of a file, for the batch that begins a new attempt. */
export function passagesDelete(fileId: string): SQL[] {
  return [
    sql`DELETE FROM indexed_files WHERE file_id = ${fileId}::uuid`,
    sql`DELETE FROM passage_terms WHERE file_id = ${fileId}::uuid`,
    sql`DELETE FROM passages WHERE file_id = ${fileId}::uuid`,
  ];
}
