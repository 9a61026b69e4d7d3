import type { NormalizedIssue } from "../../contract/issue.ts";
import { plural } from "../../user/numbers.ts";
import { UNKNOWN_TIME } from "../../contract/reading/issue.ts";

export { number, plural } from "../../user/numbers.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Returns how long ago a time was, in words: `just now`, `2 minutes ago`, `3 days ago`. Times are in ms since 1970. */
export function ago(then: number, now: number): string {
  const elapsed = now - then;
  if (elapsed < MINUTE) return elapsed < -MINUTE ? "in the future" : "just now";
  return `${span(elapsed)} ago`;
}

/** Returns how long ago an issue has changed; a dash where its host does not tell. */
export function changedAgo(
  { updated_at }: Pick<NormalizedIssue, "updated_at">,
  now: number,
): string {
  return updated_at === UNKNOWN_TIME ? "–" : ago(Date.parse(updated_at), now);
}

/** Returns a length of time, given in ms, in its largest unit: `13 minutes`, `6 days`. */
export function span(ms: number): string {
  if (ms < MINUTE) return plural(Math.max(0, Math.round(ms / 1000)), "second");
  if (ms < HOUR) return plural(Math.floor(ms / MINUTE), "minute");
  if (ms < DAY) return plural(Math.floor(ms / HOUR), "hour");
  return plural(Math.floor(ms / DAY), "day");
}

/** Returns a running time, given in ms: `0:07`, `12:30`. */
export function stopwatch(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Returns a day without its year, or with it when it is another than this year: `1 Mar`, `1 Mar 2024`. */
export function day(iso: string, now: number): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const year = date.getUTCFullYear();
  const words = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
  return year === new Date(now).getUTCFullYear() ? words : `${words} ${year}`;
}
