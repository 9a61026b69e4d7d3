/** A part of a list, and where the next part continues. */
export interface Page<T> {
  readonly entries: readonly T[];
  /** Names the place after the last entry; `null` at the end. */
  readonly next: string | null;
}

/** Which part of a list to read. */
export interface PageRequest {
  /** What {@link Page.next} said; `null` for the first part. */
  readonly after: string | null;
  /** Entries at most. */
  readonly limit: number;
}

/** Makes a page of what was read: one entry more than `limit` tells that others follow. */
export function pageOf<T>(
  read: readonly T[],
  limit: number,
  placeOf: (entry: T) => string,
): Page<T> {
  const entries = read.slice(0, limit);
  const last = entries.at(-1);
  return { entries, next: read.length > limit && last !== undefined ? placeOf(last) : null };
}
