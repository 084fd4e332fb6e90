/** The job `read`: takes the text out of the next pages of a file, and writes it down. */
import { sql } from "drizzle-orm";
import { type Db, read, readOne, run } from "../../db/client.ts";
import { columnsSql, type RowOfList } from "../../db/columns.ts";
import { files } from "../../db/schema-documents.ts";
import type { Deps } from "../../deps.ts";
import { toIso } from "../../lib/clock.ts";
import { codePointLength } from "../../lib/text.ts";
import type { Reading } from "../retrieval/store.ts";
import { type ExtractedPage, readDocument } from "./extract/extract.ts";
import { kindOfContentType } from "./extract/kind.ts";
import { ExtractionFailure } from "./failures.ts";
import type { FileJob } from "./jobs.ts";
import { objectSource } from "./object-source.ts";
import { isProcessing } from "./queries.ts";

type ReadDeps = Pick<Deps, "db" | "storage" | "clock">;

type ReadJob = Reading & { from: number };

/** Of a PDF, which is opened anew by each message. */
const PAGES_AT_ONCE = 100;

/** What is written at once: parts hold 50,000 code points at most. */
const PARTS_AT_ONCE = 10;

const objectColumns = columnsSql(files, "f", ["filePath", "fileSize", "contentType"]);

/** What is stored of a file before a page: what comes after it may be there already, written by a twin. */
type Progress = RowOfList<typeof objectColumns> & { parts: number; length: number };

/** A part as it is stored; offsets are code points into the whole text. */
type StoredPart = {
  part: number;
  page: number;
  start: number;
  end: number;
  text: string;
  headings: ExtractedPage["headings"];
};

/**
 * Reads from a page on; what is to be done next, undefined where another run counts by now. The same
 * pages give the same rows, so it may run twice, and twice at once. Throws `ExtractionFailure`.
 */
export async function readPages(deps: ReadDeps, job: ReadJob): Promise<FileJob | undefined> {
  const found = await findProgress(deps.db, job);
  if (!found) return undefined;
  const kind = kindOfContentType(found.content_type);
  if (!kind) throw new ExtractionFailure("unsupported_type");
  // What is read in one go is read from its start, whichever page it has come to.
  const progress = kind === "pdf" ? found : { ...found, parts: 0, length: 0 };
  const source = objectSource(deps.storage, progress.file_path, Number(progress.file_size));
  const window = { fromPage: job.from, pages: PAGES_AT_ONCE, textBefore: progress.length };
  const { pageCount, pages } = await readDocument(kind, source, window);
  const end = await storeAll(deps, job, progress, pages);
  if (!end) return undefined;
  const { fileId, ingestionAttempt } = job;
  if (!end.isLast)
    return { step: "read", fileId, ingestionAttempt, from: job.from + PAGES_AT_ONCE };
  await noteEnd(deps, job, { pages: pageCount ?? end.page, length: end.length });
  return { step: "index", fileId, ingestionAttempt, from: 0 };
}

async function findProgress(
  db: Db,
  { fileId, ingestionAttempt, from }: ReadJob,
): Promise<Progress | undefined> {
  return readOne(
    db,
    sql<Progress>`
      SELECT ${objectColumns},
        (SELECT count(*)::int FROM file_pages AS p WHERE p.file_id = f.id AND p.page < ${from}::int) AS parts,
        (SELECT coalesce(max(p.end_offset), 0) FROM file_pages AS p
         WHERE p.file_id = f.id AND p.page < ${from}::int) AS length
      FROM files AS f WHERE f.id = ${fileId} AND f.ingestion_attempt = ${ingestionAttempt}::int AND f.status = 'processing'`,
  );
}

type End = { page: number; length: number; isLast: boolean };

/** Writes the parts as they come; where the reading then stands, undefined where it counts no more. */
async function storeAll(
  deps: ReadDeps,
  reading: Reading,
  { parts, length }: Progress,
  pages: AsyncIterable<ExtractedPage>,
): Promise<End | undefined> {
  const end: End = { page: 1, length, isLast: false };
  let waiting: StoredPart[] = [];
  let part = parts;
  for await (const { page, text, headings, isLast } of pages) {
    const start = end.length;
    Object.assign(end, { page, isLast, length: start + codePointLength(text) });
    waiting.push({
      part: part++,
      page,
      start,
      end: end.length,
      text,
      headings: moved(headings, start),
    });
    if (waiting.length < PARTS_AT_ONCE) continue;
    if (!(await store(deps, reading, waiting))) return undefined;
    waiting = [];
  }
  if (waiting.length > 0 && !(await store(deps, reading, waiting))) return undefined;
  return end;
}

function moved(headings: ExtractedPage["headings"], by: number): ExtractedPage["headings"] {
  return headings.map(({ start, end, level }) => ({ start: start + by, end: end + by, level }));
}

/** One statement, which is a sign of progress too. False where the reading counts no more. */
async function store(
  { db, clock }: ReadDeps,
  { fileId, ingestionAttempt }: Reading,
  parts: StoredPart[],
): Promise<boolean> {
  const rows = await read(
    db,
    sql`
      WITH file AS (
        UPDATE files SET updated_at = ${toIso(new Date(clock()))}::timestamptz
        WHERE id = ${fileId} AND ingestion_attempt = ${ingestionAttempt}::int AND status = 'processing'
        RETURNING id
      ), stored AS (
        INSERT INTO file_pages (file_id, part, page, start_offset, end_offset, text, headings)
        SELECT file.id, p.part, p.page, p.start, p."end", p.text, p.headings
        FROM file, json_to_recordset(${JSON.stringify(parts)}::json)
          AS p (part int, page int, start int, "end" int, text text, headings jsonb)
        ON CONFLICT (file_id, part) DO NOTHING
      )
      SELECT id FROM file`,
  );
  return rows.length > 0;
}

async function noteEnd(
  { db }: ReadDeps,
  attempt: Reading,
  { pages, length }: { pages: number; length: number },
): Promise<void> {
  const counts = { pageCount: pages, textLength: length };
  await run(db.update(files).set(counts).where(isProcessing(attempt)));
}
