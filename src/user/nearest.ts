/**
 * The name in `names` that `typed` most likely means: the shortest that begins with it, otherwise the one with the fewest
 * changed letters, at most a third of it; `null` when none is near.
 *
 * @example
 * ```ts
 * import { nearest } from "./nearest.ts";
 *
 * nearest("linaer", ["linear", "jira"]); // "linear"
 * nearest("stat", ["start", "status"]); // "status"
 * ```
 */
export function nearest(typed: string, names: readonly string[]): string | null {
  const wanted = typed.trim().toLowerCase();
  const begun = longEnough(wanted) ? names.filter((name) => beginsWith(name, wanted)) : [];
  let best: { name: string; distance: number } | null = null;
  for (const name of begun.length > 0 ? begun : names) {
    const distance = Math.min(...formsOf(name).map((form) => distanceBetween(wanted, form)));
    if (best === null || distance < best.distance) best = { name, distance };
  }
  if (best === null) return null;
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  return begun.length > 0 || best.distance <= limit ? best.name : null;
}

/** One letter begins too many names. */
function longEnough(wanted: string): boolean {
  return /[^-\s.]{2,}$/.test(wanted);
}

function beginsWith(name: string, wanted: string): boolean {
  return formsOf(name).some((form) => form.startsWith(wanted));
}

/** The name, and the last part of a dotted key, which is a common way to name it. */
function formsOf(name: string): readonly string[] {
  return [name, name.slice(name.lastIndexOf(".") + 1)].map((form) => form.toLowerCase());
}

/** Insertions, deletions, replacements and swaps of neighbours between two texts. */
function distanceBetween(a: string, b: string): number {
  let older: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(at(previous, j) + 1, at(row, j - 1) + 1, at(previous, j - 1) + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, at(older, j - 2) + 1);
      }
      row.push(least);
    }
    older = previous;
    previous = row;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
