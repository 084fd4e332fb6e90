/** Downloads of what the API sends, into a file of the person. */
import { request } from "./request.ts";

type DownloadOptions = {
  accept: string;
  signal?: AbortSignal;
  /** The name of the file, where the response has none. */
  name?: string;
  /** Called with the number of bytes so far. */
  onBytes?: (count: number) => void;
};

/** Saves a response under the name that it gives itself. Rejects where it breaks off, and saves nothing then. */
export async function download(path: string, options: DownloadOptions): Promise<void> {
  const { accept, signal, onBytes, name = "download" } = options;
  const response = await request(path, { headers: { accept }, ...(signal && { signal }) });
  const type = response.headers.get("content-type") ?? "application/octet-stream";
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let count = 0;
  for await (const part of chunksOf(response)) {
    parts.push(part);
    count += part.length;
    onBytes?.(count);
  }
  save(new Blob(parts, { type }), nameIn(response) ?? name);
}

/** Offers a file to the person. */
export function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has read it by then; a minute is longer than any prompt needs to open it.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** `for await` over a body itself is not in every browser. */
async function* chunksOf({ body }: Response): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    yield read.value;
  }
}

function nameIn({ headers }: Response): string | undefined {
  return /filename="([^"]+)"/.exec(headers.get("content-disposition") ?? "")?.[1];
}
