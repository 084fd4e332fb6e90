/** Sends a file: through the server, or straight to its bucket where it is large. */
import { toApiError } from "../../clients/ts/src/problem.ts";
import { api, type Schemas } from "../api/client.ts";
import { MOST_BYTES_DIRECT, typeOf } from "./file-types.ts";
import { sendWatched } from "./xhr.ts";

type UploadOptions = {
  /** The same for each attempt, so that none makes a second file. */
  key: string;
  onProgress: (part: number) => void;
  signal: AbortSignal;
};

/** The file as the server has stored it; its ingestion goes on. Rejects with an `ApiError`, or as `fetch` does. */
export function uploadFile(file: File, options: UploadOptions): Promise<Schemas["File"]> {
  return file.size > MOST_BYTES_DIRECT ? sendToBucket(file, options) : sendDirect(file, options);
}

async function sendDirect(
  file: File,
  { key, onProgress, signal }: UploadOptions,
): Promise<Schemas["File"]> {
  const body = new FormData();
  body.append("file", file);
  const headers = { accept: "application/json", "idempotency-key": key };
  const url = "/files/upload";
  const response = await sendWatched({ method: "POST", url, headers, body, onProgress, signal });
  if (!response.ok) throw await toApiError(response);
  return response.json();
}

async function sendToBucket(
  file: File,
  { key, onProgress, signal }: UploadOptions,
): Promise<Schemas["File"]> {
  const body = await announce(file);
  const headers = { "idempotency-key": key };
  const { file: announced, upload } = await api.post("/files", { body, headers, signal });
  try {
    const { method, url, headers } = upload;
    const sent = await sendWatched({ method, url, headers, body: file, onProgress, signal });
    if (!sent.ok) throw new Error("The storage did not take the file. Try again.");
    return await api.post("/files/{id}/complete", { path: { id: announced.id }, signal });
  } catch (error) {
    if (signal.aborted) forget(announced.id);
    throw error;
  }
}

async function announce(file: File): Promise<Schemas["NewFile"]> {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  const sha256 = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0"));
  return {
    original_name: file.name,
    content_type: typeOf(file),
    file_size: file.size,
    sha256: sha256.join(""),
  };
}

/** Where this fails, the file stays in the list as one that waits for its bytes, and can be deleted there. */
function forget(id: string): void {
  api.delete("/files/{id}", { path: { id } }).catch(() => undefined);
}
