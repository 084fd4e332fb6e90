/** Uploads a file: through the Worker, or, above its limit, straight to the bucket. */
import { createHash } from "node:crypto";
import { createReadStream, openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { ChatClient, components } from "../../clients/ts/src/index.ts";
import { mediaTypeOf } from "../../clients/ts/src/media-types.ts";
import { CountedFile } from "./counted-file.ts";
import { sendBytes, type Sending } from "./send-bytes.ts";

export type UploadedFile = components["schemas"]["File"];

const MOST_THROUGH_WORKER = 10 * 1024 * 1024;
const MOST_BYTES = 50 * 1024 * 1024;

export type UploadOptions = {
  client: ChatClient;
  signal: AbortSignal;
  onProgress: (text: string) => void;
};

type Upload = Sending & { client: ChatClient };

/** The file as the server has it, not yet read. Throws a sentence for a path that is no file. */
export async function upload(path: string, options: UploadOptions): Promise<UploadedFile> {
  const sizeBytes = await sizeOf(path);
  options.onProgress(`uploading ${toSize(sizeBytes)}`);
  const onProgress = (sentBytes: number) =>
    options.onProgress(`uploading, ${Math.floor((sentBytes / sizeBytes) * 100)} %`);
  const sending = { ...options, path, sizeBytes, onProgress };
  return sizeBytes > MOST_THROUGH_WORKER ? uploadToBucket(sending) : uploadThroughWorker(sending);
}

async function sizeOf(path: string): Promise<number> {
  const file = await stat(path).catch(() => undefined);
  if (!file) throw new Error(`There is no file ${path}.`);
  if (!file.isFile()) throw new Error(`${path} is not a file.`);
  if (file.size > MOST_BYTES) {
    throw new Error(`${path} has ${toSize(file.size)}. At most 50 MiB can be uploaded.`);
  }
  return file.size;
}

async function uploadThroughWorker(upload: Upload): Promise<UploadedFile> {
  const { path, client, signal, onProgress } = upload;
  const content = await openAsBlob(path, { type: typeOf(path) });
  const form = new FormData();
  form.append("file", new CountedFile({ content, name: basename(path), onProgress }));
  return client.post("/files/upload", { form, signal, headers: newKey() });
}

async function uploadToBucket(upload: Upload): Promise<UploadedFile> {
  const { path, sizeBytes, client, signal } = upload;
  const body = {
    original_name: basename(path),
    content_type: typeOf(path),
    file_size: sizeBytes,
    sha256: await hashOf(path),
  };
  const started = await client.post("/files", { body, signal, headers: newKey() });
  await sendBytes(started.upload, upload);
  return client.post("/files/{id}/complete", { path: { id: started.file.id }, signal });
}

const newKey = () => ({ "idempotency-key": crypto.randomUUID() });

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}

/** What the download is served as. */
function typeOf(path: string): string {
  return mediaTypeOf(basename(path)) ?? "application/octet-stream";
}

function toSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const kibibytes = bytes / 1024;
  return kibibytes < 1024 ? `${kibibytes.toFixed(0)} KiB` : `${(kibibytes / 1024).toFixed(1)} MiB`;
}
