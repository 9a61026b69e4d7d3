const NUMBERS = new Intl.NumberFormat("en");

/** Writes a number with its thousands apart. */
export function numberWords(value: number): string {
  return NUMBERS.format(value);
}

/** Counts things: `1 issue`, `2,000 issues`. */
export function counted(value: number, noun: string): string {
  return `${numberWords(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** Says how long something took, in milliseconds. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 1) return "less than a second";
  if (seconds < 120) return counted(Math.floor(seconds), "second");
  if (seconds < 7_200) return counted(Math.floor(seconds / 60), "minute");
  return counted(Math.floor(seconds / 3_600), "hour");
}
