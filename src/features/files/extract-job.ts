/** The job `extract`: extracts the text of the next pages of a file, and stores it. */
import { sql } from "drizzle-orm";
import { type Db, read, readOne } from "../../db/client.ts";
import { columnsSql, type RowOfList } from "../../db/columns.ts";
import { files } from "../../db/schema-documents.ts";
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { toIso } from "../../lib/clock.ts";
import { codePointLength } from "../../lib/code-points.ts";
import type { Ingestion } from "../retrieval/indexing/builds.ts";
import { type ReadMail, storeAttachments } from "./attachments.ts";
import { type ExtractedPage, extractDocument } from "./extract/extract.ts";
import { kindOfContentType } from "./extract/kind.ts";
import { ExtractionFailure } from "./failures.ts";
import type { FileJob } from "./jobs.ts";
import { objectSource } from "./object-source.ts";
import { findOcrModel } from "./ocr/transcribe.ts";

type ExtractDeps = Pick<Deps, "db" | "storage" | "clock" | "readCMap" | "model" | "config">;

type ExtractJob = Ingestion & { from: number };

/** PDF pages per queue message; each message opens the PDF again. */
const PAGES_AT_ONCE = 100;

/** Parts per write; a part has at most 50,000 code points. */
const PARTS_AT_ONCE = 10;

const objectColumns = columnsSql(files, "f", [
  "filePath",
  "fileSize",
  "contentType",
  "encoding",
  "userId",
  "parentFileId",
]);

/** What is stored before the job's first page; a concurrent run may have stored later pages. */
type Progress = RowOfList<typeof objectColumns> & {
  user_id: string;
  parts: number;
  length: number;
  /** Pages with text of their own; the others wait to be transcribed. */
  pages_done: number;
};

/** A stored part; offsets are code points into the whole text. */
type StoredPart = {
  part: number;
  page: number | null;
  start: number;
  end: number;
  text: string;
  headings: ExtractedPage["headings"];
  regions: ExtractedPage["regions"];
  unreadable: number;
  is_scanned: boolean;
};

/**
 * Extracts the pages from the job's first one on. Returns the next job; undefined if a newer attempt has
 * begun. May run twice, even at once, because the same pages give the same rows. Throws
 * `ExtractionFailure`.
 */
export async function extractPages(
  env: Env,
  deps: ExtractDeps,
  job: ExtractJob,
): Promise<FileJob | undefined> {
  const found = await findProgress(deps.db, job);
  if (!found) return undefined;
  const kind = kindOfContentType(found.content_type);
  if (!kind) throw new ExtractionFailure("unsupported_type");
  // Formats other than PDF are always extracted from the start.
  const progress = kind === "pdf" ? found : { ...found, parts: 0, length: 0, pages_done: 0 };
  const source = objectSource(deps.storage, progress.file_path, Number(progress.file_size));
  const window = {
    fromPage: job.from,
    pages: PAGES_AT_ONCE,
    textBefore: progress.length,
    encoding: progress.encoding ?? undefined,
    readCMap: deps.readCMap,
    mayLackText: findOcrModel(deps) !== undefined,
  };
  const { pageCount, pages } = await extractDocument(kind, source, window);
  const end = await storeAll(deps, { ...job, pageCount: pageCount ?? null }, progress, pages);
  if (!end) return undefined;
  const { fileId, ingestionAttempt } = job;
  if (!end.isLast)
    return { step: "extract", fileId, ingestionAttempt, from: job.from + PAGES_AT_ONCE };
  if (kind === "mail") await storeAttachments(env, deps, mailOf(job, found));
  const saved = await saveCounts(deps.db, job, { pages: pageCount ?? end.page, ...end });
  if (!saved) return undefined;
  const hasScans = window.mayLackText && saved.scanned_pages > 0;
  if (window.mayLackText && !hasScans && !saved.has_text) throw new ExtractionFailure("empty");
  return { step: hasScans ? "ocr" : "index", fileId, ingestionAttempt, from: 0 };
}

function mailOf({ fileId, ingestionAttempt }: ExtractJob, progress: Progress): ReadMail {
  return {
    fileId,
    ingestionAttempt,
    ownerId: progress.user_id,
    parentFileId: progress.parent_file_id,
    path: progress.file_path,
    sizeBytes: Number(progress.file_size),
  };
}

async function findProgress(
  db: Db,
  { fileId, ingestionAttempt, from }: ExtractJob,
): Promise<Progress | undefined> {
  return readOne(
    db,
    sql<Progress>`
      SELECT ${objectColumns},
        (SELECT count(*)::int FROM file_pages AS p WHERE p.file_id = f.id AND p.page < ${from}::int) AS parts,
        (SELECT coalesce(max(p.end_offset), 0) FROM file_pages AS p
         WHERE p.file_id = f.id AND p.page < ${from}::int) AS length,
        (SELECT count(DISTINCT p.page)::int FROM file_pages AS p
         WHERE p.file_id = f.id AND p.page < ${from}::int AND NOT p.is_scanned) AS pages_done
      FROM files AS f WHERE f.id = ${fileId} AND f.ingestion_attempt = ${ingestionAttempt}::int AND f.status = 'processing'`,
  );
}

