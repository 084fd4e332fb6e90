/** Cuts a byte stream into chunks of one size, whatever the size of its own chunks. */

const PIECE_SIZE = 64 * 1024;

type Piece = { bytes: Uint8Array; isLast: boolean };

/**
 * Yields at least one chunk, which is empty for an empty stream. All but the last have the full
 * size.
 */
export async function* piecesOf(
  body: AsyncIterable<Uint8Array>,
  size = PIECE_SIZE,
): AsyncGenerator<Piece> {
  let piece = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of body) {
    for (let from = 0; from < chunk.byteLength;) {
      // Yielded only once more bytes arrive, since `isLast` must be known.
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
