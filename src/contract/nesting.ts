/** Levels of lists and objects inside each other that a JSON document from outside may have. */
export const MAX_NESTING = 200;

/**
 * Returns whether a JSON value is nested deeper than {@link MAX_NESTING}. Such a value can be read but not written
 * again, so it is refused where it comes in.
 */
export function isTooDeep(value: unknown): boolean {
  return isDeeperThan(value, MAX_NESTING);
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) {
    for (const item of value) if (isDeeperThan(item, levels - 1)) return true;
    return false;
  }
  for (const item of Object.values(value)) if (isDeeperThan(item, levels - 1)) return true;
  return false;
}
