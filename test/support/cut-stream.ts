/** A stream of pieces that are made when they are read: where that throws, everything before it has arrived. */
export function toStream(pieces: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      pull: async (out) => {
        const { done, value } = await pieces.next();
        if (done) out.close();
        else out.enqueue(value);
      },
      cancel: async () => {
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
