/** In pieces of so many rows a manifest is written: the rows of a large job do not fit into one text. */
const rowsPerPiece = 1000;

/** Values as lists of a thousand, and what is left. */
export async function* inPieces<T>(values: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T[]> {
  let piece: T[] = [];
  for await (const value of values) {
    if (piece.push(value) < rowsPerPiece) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}
