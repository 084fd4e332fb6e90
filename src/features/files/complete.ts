/** Completes a direct upload: checks the bytes in the bucket and begins their ingestion. */
import type { ObjectInfo } from "../../clients/storage.ts";
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { toHex } from "../../lib/bytes.ts";
import { Problem } from "../../lib/problem.ts";
import { beginIngestion, failIngestion } from "./begin-ingestion.ts";
import type { Recognised } from "./extract/recognise.ts";
import { ExtractionFailure, unsupportedFile } from "./failures.ts";
import { objectSource } from "./object-source.ts";
import { type FileRow, getFile } from "./queries.ts";
import { notifyChats } from "./notify-chats.ts";
import { retryPages } from "./ocr/retry-pages.ts";
import { findOcrModel } from "./ocr/transcribe.ts";

type CompleteDeps = Pick<Deps, "db" | "storage" | "clock" | "model" | "config">;

/**
 * Begins the ingestion of an uploaded file, or retries a failed one, or the scanned pages of a ready one that
 * have no text yet. Otherwise does nothing if the file is processing or ready. `encoding` is that of a text; the default is the one named before. Throws
 * `not_found`, `file_not_uploaded`, `file_mismatch`, or `unsupported_file`, which also fails the file.
 */
export async function completeUpload(
  env: Env,
  deps: CompleteDeps,
  ownerId: string,
  { fileId, encoding: named }: { fileId: string; encoding?: string | undefined },
): Promise<FileRow> {
  const file = await getFile(deps.db, ownerId, fileId);
  if (file.status === "processing") return file;
  if (file.status === "ready") return findOcrModel(deps) ? retryPages(env, deps, file) : file;
  const found = await deps.storage.head(file.file_path);
  if (!found) throw new Problem("file_not_uploaded");
  const sha256 = await checkedHash(deps, file, found);
  const encoding = named ?? file.encoding ?? undefined;
  const { kind, refusal } = await recogniseObject(deps, file, encoding);
  if (kind) return beginIngestion(env, deps, file, { kind, sha256, encoding });
  const attempt = { fileId, ingestionAttempt: file.ingestion_attempt };
  const hasFailed = await failIngestion(deps, attempt, { code: refusal });
  if (hasFailed) await notifyChats(env, deps.db, fileId, "failed", refusal);
  throw unsupportedFile(refusal);
}

/** The verified hash of the object. If the bucket stores none, streams the object to compute it. */
async function checkedHash(
  { storage }: CompleteDeps,
  file: FileRow,
  { size, sha256 }: ObjectInfo,
): Promise<string> {
  if (size !== Number(file.file_size)) throw new Problem("file_mismatch");
  const actual = sha256 ?? (await hashOfObject(storage, file.file_path));
  if (file.sha256 !== null && actual !== file.sha256) throw new Problem("file_mismatch");
  return actual;
}

async function hashOfObject(storage: Deps["storage"], path: string): Promise<string> {
  const object = await storage.get(path);
  if (!object) throw new Problem("file_not_uploaded");
  const digest = new crypto.DigestStream("SHA-256");
  // Await both together: if the body is cut, both fail.
  const [hash] = await Promise.all([digest.digest, object.body.pipeTo(digest)]);
  return toHex(new Uint8Array(hash));
}

/** Detects the kind as for a file that is uploaded through the Worker. */
async function recogniseObject(
  { storage }: CompleteDeps,
  file: FileRow,
  encoding: string | undefined,
): Promise<Recognised> {
  try {
    const { recognise } = await import("./extract/recognise.ts");
    const source = objectSource(storage, file.file_path, Number(file.file_size));
    return await recognise(source, { name: file.original_name, encoding });
  } catch (error) {
    const isMissing = error instanceof ExtractionFailure && error.code === "missing";
    throw isMissing ? new Problem("file_not_uploaded") : error;
  }
}
