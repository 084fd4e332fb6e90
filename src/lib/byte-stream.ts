/**
 * A stream of the chunks of a generator, each made when the reader asks for it. The stream fails when the
 * generator throws.
 */
export function toByteStream(
  chunks: AsyncGenerator<Uint8Array> | Generator<Uint8Array>,
): ReadableStream<Uint8Array> {
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const { value, done } = await chunks.next();
    if (done) controller.close();
    else controller.enqueue(value);
  };
  return new ReadableStream({ pull }, { highWaterMark: 0 });
}
