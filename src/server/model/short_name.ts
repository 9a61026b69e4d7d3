/** Bytes in UTF-8 that a name or an identifier has at most: one entry of PostgreSQL's indexes holds 2,704. */
export const MOST_NAME_BYTES = 1_000;

const ENCODER = new TextEncoder();

/** Returns whether a name is longer than a host stores. */
export function isLongName(name: string): boolean {
  // A UTF-16 unit is three bytes at most.
  return name.length * 3 > MOST_NAME_BYTES && ENCODER.encode(name).length > MOST_NAME_BYTES;
}
