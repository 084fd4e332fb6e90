/** Documents for tests: ingested, or at some point of ingestion. */
import type { SignedIn } from "./client.ts";
import { query } from "./postgres.ts";

export type Status = "pending" | "processing" | "ready" | "failed";

type How = { name?: string; status?: Status };

/** Writes a file with these pages straight into the database; returns its id. */
export async function newDocument(
  of: SignedIn,
  pages: string[],
  { name = "lease.pdf", status = "ready" }: How = {},
): Promise<string> {
  const id = crypto.randomUUID();
  await query(
    `INSERT INTO files (id, user_id, original_name, file_path, file_url, file_size, content_type, status,
       processed, failure_code, ingestion_attempt, created_at)
     VALUES ($1, $2, $3, $4, $5, 1, 'text/plain', $6, false, $7, 1, now())`,
    [
      id,
      of.user.id,
      name,
      `files/${id}`,
      `/files/${id}/content`,
      status,
      status === "failed" ? "damaged" : null,
    ],
  );
  await writePages(id, pages);
  if (status === "ready") await setStatus(id, "ready");
  return id;
}

/** What ingestion stores of a file. */
async function writePages(id: string, pages: string[]): Promise<void> {
  let start = 0;
  const rows = pages.map((text, part) => {
    const end = start + Array.from(text).length;
    const row = { part, page: part + 1, start, end, text };
    start = end;
    return row;
  });
  await query(
    `INSERT INTO file_pages (file_id, part, page, start_offset, end_offset, text)
     SELECT $1::uuid, r.part, r.page, r.start, r."end", r.text
     FROM json_to_recordset($2::json) AS r (part int, page int, start int, "end" int, text text)`,
    [id, JSON.stringify(rows)],
  );
}

/** Changes the status of a file, as ingestion does. */
export async function setStatus(id: string, status: Status): Promise<void> {
  await query(
    `UPDATE files SET status = $2, processed = $2 = 'ready', failure_code = $3,
       page_count = p.pages, text_length = p.length, updated_at = now()
     FROM (SELECT count(*) AS pages, coalesce(max(end_offset), 0) AS length FROM file_pages WHERE file_id = $1) AS p
     WHERE id = $1`,
    [id, status, status === "failed" ? "damaged" : null],
  );
}

/** The text of a file between two offsets, as Postgres counts characters. */
export async function textBetween(id: string, start: number, end: number): Promise<string | null> {
  const [row] = await query(
    `SELECT substr(string_agg(text, '' ORDER BY part), $2::int + 1, $3::int - $2::int) AS text
     FROM file_pages WHERE file_id = $1`,
    [id, start, end],
  );
  return row?.text ?? null;
}

/** Records that a file is attached in a chat. */
export async function attach(chatId: string, fileId: string): Promise<void> {
  await query("INSERT INTO chat_files (chat_id, file_id) VALUES ($1, $2)", [chatId, fileId]);
}
