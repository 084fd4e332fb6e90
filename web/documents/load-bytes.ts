/** Loads a file from the bucket. */
import type { Schemas } from "../api/client.ts";
import { getDownload } from "./file-actions.ts";

type LoadOptions = {
  /** Called with what part has arrived, between 0 and 1. */
  onProgress: (part: number) => void;
  signal: AbortSignal;
};

const NOT_THERE = "The storage did not return the file. Try again.";

/** The bytes as they were uploaded. */
export async function loadBytes(
  { id, file_size: size }: Pick<Schemas["File"], "id" | "file_size">,
  { onProgress, signal }: LoadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { url } = await getDownload(id, signal);
  const response = await fetch(url, { signal, credentials: "omit" });
  if (!response.ok || !response.body) throw new Error(NOT_THERE);
  const bytes = new Uint8Array(size);
  let loaded = 0;
  for await (const chunk of piecesOf(response.body)) {
    if (loaded + chunk.byteLength > size) throw new Error(NOT_THERE);
    bytes.set(chunk, loaded);
    loaded += chunk.byteLength;
    onProgress(loaded / size);
  }
  if (loaded < size) throw new Error(NOT_THERE);
  return bytes;
}

/** Not every browser can iterate over a stream. */
async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
