/** Collects bytes that arrive in pieces, up to a limit. */
export interface ByteCollector {
  /** Adds a piece; `false` when it would exceed the limit, and nothing was added. */
  add(piece: Uint8Array): boolean;
  /** Returns the bytes so far. */
  bytes(): Uint8Array<ArrayBuffer>;
}

/**
 * A collector of at most `limit` bytes. Keeps no piece, because a body that arrives byte by byte would
 * otherwise take a hundred times its size.
 *
 * @param expected How many bytes the sender has announced; only a hint.
 */
export function collectBytes(limit: number, expected = 0): ByteCollector {
  // An announcement costs its sender nothing, so it is not believed beyond a mebibyte.
  const announced = Number.isFinite(expected) ? Math.trunc(expected) : 0;
  let buffer = new Uint8Array(Math.min(Math.max(announced, FIRST_BYTES), MAX_FIRST_BYTES, limit));
  let length = 0;
  return {
    add(piece) {
      const wanted = length + piece.length;
      if (wanted > limit) return false;
      if (wanted > buffer.length) {
        const larger = new Uint8Array(Math.min(limit, Math.max(wanted, 2 * buffer.length)));
        larger.set(buffer.subarray(0, length));
        buffer = larger;
      }
      buffer.set(piece, length);
      length = wanted;
      return true;
    },
    bytes: () => buffer.subarray(0, length),
  };
}

const FIRST_BYTES = 4 * 1024;
const MAX_FIRST_BYTES = 1024 * 1024;
