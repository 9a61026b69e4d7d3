/**
 * Reads a time that names one instant and gives it as ISO 8601 with an offset; `null` for anything else. Hosts write
 * offsets without a colon, `z`, a blank for the `T`, RFC 2822 dates, and seconds or milliseconds since 1970 (wire.md, Reading tolerantly).
 */
export function readTime(value: unknown): string | null {
  if (typeof value === "number") return fromEpoch(value);
  if (typeof value !== "string") return null;
  if (isPlain(value)) return value;
  const text = value.trim();
  if (/^\d{9,14}(\.\d+)?$/.test(text)) return fromEpoch(Number(text));
  if (MAIL.test(text)) return fromMs(Date.parse(text));
  const iso = ISO.exec(text);
  if (iso === null) return canonical(text);
  const [, date = "", minutes = "", seconds = ":00", fraction = "", zone = ""] = iso;
  return canonical(`${date}T${minutes}${seconds}${fraction.slice(0, 10)}${offsetOf(zone)}`);
}

/**
 * Whether a text is a time of UTC as most hosts write it, to the second or the millisecond, on one of the first 28 days
 * of a month. The other forms take ten times as long to tell.
 */
function isPlain(text: string): boolean {
  const { length } = text;
  if (length !== 24 && length !== 20 || text.charCodeAt(length - 1) !== UPPER_Z) return false;
  for (let at = 0; at < length - 1; at++) {
    const wanted = PLAIN.charCodeAt(at);
    const code = text.charCodeAt(at);
    if (wanted === DIGIT_0 ? code < DIGIT_0 || code > DIGIT_9 : code !== wanted) return false;
  }
  return isAmong(text, 5, 1, 12) && isAmong(text, 8, 1, 28) && isAmong(text, 11, 0, 23) &&
    isAmong(text, 14, 0, 59) && isAmong(text, 17, 0, 59);
}

/** Whether the two digits at a place are a number from `least` to `most`. */
function isAmong(text: string, at: number, least: number, most: number): boolean {
  const number = 10 * (text.charCodeAt(at) - DIGIT_0) + text.charCodeAt(at + 1) - DIGIT_0;
  return number >= least && number <= most;
}

const PLAIN = "0000-00-00T00:00:00.000";
const [DIGIT_0, DIGIT_9, UPPER_Z] = [0x30, 0x39, 0x5a];

function canonical(text: string): string | null {
  return CANONICAL.test(text) && isCalendarDay(text) && !Number.isNaN(Date.parse(text))
    ? text
    : null;
}

function offsetOf(zone: string): string {
  if (/^[a-z]/i.test(zone)) return "Z";
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  return `${zone.charAt(0)}${digits.slice(0, 2)}:${digits.slice(2)}`;
}

/** The form that all others are brought to; it is kept to the last digit. */
const CANONICAL =
  /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

const ISO =
  /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(:\d\d)?(\.\d+)? ?([Zz]|UTC|GMT|[+-]\d\d(?::?\d\d)?)$/;

const MAIL =
  /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)? (?:GMT|UTC?|Z|[+-]\d{4})$/;

/** From here on a number counts milliseconds: as seconds it would name the year 5138. */
const LEAST_MS = 1e11;

/** The last millisecond of the year 9999, which four digits can name. */
const LAST_MS = 253_402_300_799_999;

function fromEpoch(count: number): string | null {
  return fromMs(Math.abs(count) < LEAST_MS ? count * 1000 : count);
}

function fromMs(ms: number): string | null {
  return Number.isFinite(ms) && ms >= 0 && ms <= LAST_MS
    ? new Date(Math.round(ms)).toISOString()
    : null;
}

/** `Date.parse` lets 30 February pass for 2 March. */
function isCalendarDay(text: string): boolean {
  const day = Number(text.slice(8, 10));
  return day <= 28 ||
    day <= new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
}
