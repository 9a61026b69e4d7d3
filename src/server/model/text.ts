/** Text as it is compared in a search: case, accents' composition and width do not count. */
export function fold(value: string): string {
  return value.normalize("NFKC").toLowerCase();
}
