/** Imports files: their objects stay under their keys, and their ingestion begins anew by the cron. */
import { sql } from "drizzle-orm";
import type { Db } from "../../src/db/client.ts";
import { contentTypeOf, kindOfContentType } from "../../src/features/files/extract/kind.ts";
import { baseNameOf } from "../../src/features/files/file-name.ts";
import { toNewId } from "./ids.ts";
import { type Inserted, insertRows } from "./insert.ts";
import { type OldRow, readTable, type Source } from "./source.ts";
import type { Tally } from "./tally.ts";
import { cutTo } from "./text.ts";

const COLUMNS = [
  "id",
  "user_id",
  "original_name",
  "file_path",
  "file_size",
  "content_type",
  "created_at",
] as const;

const LONGEST_NAME = 255;

export async function importFiles(source: Source, db: Db, tally: Tally, now: string) {
  for await (const portion of readTable(source, {
    table: "files",
    columns: COLUMNS,
    orderBy: "t.id",
  })) {
    tally.seen += portion.length;
    const rows = portion.flatMap((row) => toFile(row, tally, now) ?? []);
    await insertRows(db, { rows, tally, statement, otherwise: "its user was not imported" });
  }
}

function toFile(row: OldRow<(typeof COLUMNS)[number]>, tally: Tally, now: string) {
  const old_id = row.id ?? "";
  const file_path = toKey(row.file_path ?? "");
  if (!file_path) return tally.leaveOut("it has no key in the bucket", old_id);
  const file_size = Number(row.file_size);
  if (!(file_size > 0)) return tally.leaveOut("its size is unknown, or zero", old_id);
  const notes: string[] = [];
  const name = row.original_name?.trim() || baseNameOf(file_path) || old_id;
  const content_type = toContentType(row.content_type ?? "", name);
  const isReadable = kindOfContentType(content_type) !== undefined;
  if (!isReadable) notes.push("its type is not supported; it was stored as failed");
  const id = toNewId("files", old_id);
  return {
    id,
    old_id,
    notes,
    user_id: toNewId("users", row.user_id ?? ""),
    original_name: cutTo(name, LONGEST_NAME, () => notes.push("the name was cut")),
    file_path,
    file_url: `/files/${id}/content`,
    file_size,
    content_type,
    status: isReadable ? "processing" : "failed",
    failure_code: isReadable ? null : "unsupported_type",
    created_at: row.created_at ?? now,
  };
}

/** The key of a path, or of an `s3://` or `https://` URL of an object. */
function toKey(path: string): string {
  const url = /^(?:s3:\/\/[^/]+|https?:\/\/[^/]+)\/([^?#]+)/i.exec(path)?.[1];
  return (url === undefined ? path : decode(url)).replace(/^\/+/, "");
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const TYPES: Record<string, string> = {
  pdf: contentTypeOf("pdf"),
  docx: contentTypeOf("docx"),
  xlsx: contentTypeOf("xlsx"),
  odt: contentTypeOf("odt"),
  eml: contentTypeOf("mail"),
  txt: contentTypeOf("text"),
  md: contentTypeOf("markdown"),
  html: contentTypeOf("html"),
  htm: contentTypeOf("html"),
  csv: contentTypeOf("csv"),
  png: contentTypeOf("png"),
  jpg: contentTypeOf("jpeg"),
  jpeg: contentTypeOf("jpeg"),
  webp: contentTypeOf("webp"),
  tif: contentTypeOf("tiff"),
  tiff: contentTypeOf("tiff"),
};

/** Older rows often say `application/octet-stream`: then the name decides. */
function toContentType(declared: string, name: string): string {
  const kind = kindOfContentType(declared);
  if (kind) return contentTypeOf(kind);
  const extension = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return TYPES[extension] ?? (declared || "application/octet-stream");
}

/** As an ingestion that has stalled for long: the cron resumes it within minutes. */
const statement = (json: string) => sql<Inserted>`
  WITH given AS (
    SELECT * FROM json_to_recordset(${json}::json) AS r (id uuid, user_id uuid, original_name text, file_path text,
      file_url text, file_size bigint, content_type text, status text, failure_code text, created_at timestamptz)
  ), inserted AS (
    INSERT INTO files (id, user_id, original_name, file_path, file_url, file_size, content_type, status, failure_code,
      ingestion_attempt, created_at, updated_at)
    SELECT g.id, u.id, g.original_name, g.file_path, g.file_url, g.file_size, g.content_type, g.status, g.failure_code,
      1, g.created_at, 'epoch'
    FROM given AS g JOIN users AS u ON u.id = g.user_id
    ON CONFLICT DO NOTHING RETURNING id
  )
  SELECT id, true AS is_new FROM inserted
  UNION ALL SELECT f.id, false FROM files AS f JOIN given USING (id)`;
