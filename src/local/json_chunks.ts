import { BYTES } from "./json_bytes.ts";

const [LINE_BREAK, BLANK] = [0x0a, 0x20];
const CHUNK_BYTES = 256 * 1024;
const decoder = new TextDecoder();

/** The bytes between two objects of an indented list, such as `\n  },\n  {`; `null` for a list in another form. */
export function boundaryOf(bytes: Uint8Array, listStart: number): Uint8Array | null {
  let at = listStart + 1;
  if (bytes[at] !== LINE_BREAK) return null;
  do at++; while (bytes[at] === BLANK);
  if (bytes[at] !== BYTES.OPEN_OBJECT) return null;
  const indent = bytes.subarray(listStart + 1, at);
  return Uint8Array.from([
    ...[...indent, BYTES.CLOSE_OBJECT, BYTES.COMMA],
    ...[...indent, BYTES.OPEN_OBJECT],
  ]);
}

/**
 * The objects of a list from the one at `from` on, as many as a chunk holds, and where the last of them ends. They are
 * parsed together, which is faster than one by one. Returns `null` when there is no chunk of whole objects: a sequence
 * that is JSON can be read in one way only, so that none is cut at a wrong place.
 */
export function chunkFrom(
  bytes: Uint8Array,
  from: number,
  boundary: Uint8Array,
): { readonly values: readonly unknown[]; readonly end: number } | null {
  const end = lastBoundary(bytes.subarray(from, from + CHUNK_BYTES), boundary);
  if (end === null) return null;
  try {
    const values: unknown = JSON.parse(`[${decoder.decode(bytes.subarray(from, from + end))}]`);
    return Array.isArray(values) ? { values, end: from + end } : null;
  } catch {
    // One by one it can be said which of them is not JSON.
    return null;
  }
}

/** Where the last object of a chunk ends that is followed by another one. */
function lastBoundary(chunk: Uint8Array, boundary: Uint8Array): number | null {
  const last = boundary.length - 1;
  for (let at = chunk.lastIndexOf(BYTES.OPEN_OBJECT); at >= last;) {
    let same = 0;
    while (same <= last && chunk[at - same] === boundary[last - same]) same++;
    // The boundary begins with the line break before the brace that ends an object.
    if (same > last) return at - last + boundary.indexOf(BYTES.CLOSE_OBJECT) + 1;
    at = chunk.lastIndexOf(BYTES.OPEN_OBJECT, at - 1);
  }
  return null;
}
