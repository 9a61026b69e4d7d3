/** Returns the words of a text in lower case, without accents, joined by dashes; empty where it has none. */
export function slugOf(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");
}
