import * as v from "valibot";

/** Reads a time of Jira, in milliseconds since 1970: it is written as `2026-03-01T17:45:00.000+0545`. */
export function msOf(text: string): number {
  return Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
}

/** Returns a time of Jira, which is in the zone of the credential's owner, in UTC. */
export function timeOf(text: string): string {
  return new Date(msOf(text)).toISOString();
}

/** A time as Jira writes it. */
export const TimeSchema = v.pipe(
  v.string(),
  v.check((text) => !Number.isNaN(msOf(text)), "must be a time"),
);
