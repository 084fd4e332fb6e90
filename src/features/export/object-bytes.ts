/** The bytes of an object, also when the bucket breaks off in the middle. */
import type { StorageClient } from "../../clients/storage.ts";
import { Problem } from "../../lib/problem.ts";

/** How often a download is continued after the bucket broke it off. */
const MOST_RESUMES = 2;

type Opened = { size: number; body: ReadableStream<Uint8Array> };

/**
 * Yields the bytes of an opened object. Continues where the bucket broke off, and throws the last `Problem`
 * if that fails too. Cancels the download when it is no longer read.
 */
export async function* objectBytes(
  { get }: Pick<StorageClient, "get">,
  key: string,
  { size, body }: Opened,
): AsyncGenerator<Uint8Array> {
  let read = 0;
  let current = body;
  for (let resumes = 0; ; resumes += 1) {
    try {
      for await (const chunk of chunksOf(current)) {
        read += chunk.byteLength;
        yield chunk;
      }
      return;
    } catch (error) {
      if (!(error instanceof Problem) || resumes === MOST_RESUMES || read >= size) throw error;
    }
    const rest = await get(key, { start: read, length: size - read });
    if (!rest) throw new Problem("not_found");
    current = rest.body;
  }
}

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
