/** The job `read`: takes the text out of the next pages of a file, and writes it down. */
import { sql } from "drizzle-orm";
import { type Db, repeatable } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import { toIso } from "../../lib/clock.ts";
import { codePointLength } from "../../lib/text.ts";
import { type ExtractedPage, readDocument } from "./extract/extract.ts";
import { kindOfContentType } from "./extract/kind.ts";
import { ExtractionFailure } from "./failures.ts";
import type { FileJob } from "./jobs.ts";
import { objectSource } from "./object-source.ts";

type ReadDeps = Pick<Deps, "db" | "storage" | "clock">;
export type Reading = { fileId: string; run: number };
type ReadJob = Reading & { from: number };

/** Of a PDF, which is opened anew by each message. */
const PAGES_AT_ONCE = 100;

/** What is written at once: parts hold 50,000 code points at most. */
const PARTS_AT_ONCE = 10;

/** Where a reading stands before a page: what comes after it may be there already, written by a twin. */
type Place = { path: string; size: string; content_type: string; parts: number; length: number };

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
  const found = await findPlace(deps.db, job);
  if (!found) return undefined;
  const kind = kindOfContentType(found.content_type);
  if (!kind) throw new ExtractionFailure("unsupported_type");
  // What is read in one go is read from its start, whichever page it has come to.
  const place = kind === "pdf" ? found : { ...found, parts: 0, length: 0 };
  const source = objectSource(deps.storage, place.path, Number(place.size));
  const window = { fromPage: job.from, pages: PAGES_AT_ONCE, textBefore: place.length };
  const { pageCount, pages } = await readDocument(kind, source, window);
  const end = await storeAll(deps, job, place, pages);
  if (!end) return undefined;
  const { fileId, run } = job;
  if (!end.isLast) return { step: "read", fileId, run, from: job.from + PAGES_AT_ONCE };
  await noteEnd(deps, job, { pages: pageCount ?? end.page, length: end.length });
  return { step: "index", fileId, run, from: 0 };
}

async function findPlace(db: Db, { fileId, run, from }: ReadJob): Promise<Place | undefined> {
  const { rows } = await repeatable(() =>
    db.execute<Place>(sql`
      SELECT f.file_path AS path, f.file_size AS size, f.content_type,
        (SELECT count(*)::int FROM file_pages AS p WHERE p.file_id = f.id AND p.page < ${from}::int) AS parts,
        (SELECT coalesce(max(p.end_offset), 0) FROM file_pages AS p
         WHERE p.file_id = f.id AND p.page < ${from}::int) AS length
      FROM files AS f WHERE f.id = ${fileId} AND f.ingestion_attempt = ${run}::int AND f.status = 'processing'`),
  );
  return rows[0];
}

type End = { page: number; length: number; isLast: boolean };

/** Writes the parts as they come; where the reading then stands, undefined where it counts no more. */
async function storeAll(
  deps: ReadDeps,
  reading: Reading,
  { parts, length }: Place,
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
  { fileId, run }: Reading,
  parts: StoredPart[],
): Promise<boolean> {
  const { rows } = await repeatable(() =>
    db.execute(sql`
      WITH file AS (
        UPDATE files SET updated_at = ${toIso(new Date(clock()))}::timestamptz
        WHERE id = ${fileId} AND ingestion_attempt = ${run}::int AND status = 'processing'
        RETURNING id
      ), stored AS (
        INSERT INTO file_pages (file_id, part, page, start_offset, end_offset, text, headings)
        SELECT file.id, p.part, p.page, p.start, p."end", p.text, p.headings
        FROM file, json_to_recordset(${JSON.stringify(parts)}::json)
          AS p (part int, page int, start int, "end" int, text text, headings jsonb)
        ON CONFLICT (file_id, part) DO NOTHING
      )
      SELECT id FROM file`),
  );
  return rows.length > 0;
}

async function noteEnd(
  { db }: ReadDeps,
  { fileId, run }: Reading,
  { pages, length }: { pages: number; length: number },
): Promise<void> {
  await repeatable(() =>
    db.execute(sql`
      UPDATE files SET page_count = ${pages}::int, text_length = ${length}::int
      WHERE id = ${fileId} AND ingestion_attempt = ${run}::int AND status = 'processing'`),
  );
}
