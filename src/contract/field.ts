/** Field schemas that several wire shapes share. Not part of `mod.ts`. */
import * as v from "valibot";

/** A JSON object whose keys this program does not interpret; kept as it came. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Tells a JSON object from arrays, `null` and scalars. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object passed through untouched. */
export const JsonObjectSchema: v.GenericSchema<unknown, JsonObject> = v.custom<JsonObject>(
  isJsonObject,
  "must be an object",
);

/** Text that holds more than blanks. */
export const FilledSchema: v.GenericSchema<unknown, string> = v.pipe(
  v.string(),
  v.check((text) => text.trim() !== "", "must not be blank"),
);

/** A whole number from 0 up. */
export const CountSchema: v.GenericSchema<unknown, number> = v.pipe(
  v.number(),
  v.check((count) => Number.isSafeInteger(count) && count >= 0, "must be a whole number from 0 up"),
);

/** A whole number from 1 up. */
export const PositiveSchema: v.GenericSchema<unknown, number> = v.pipe(
  v.number(),
  v.check((count) => Number.isSafeInteger(count) && count >= 1, "must be a whole number from 1 up"),
);

/** An ISO 8601 date and time with an offset (`Z`, `+hh:mm` or `+hhmm`). */
export const DateTimeSchema: v.GenericSchema<unknown, string> = v.pipe(
  v.string(),
  v.check(isDateTime, "must be an ISO 8601 date and time with an offset"),
);

const DATE_TIME =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)$/;

/** Whether a text is what {@link DateTimeSchema} takes. */
export function isDateTime(text: string): boolean {
  if (!DATE_TIME.test(text)) return false;
  if (!text.endsWith("Z") && Number.isNaN(Date.parse(text))) return false;
  // `Date.parse` lets 30 February pass for 2 March.
  const day = Number(text.slice(8, 10));
  return day <= 28 ||
    day <= new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
}

/** Text in the form of `pattern`; `rule` completes the sentence "it …". */
export function matching(pattern: RegExp, rule: string): v.GenericSchema<unknown, string> {
  return v.pipe(v.string(), v.check((text) => pattern.test(text), rule));
}

/** A UUID of version 4, in lower or upper case. */
export const UuidV4Schema: v.GenericSchema<unknown, string> = matching(
  /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i,
  "must be a UUID of version 4",
);
