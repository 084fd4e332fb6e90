/** Random access to bytes: a buffer, or an object in the bucket. */

export type ByteSource = {
  size: number;
  /** Returns the bytes from an offset on, fewer if the source ends first. */
  read: (start: number, length: number) => Promise<Uint8Array>;
};

/** A source that can also be streamed from start to end. */
export type Source = ByteSource & { stream: () => Promise<AsyncIterable<Uint8Array>> };

/** Wraps a buffer as a source. */
export function bufferSource(bytes: Uint8Array): Source {
  return {
    size: bytes.byteLength,
    read: async (start, length) => bytes.subarray(start, start + length),
    stream: async () => once(bytes),
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
