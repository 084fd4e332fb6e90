/** What is attached to a mail: each document of it becomes a file of its own, and is ingested. */
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

/** The mail, and the attempt that reads it. */
export type ReadMail = {
  fileId: string;
  ownerId: string;
  ingestionAttempt: number;
  /** The mail that this one was attached to. */
  parentFileId: string | null;
  path: string;
  sizeBytes: number;
};

/** Longer than the storing of one takes: a row that waits longer was left by a crash. */
const STORE_TIMEOUT_MS = 15 * 60_000;

/**
 * Stores the documents of a mail, and begins to ingest them. Their ids come from that of the mail, so it may
 * run twice, even at once. Nothing is stored where a newer attempt has begun.
 */
export async function storeAttachments(env: Env, deps: AttachDeps, mail: ReadMail): Promise<void> {
  const { attachments } = await parseMail(objectSource(deps.storage, mail.path, mail.sizeBytes));
  for (const [index, attachment] of attachments.entries()) {
    const { kind } = attachment;
    if (kind) await storeAttachment(env, deps, mail, { ...attachment, kind, index });
  }
}

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

/** The row, new or of a run before; undefined where there is none to be. */
async function insert(
  { db, clock }: { db: Db; clock: Deps["clock"] },
  { fileId, ownerId, ingestionAttempt, parentFileId }: ReadMail,
  { index, name, kind, bytes, sha256 }: Stored & { sha256: string },
): Promise<FileRow | undefined> {
  const id = await idOf(fileId, index);
  const now = clock();
  const at = toIso(new Date(now));
  const expiresAt = toIso(new Date(now + STORE_TIMEOUT_MS));
  // All documents of a mail within a mail hang on the outermost.
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

/** The same for the same attachment, and no one can guess or choose it (RFC 9562, version 8). */
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
