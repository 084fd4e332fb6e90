/** Starts a direct upload: the client sends the bytes to the bucket, past the Worker. */
import { and, eq } from "drizzle-orm";
import type { SignedRequest } from "../../clients/storage.ts";
import { run } from "../../db/client.ts";
import type { IdempotencyKey } from "../../db/idempotency-keys.ts";
import { files } from "../../db/schema-documents.ts";
import type { Deps } from "../../deps.ts";
import { toIso } from "../../lib/clock.ts";
import { Problem } from "../../lib/problem.ts";
import { createFile } from "./create.ts";
import { encodingOfType } from "./extract/encoding.ts";
import { kindOfContentType } from "./extract/kind.ts";
import type { FileRow } from "./queries.ts";
import { LARGEST_FILE, type NewFile } from "./schemas.ts";

type UploadDeps = Pick<Deps, "db" | "storage" | "clock" | "newId">;

const UPLOAD_SECONDS = 5 * 60;

type OpenedUpload = {
  row: FileRow;
  upload: SignedRequest;
  /** ISO 8601. */
  expiresAt: string;
  isReplayed: boolean;
};

/**
 * Creates the file and signs a PUT of exactly the announced bytes; a retry with the same key signs a new
 * URL. Throws `unsupported_file`, `empty_file`, `file_too_large`, `storage_not_configured`, or what
 * `createFile` throws.
 */
export async function startUpload(
  deps: UploadDeps,
  ownerId: string,
  announced: NewFile,
  key?: IdempotencyKey,
): Promise<OpenedUpload> {
  const { original_name: name, content_type: contentType, file_size: size, sha256 } = announced;
  if (size === 0) throw new Problem("empty_file");
  if (size > LARGEST_FILE) throw new Problem("file_too_large");
  if (!kindOfContentType(contentType)) throw new Problem("unsupported_file");
  if (!deps.storage.isConfigured()) throw new Problem("storage_not_configured");
  const now = deps.clock();
  const expiresAt = toIso(new Date(now + UPLOAD_SECONDS * 1_000));
  const file = {
    id: deps.newId(),
    name,
    contentType,
    size,
    sha256,
    encoding: encodingOfType(contentType),
    expiresAt,
    at: toIso(new Date(now)),
  };
  const { row, isReplayed } = await createFile(deps.db, ownerId, file, key);
  if (isReplayed) await extend(deps, row, expiresAt);
  const object = { contentType: row.content_type, sha256, size };
  const upload = await deps.storage.presignPut(row.file_path, object, UPLOAD_SECONDS);
  return { row, upload, expiresAt, isReplayed };
}

/** Extends the time for the upload, after which a deleted file's object is erased once more. */
async function extend({ db }: UploadDeps, { id, user_id: ownerId }: FileRow, expiresAt: string) {
  const isOwn = and(eq(files.id, id), eq(files.userId, ownerId));
  await run(
    db
      .update(files)
      .set({ uploadExpiresAt: new Date(expiresAt) })
      .where(isOwn),
  );
}