type End = { page: number | null; length: number; isLast: boolean };

/** The state of the text's extraction; null where it is unknown. */
type PageCounts = { pageCount: number | null; pagesDone: number | null };

/**
 * Stores the parts as they are extracted. Returns the end of the text; undefined if a newer attempt has
 * begun.
 */
async function storeAll(
  deps: ExtractDeps,
  ingestion: Ingestion & Pick<PageCounts, "pageCount">,
  { parts, length, pages_done: doneBefore }: Progress,
  pages: AsyncIterable<ExtractedPage>,
): Promise<End | undefined> {
  const end: End = { page: 1, length, isLast: false };
  let waiting: StoredPart[] = [];
  let part = parts;
  const done = new DonePages(doneBefore);
  const storeWaiting = () =>
    store(deps, ingestion, { ...ingestion, pagesDone: done.count }, waiting);
  for await (const { page, text, headings, regions, unreadable, isScanned, isLast } of pages) {
    const start = end.length;
    done.add(page, isScanned);
    Object.assign(end, { page, isLast, length: start + codePointLength(text) });
    waiting.push({
      part: part++,
      page,
      start,
      end: end.length,
      text,
      headings: shift(headings, start),
      regions: shift(regions, start),
      unreadable,
      is_scanned: isScanned,
    });
    if (waiting.length < PARTS_AT_ONCE) continue;
    if (!(await storeWaiting())) return undefined;
    waiting = [];
  }
  if (waiting.length > 0 && !(await storeWaiting())) return undefined;
  return end;
}

/** Counts the pages that need no transcription; a page may come in several parts. */
class DonePages {
  #count: number;
  #last: number | null = null;

  constructor(countBefore: number) {
    this.#count = countBefore;
  }

  add(page: number | null, isScanned: boolean): void {
    if (isScanned || page === this.#last) return;
    this.#last = page;
    this.#count++;
  }

  /** Null while the document has shown no page numbers. */
  get count(): number | null {
    return this.#last === null && this.#count === 0 ? null : this.#count;
  }
}

function shift<T extends { start: number; end: number }>(ranges: readonly T[], by: number): T[] {
  return ranges.map((range) => ({ ...range, start: range.start + by, end: range.end + by }));
}

/** Stores the parts, the counts and the time of the last progress. False if a newer attempt has begun. */
async function store(
  { db, clock }: ExtractDeps,
  { fileId, ingestionAttempt }: Ingestion,
  { pageCount, pagesDone }: PageCounts,
  parts: StoredPart[],
): Promise<boolean> {
  const rows = await read(
    db,
    sql`
      WITH file AS (
        UPDATE files SET updated_at = ${toIso(new Date(clock()))}::timestamptz,
          page_count = coalesce(${pageCount}::int, page_count),
          pages_done = greatest(pages_done, ${pagesDone}::int)
        WHERE id = ${fileId} AND ingestion_attempt = ${ingestionAttempt}::int AND status = 'processing'
        RETURNING id
      ), stored AS (
        INSERT INTO file_pages (file_id, part, page, start_offset, end_offset, text, headings, regions, unreadable, is_scanned)
        SELECT file.id, p.part, p.page, p.start, p."end", p.text, p.headings, p.regions, p.unreadable, p.is_scanned
        FROM file, json_to_recordset(${JSON.stringify(parts)}::json)
          AS p (part int, page int, start int, "end" int, text text, headings jsonb, regions jsonb, unreadable int, is_scanned boolean)
        ON CONFLICT (file_id, part) DO NOTHING
      )
      SELECT id FROM file`,
  );
  return rows.length > 0;
}

type Saved = { scanned_pages: number; has_text: boolean };

/** Undefined if a newer attempt has begun. */
async function saveCounts(
  db: Db,
  { fileId, ingestionAttempt }: Ingestion,
  { pages, length }: { pages: number | null; length: number },
): Promise<Saved | undefined> {
  return readOne(
    db,
    sql<Saved>`
      UPDATE files AS f SET page_count = ${pages}::int, text_length = ${length}::int, scanned_pages = c.scanned,
        pages_done = ${pages}::int - c.scanned, pages_failed = 0, unreadable = c.unreadable
      FROM (
        SELECT count(*) FILTER (WHERE p.is_scanned)::int AS scanned, coalesce(sum(p.unreadable), 0)::int AS unreadable,
          coalesce(bool_or(p.text ~ '\\S'), false) AS has_text
        FROM file_pages AS p WHERE p.file_id = ${fileId}::uuid
      ) AS c
      WHERE f.id = ${fileId}::uuid AND f.ingestion_attempt = ${ingestionAttempt}::int AND f.status = 'processing'
      RETURNING f.scanned_pages, c.has_text`,
  );
}
