/** SQL for the transcription of scanned pages. A claim ensures that one page of a file is transcribed at a time. */
import { sql, type SQL } from "drizzle-orm";
import { batch, type Db, write } from "../../../db/client.ts";
import { columnsSql, type RowOf, type RowOfList } from "../../../db/columns.ts";
import { filePages, files } from "../../../db/schema-documents.ts";
import type { TextRegion } from "../../../lib/text-regions.ts";
import type { Ingestion } from "../../retrieval/indexing/builds.ts";
import type { Budgets } from "../../../env.ts";
import { exhaustedSql } from "../../usage/exhausted.ts";
import { type NewUsage, usageInsert } from "../../usage/queries.ts";

/** The most attempts at a page. After that, it stays without text. */
export const MOST_TRIES = 3;
/** The most pages of a file that are transcribed; the rest stay without text. */
export const MOST_PAGES = 500;
/** The failure count that marks a page as permanently failed. */
export const LASTING_FAILURE = 99;
/** The duration of a claim: longer than a call may take, so the job of an expired claim has crashed. */
const CLAIM_MS = 150_000;

/** `usageId`: the id of the future usage row, which also identifies the claim. `at`: ISO 8601. */
export type PageCall = Ingestion & { usageId: string; at: string };

const fileColumns = columnsSql(files, "f", [
  "userId",
  "originalName",
  "filePath",
  "fileSize",
  "contentType",
  "pageCount",
]);
const pageColumns = columnsSql(filePages, "p", ["part", "page", "ocrFailures"]);

/** A page claimed by this job. `ocr_failures` counts its failed and lost attempts. */
export type ClaimedPage = RowOfList<typeof fileColumns> &
  RowOfList<typeof pageColumns> & {
    user_id: string;
    /** The id for the usage row of a lost attempt; null if there is none. */
    lost_id: RowOf<typeof filePages>["ocr_call_id"];
  };

/** Matches pages that are still to be transcribed. */
const pending = sql`p.is_scanned AND p.source = 'text' AND p.ocr_failures < ${MOST_TRIES}::int`;

const isCurrent = ({ fileId, ingestionAttempt }: Ingestion): SQL => sql`
  f.id = ${fileId}::uuid AND f.ingestion_attempt = ${ingestionAttempt}::int AND f.status = 'processing'`;

/**
 * Claims the next page; failed pages come last. Returns "none" if no page is left, and "busy" if another job has
 * a claim or the ingestion attempt has ended. Takes over an expired claim. `isExhausted`: the budget of the owner is
 * used up.
 */
export async function claimPage(
  db: Db,
  call: PageCall,
  defaults: Budgets,
): Promise<{ page: ClaimedPage | "none" | "busy"; isExhausted: boolean }> {
  const { claimed, exhausted } = await batch(db, {
    claimed: claim(call),
    exhausted: exhaustedSql(
      { userId: sql`SELECT user_id FROM files WHERE id = ${call.fileId}::uuid`, keyId: null },
      { defaults, at: call.at },
    ),
  });
  return { page: toPage(claimed.rows[0]), isExhausted: exhausted.rows.length > 0 };
}

type ClaimRow = { has_pages: boolean } & (ClaimedPage | { part: null });

function toPage(row: ClaimRow | undefined): ClaimedPage | "none" | "busy" {
  if (!row) return "busy";
  if (row.part !== null) return row;
  return row.has_pages ? "busy" : "none";
}

