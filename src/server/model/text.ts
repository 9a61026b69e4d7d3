/** Folds a text to what a search compares: case, accents' composition and width do not count. */
export function fold(value: string): string {
  return value.normalize("NFKC").toLowerCase();
}
