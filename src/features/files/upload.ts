/** Stores a file that is uploaded through the Worker, by one PUT. */
import type { IdempotencyKey } from "../../db/idempotency-keys.ts";
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { toIso } from "../../lib/clock.ts";
import { logError, nameOf } from "../../lib/log.ts";
import { beginIngestion } from "./begin-ingestion.ts";
import { createFile, discardFile } from "./create.ts";
import { bufferSource } from "./extract/byte-source.ts";
import { encodingOfType } from "./extract/encoding.ts";
import { contentTypeOf } from "./extract/kind.ts";
import { unsupportedFile } from "./failures.ts";
import type { Upload } from "./multipart.ts";
import type { FileRow } from "./queries.ts";

type UploadDeps = Pick<Deps, "db" | "storage" | "clock" | "newId">;

/** Longer than any upload through the Worker takes: a crash left a row that is pending for longer. */
const UPLOAD_TIMEOUT_MS = 15 * 60_000;

/**
 * Stores the file and begins its ingestion; with a key that was used before, continues where that request
 * ended. Throws `unsupported_file`, `storage_unavailable`, or what `createFile` throws.
 */
export async function storeUpload(
  env: Env,
  deps: UploadDeps,
  ownerId: string,
  { name, contentType: sentType, bytes, sha256 }: Upload & { sha256: string },
  key?: IdempotencyKey,
): Promise<{ row: FileRow; isReplayed: boolean }> {
  const encoding = encodingOfType(sentType);
  const { recognise } = await import("./extract/recognise.ts");
  const { kind, refusal } = await recognise(bufferSource(bytes), { name, encoding });
  if (!kind) throw unsupportedFile(refusal);
  const contentType = contentTypeOf(kind);
  const now = deps.clock();
  const times = { at: toIso(new Date(now)), expiresAt: toIso(new Date(now + UPLOAD_TIMEOUT_MS)) };
  const file = {
    id: deps.newId(),
    name,
    contentType,
    size: bytes.byteLength,
    sha256,
    encoding,
    ...times,
  };
  const { row, isReplayed } = await createFile(deps.db, ownerId, file, key);
  if (row.status !== "pending") return { row, isReplayed };
  await putOrDiscard(deps, row, bytes, { contentType, sha256 });
  return { row: await beginIngestion(env, deps, row, { kind, sha256, encoding }), isReplayed };
}

/** Deletes the row if the bucket does not accept the bytes. */
async function putOrDiscard(
  { db, storage }: UploadDeps,
  { id, user_id: ownerId, file_path: path }: FileRow,
  bytes: Uint8Array<ArrayBuffer>,
  object: { contentType: string; sha256: string },
): Promise<void> {
  try {
    await storage.put(path, bytes, object);
  } catch (error) {
    await discardFile(db, ownerId, id).catch((failure: unknown) =>
      logError("file_not_discarded", { file_id: id, cause: nameOf(failure) }),
    );
    throw error;
  }
}