function claim(call: PageCall): SQL<ClaimRow> {
  const { usageId, at } = call;
  const isFree = sql`(p.ocr_call_id IS NULL OR p.ocr_call_id = ${usageId}::uuid OR p.ocr_call_expires_at <= ${at}::timestamptz)`;
  const until = sql`${at}::timestamptz + ${CLAIM_MS}::int * interval '1 millisecond'`;
  return sql<ClaimRow>`
      WITH file AS (
        UPDATE files AS f SET updated_at = ${at}::timestamptz WHERE ${isCurrent(call)} RETURNING f.*
      ), next AS (
        SELECT p.part, nullif(p.ocr_call_id, ${usageId}::uuid) AS lost_id
        FROM file JOIN file_pages AS p ON p.file_id = file.id
        WHERE ${pending} AND (
          SELECT count(*) FROM file_pages AS d WHERE d.file_id = file.id
            AND (d.source = 'ocr' OR d.ocr_failures >= ${MOST_TRIES}::int)) < ${MOST_PAGES}::int
        ORDER BY p.ocr_failures, p.part LIMIT 1
      ), claimed AS (
        UPDATE file_pages AS p SET ocr_call_id = ${usageId}::uuid, ocr_call_expires_at = ${until},
          ocr_failures = p.ocr_failures + (next.lost_id IS NOT NULL)::int
        FROM file, next
        WHERE p.file_id = file.id AND p.part = next.part AND p.source = 'text' AND ${isFree}
          AND NOT EXISTS (SELECT FROM file_pages AS o WHERE o.file_id = file.id AND o.part <> next.part
            AND o.ocr_call_expires_at > ${at}::timestamptz)
        RETURNING p.*, next.lost_id
      )
      SELECT ${fileColumns}, ${pageColumns}, p.lost_id, EXISTS (SELECT FROM next) AS has_pages
      FROM file AS f LEFT JOIN claimed AS p ON true`;
}

/** Releases a claim without counting an attempt. */
export async function releasePage(db: Db, { fileId, usageId }: PageCall): Promise<void> {
  await write(
    db,
    sql`
      UPDATE file_pages SET ocr_call_id = NULL, ocr_call_expires_at = NULL
      WHERE file_id = ${fileId}::uuid AND ocr_call_id = ${usageId}::uuid`,
  );
}

/**
 * The text of a page, or a failed attempt. `last`: do not retry this page (`page`), or any page of this
 * ingestion (`file`).
 */
export type PageOutcome =
  | { text: string; regions: TextRegion[] }
  | { failure: string; last?: "page" | "file" };

/**
 * Saves the outcome and the usage in one batch; only the usage if the claim was lost. Returns the number of
 * failures of the next page; undefined if no page is left.
 */
export async function savePage(
  db: Db,
  call: PageCall & { part: number },
  outcome: PageOutcome,
  usage: readonly NewUsage[],
): Promise<number | undefined> {
  const { next } = await batch(db, {
    saved: "failure" in outcome ? countFailure(call, outcome) : storeText(call, outcome),
    done: countDone(call),
    paid: usage.map((attempt) => usageInsert(attempt)),
    next: sql<{ failures: number | null }>`
      SELECT min(p.ocr_failures) AS failures FROM file_pages AS p
      WHERE p.file_id = ${call.fileId}::uuid AND ${pending}`,
  });
  return next.rows[0]?.failures ?? undefined;
}

const NO_CLAIM = sql.raw("ocr_call_id = NULL, ocr_call_expires_at = NULL");

/** Stores the transcription. The text that was extracted before, such as a stamp, follows it. */
function storeText(
  { fileId, part, usageId }: PageCall & { part: number },
  { text, regions }: Extract<PageOutcome, { text: string }>,
): SQL {
  const by = sql`char_length(${text})`;
  const found = moveRanges(sql`${JSON.stringify(regions)}::jsonb`, sql`p.start_offset`);
  return sql`
    UPDATE file_pages AS p SET ${NO_CLAIM}, source = 'ocr', text = ${text} || p.text,
      is_scanned = ${text.trim() === ""}::boolean, headings = ${moveRanges(sql`p.headings`, by)},
      regions = ${found} || ${moveRanges(sql`p.regions`, by)}
    WHERE p.file_id = ${fileId}::uuid AND p.part = ${part}::int AND p.ocr_call_id = ${usageId}::uuid
      AND p.source = 'text'`;
}

