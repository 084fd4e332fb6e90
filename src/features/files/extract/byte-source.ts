/** Bytes that are read where they are needed: a buffer, or an object in the bucket. */

export type ByteSource = {
  size: number;
  /** The bytes from an offset on, fewer where the source ends before. */
  read: (start: number, length: number) => Promise<Uint8Array>;
};

/** A source that is also read from its start to its end. */
export type Source = ByteSource & { stream: () => Promise<AsyncIterable<Uint8Array>> };

/** A buffer as a source. */
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
