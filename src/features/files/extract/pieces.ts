/** A stream of bytes in pieces of one size, whatever the chunks that it comes in. */

const PIECE_SIZE = 64 * 1024;

type Piece = { bytes: Uint8Array; isLast: boolean };

/** At least one piece, which is empty where the stream is. All but the last are of the full size. */
export async function* piecesOf(
  body: AsyncIterable<Uint8Array>,
  size = PIECE_SIZE,
): AsyncGenerator<Piece> {
  let piece = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of body) {
    for (let from = 0; from < chunk.byteLength;) {
      // Given away only once it is known that more comes.
      if (filled === size) {
        yield { bytes: piece, isLast: false };
        [piece, filled] = [new Uint8Array(size), 0];
      }
      const taken = chunk.subarray(from, from + size - filled);
      piece.set(taken, filled);
      filled += taken.byteLength;
      from += taken.byteLength;
    }
  }
  yield { bytes: piece.subarray(0, filled), isLast: true };
}