/** Counts a failure of this page, and of all pending pages if `last` is `file`. */
function countFailure(
  { fileId, part, usageId }: PageCall & { part: number },
  { last }: Extract<PageOutcome, { failure: string }>,
): SQL {
  const final = last === "page" ? LASTING_FAILURE : MOST_TRIES;
  const failures = last ? sql`${final}::int` : sql`p.ocr_failures + 1`;
  return sql`
    UPDATE file_pages AS p SET ${NO_CLAIM}, ocr_failures = ${failures}
    FROM file_pages AS c
    WHERE c.file_id = ${fileId}::uuid AND c.part = ${part}::int AND c.ocr_call_id = ${usageId}::uuid
      AND p.file_id = c.file_id AND (p.part = c.part OR (${last === "file"}::boolean AND ${pending}))`;
}

/** Updates the progress, and resets `resume_count`, so that crashes of different pages do not add up. */
function countDone({ at, ...ingestion }: PageCall): SQL {
  return sql`
    UPDATE files AS f SET updated_at = ${at}::timestamptz, resume_count = 0, pages_done = f.page_count - (
      SELECT count(*)::int FROM file_pages AS p WHERE p.file_id = f.id AND p.is_scanned AND p.source = 'text')
    WHERE ${isCurrent(ingestion)}`;
}

/** Shifts the ranges of a JSON column by a number of code points. */
function moveRanges(ranges: SQL, by: SQL): SQL {
  return sql`(
    SELECT coalesce(jsonb_agg(r.range || jsonb_build_object('start', (r.range ->> 'start')::int + ${by},
      'end', (r.range ->> 'end')::int + ${by}) ORDER BY r.ordinal), '[]')
    FROM jsonb_array_elements(${ranges}) WITH ORDINALITY AS r (range, ordinal))`;
}

/** The totals of a file after its transcription. `text_length`: code points. */
type Transcribed = { text_length: number; has_text: boolean; pages_failed: number };

/**
 * Recomputes the offsets of all pages in the text of the document, and saves the totals. Idempotent. Returns
 * undefined if the ingestion attempt has ended.
 */
export async function settlePages(db: Db, ingestion: Ingestion): Promise<Transcribed | undefined> {
  const { settled } = await batch(db, {
    moved: movePages(ingestion),
    settled: sql<Transcribed>`
      UPDATE files AS f SET text_length = c.length, scanned_pages = c.scanned, pages_failed = c.failed,
        pages_done = f.page_count - c.failed
      FROM (
        SELECT coalesce(max(p.end_offset), 0) AS length, coalesce(bool_or(p.text ~ '\\S'), false) AS has_text,
          count(*) FILTER (WHERE p.is_scanned)::int AS scanned,
          count(*) FILTER (WHERE p.is_scanned AND p.source = 'text')::int AS failed
        FROM file_pages AS p WHERE p.file_id = ${ingestion.fileId}::uuid
      ) AS c
      WHERE ${isCurrent(ingestion)}
      RETURNING f.text_length, f.pages_failed, c.has_text`,
  });
  return settled.rows[0];
}

function movePages(ingestion: Ingestion): SQL {
  const by = sql`(s.start - p.start_offset)`;
  return sql`
    UPDATE file_pages AS p SET start_offset = s.start, end_offset = s.start + s.length,
      headings = ${moveRanges(sql`p.headings`, by)}, regions = ${moveRanges(sql`p.regions`, by)}
    FROM (
      SELECT o.part, char_length(o.text) AS length,
        (sum(char_length(o.text)) OVER (ORDER BY o.part) - char_length(o.text))::int AS start
      FROM file_pages AS o WHERE o.file_id = ${ingestion.fileId}::uuid
    ) AS s
    WHERE p.file_id = ${ingestion.fileId}::uuid AND p.part = s.part
      AND (p.start_offset <> s.start OR p.end_offset <> s.start + s.length)
      AND EXISTS (SELECT FROM files AS f WHERE ${isCurrent(ingestion)})`;
}
