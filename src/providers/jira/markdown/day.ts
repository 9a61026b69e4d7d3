/** Returns the day of a time in milliseconds, as `2026-03-31`; `null` for a time without such a day. */
export function dayOf(time: number): string | null {
  const day = new Date(time);
  if (Number.isNaN(day.getTime())) return null;
  const text = day.toISOString();
  return text.indexOf("T") === 10 ? text.slice(0, 10) : null;
}
