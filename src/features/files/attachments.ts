/** Stores each supported attachment of a mail as a separate file, and starts its ingestion. */
import { sql } from "drizzle-orm";
import { type Db, batch } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { toIso } from "../../lib/clock.ts";
import { sha256Hex } from "../../lib/sha256.ts";
import { beginIngestion } from "./begin-ingestion.ts";
import { contentTypeOf, type FileKind } from "./extract/kind.ts";
import { type MailAttachment, parseMail } from "./extract/mail/mail.ts";
import { objectSource } from "./object-source.ts";
import { fileColumns, type FileRow, keyOf } from "./queries.ts";

type AttachDeps = Pick<Deps, "db" | "storage" | "clock">;

/** The mail and its current ingestion attempt. */
export type ReadMail = {
  fileId: string;
  ownerId: string;
  ingestionAttempt: number;
  /** The file id of the mail that this mail is attached to; null for a mail that was uploaded. */
  parentFileId: string | null;
  path: string;
  sizeBytes: number;
};

/** Longer than an upload to storage takes. A row that is pending for longer is left over from a crash. */
const STORE_TIMEOUT_MS = 15 * 60_000;

/**
 * Stores the supported attachments of a mail, and starts their ingestion. Idempotent, also for concurrent calls,
 * because the ids are derived from the id of the mail. Stores nothing if a newer ingestion attempt has begun.
 */
export async function storeAttachments(env: Env, deps: AttachDeps, mail: ReadMail): Promise<void> {
  const { attachments } = await parseMail(objectSource(deps.storage, mail.path, mail.sizeBytes));
  for (const [index, attachment] of attachments.entries()) {
    const { kind } = attachment;
    if (kind) await storeAttachment(env, deps, mail, { ...attachment, kind, index });
  }
}

/** The most attachments of an uploaded mail, including those of attached mails, and their total size. */
const MOST_FILES = 100;
const LARGEST_TOTAL_BYTES = 100 * 1024 * 1024;

type Stored = MailAttachment & { kind: FileKind; index: number };

async function storeAttachment(
  env: Env,
  deps: AttachDeps,
  mail: ReadMail,
  attachment: Stored,
): Promise<void> {
  const sha256 = await sha256Hex(attachment.bytes);
  const row = await insert(deps, mail, { ...attachment, sha256 });
  if (row?.status !== "pending") return;
  const { kind, bytes } = attachment;
  await deps.storage.put(row.file_path, bytes, { contentType: contentTypeOf(kind), sha256 });
  await beginIngestion(env, deps, row, { kind, sha256 });
}

/** Returns the new or existing row; undefined if a limit is reached or a newer ingestion attempt has begun. */
async function insert(
  { db, clock }: { db: Db; clock: Deps["clock"] },
  { fileId, ownerId, ingestionAttempt, parentFileId }: ReadMail,
  { index, name, kind, bytes, sha256 }: Stored & { sha256: string },
): Promise<FileRow | undefined> {
  const id = await idOf(fileId, index);
  const now = clock();
  const at = toIso(new Date(now));
  const expiresAt = toIso(new Date(now + STORE_TIMEOUT_MS));
  // The attachments of an attached mail belong to the outermost mail.
  const parentId = parentFileId ?? fileId;
  const { found } = await batch(db, {
    inserted: sql`
        INSERT INTO files (id, user_id, original_name, file_path, file_url, file_size, content_type, status,
          sha256, parent_file_id, upload_expires_at, created_at, updated_at)
        SELECT ${id}::uuid, mail.user_id, ${name}, ${keyOf(id)}, ${`/files/${id}/content`},
          ${bytes.byteLength}::bigint, ${contentTypeOf(kind)}, 'pending', ${sha256}, ${parentId}::uuid,
          ${expiresAt}::timestamptz, ${at}::timestamptz, ${at}::timestamptz
        FROM files AS mail
        WHERE mail.id = ${fileId}::uuid AND mail.user_id = ${ownerId}::uuid AND mail.status = 'processing'
          AND mail.ingestion_attempt = ${ingestionAttempt}::int
          AND (SELECT count(*) < ${MOST_FILES}::int
              AND coalesce(sum(other.file_size), 0) + ${bytes.byteLength}::bigint <= ${LARGEST_TOTAL_BYTES}::bigint
            FROM files AS other WHERE other.parent_file_id = ${parentId}::uuid)
        ON CONFLICT (id) DO NOTHING`,
    linked: sql`
        INSERT INTO chat_files (chat_id, file_id)
        SELECT cf.chat_id, f.id FROM chat_files AS cf JOIN files AS f ON f.id = ${id}::uuid
        WHERE cf.file_id = ${fileId}::uuid AND f.user_id = ${ownerId}::uuid
        ON CONFLICT DO NOTHING`,
    found: sql<FileRow>`
        SELECT ${fileColumns} FROM files AS f WHERE f.id = ${id}::uuid AND f.user_id = ${ownerId}::uuid`,
  });
  return found.rows[0];
}

/** The id of an attachment, derived by a hash (UUID version 8, RFC 9562), so that retries get the same id. */
async function idOf(fileId: string, index: number): Promise<string> {
  const name = new TextEncoder().encode(`${fileId}/attachments/${index}`);
  const hash = await sha256Hex(new Uint8Array(name));
  const variant = ((parseInt(hash.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    variant + hash.slice(17, 20),
    hash.slice(20, 32),
  ].join("-");
}
