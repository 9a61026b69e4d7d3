import * as v from "valibot";

/** A time as Jira writes it, `2026-03-01T17:45:00.000+0545`, which is read as milliseconds since 1970. */
export const TimeSchema: v.GenericSchema<unknown, number> = v.pipe(
  v.string(),
  v.transform((text) => Date.parse(withColon(text))),
  v.check((ms) => !Number.isNaN(ms), "must be a time"),
);

/** Zones of ISO 8601 have a colon within, where there is a time: those of Jira have none. */
function withColon(text: string): string {
  const zone = text.length - 5;
  const sign = text.charAt(zone);
  const isZone = (sign === "+" || sign === "-") && /^\d{4}$/.test(text.slice(zone + 1));
  return isZone ? `${text.slice(0, zone + 3)}:${text.slice(zone + 3)}` : text;
}

/** Returns a time of Jira in UTC. */
export function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
