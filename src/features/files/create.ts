/** Creates the row of a file before any byte is stored, so that every object has one. */
import { and, eq, sql, type SQL } from "drizzle-orm";
import { batch, type Db } from "../../db/client.ts";
import { violates } from "../../db/errors.ts";
import {
  batchUnderKey,
  type Claim,
  type IdempotencyKey,
  idUnder,
  keyIsFree,
} from "../../db/idempotency-keys.ts";
import { files } from "../../db/schema-documents.ts";
import { Problem } from "../../lib/problem.ts";
import { fileColumns, type FileRow, keyOf } from "./queries.ts";

type NewFileRow = {
  id: string;
  name: string;
  contentType: string;
  size: number;
  /** Lower-case hex. */
  sha256: string;
  /** The encoding of a text, if the client named one. */
  encoding?: string | undefined;
  /** When the upload expires. ISO 8601, like `at`. */
  expiresAt: string;
  at: string;
};

/**
 * Creates a pending file, or returns the current state of the one that the key created before. Throws
 * `invalid_token` when the account was deleted, `not_found` when that file was, or
 * `idempotency_key_reused`.
 */
export async function createFile(
  db: Db,
  ownerId: string,
  file: NewFileRow,
  key?: IdempotencyKey,
): Promise<{ row: FileRow; isReplayed: boolean }> {
  const claim = key && claimOf(ownerId, file, key);
  const id = claim ? idUnder(claim, "file_id") : sql`${file.id}`;
  try {
    const { earlier, read } = await batchUnderKey(db, claim, {
      writes: { created: insert(ownerId, file, claim) },
      reads: { files: select(ownerId, id) },
    });
    const [row] = read.files;
    if (!row) throw new Problem("not_found");
    return { row, isReplayed: earlier !== undefined };
  } catch (error) {
    if (violates(error, "files_user_id_fkey")) throw new Problem("invalid_token");
    throw error;
  }
}

function claimOf(ownerId: string, { id, at }: NewFileRow, key: IdempotencyKey): Claim {
  const isMade = sql`EXISTS (SELECT FROM files WHERE id = ${id} AND user_id = ${ownerId})`;
  return { ...key, ownerId, made: { fileId: id }, isMade, at };
}

function insert(ownerId: string, file: NewFileRow, claim: Claim | undefined): SQL {
  const { id, name, contentType, size, sha256, encoding, expiresAt, at } = file;
  return sql`
    INSERT INTO files (id, user_id, original_name, file_path, file_url, file_size, content_type, status,
      sha256, encoding, upload_expires_at, created_at, updated_at)
    SELECT ${id}::uuid, ${ownerId}::uuid, ${name}, ${keyOf(id)}, ${`/files/${id}/content`}, ${size}::bigint,
      ${contentType}, 'pending', ${sha256}, ${encoding ?? null}, ${expiresAt}::timestamptz, ${at}::timestamptz, ${at}::timestamptz
    WHERE ${keyIsFree(claim)}
    ON CONFLICT (id) DO NOTHING`;
}

function select(ownerId: string, id: SQL): SQL<FileRow> {
  return sql<FileRow>`SELECT ${fileColumns} FROM files AS f WHERE f.id = ${id} AND f.user_id = ${ownerId}`;
}

/** Deletes a file without bytes, and frees its idempotency key. */
export async function discardFile(db: Db, ownerId: string, fileId: string): Promise<void> {
  const isUnused = and(
    eq(files.id, fileId),
    eq(files.userId, ownerId),
    eq(files.status, "pending"),
  );
  await batch(db, {
    freed: sql`
        DELETE FROM idempotency_keys AS k USING files AS f
        WHERE k.user_id = ${ownerId} AND k.file_id = ${fileId}
          AND f.id = k.file_id AND f.user_id = k.user_id AND f.status = 'pending'`,
    discarded: db.delete(files).where(isUnused),
  });
}
