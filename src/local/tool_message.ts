import { replaceInvisible } from "../platform/invisible.ts";
import { BYTES, nextDocument, parsedValue, skipValue } from "./json_bytes.ts";

const MAX_MESSAGE_BYTES = 1024 * 1024;

/**
 * What a tool says went wrong: its JSON error, on whichever stream it stands, else its first line of
 * prose. Control characters are gone, and it is not long.
 */
export function toolMessage(stdout: Uint8Array, stderr: Uint8Array): string {
  const streams = [stderr, stdout].map((bytes) => bytes.subarray(0, MAX_MESSAGE_BYTES));
  for (const bytes of streams) {
    const message = jsonError(bytes);
    if (message !== null) return printable(withoutContent(message));
  }
  for (const bytes of streams) {
    const line = tellingLine(withoutContent(new TextDecoder().decode(bytes)).split("\n"));
    if (line !== null) return line.replace(/^error:\s*/i, "");
  }
  return "";
}

/** The line of prose that says what went wrong: lines of a log and warnings may come before it. */
function tellingLine(lines: readonly string[]): string | null {
  let isWarning = false;
  const telling: string[] = [];
  for (const line of lines) {
    if (line.trim() === "") continue;
    // What a warning says more is indented.
    isWarning = /^(warning|note|hint)\b/i.test(line) || (isWarning && /^\s/.test(line));
    if (!isWarning) telling.push(line);
  }
  const first = telling.find((line) => /^error\b/i.test(line)) ?? telling[0] ??
    lines.find((line) => line.trim() !== "");
  return first === undefined ? null : printable(first);
}

/**
 * The error that stands in the place of an answer, though the tool has ended with success; `null` for any
 * other answer.
 */
export function answeredError(stdout: Uint8Array): string | null {
  const message = jsonError(stdout.subarray(0, MAX_MESSAGE_BYTES));
  return message === null ? null : printable(withoutContent(message));
}

function jsonError(bytes: Uint8Array): string | null {
  for (let at = nextDocument(bytes, 0); at !== null && bytes[at] === BYTES.OPEN_OBJECT;) {
    const end = endOf(bytes, at);
    if (end === null) return null;
    const parsed = parsedValue(bytes, at, end);
    const message = parsed.kind === "value" ? errorIn(parsed.value) : null;
    if (message !== null) return message;
    at = nextDocument(bytes, end);
  }
  return null;
}

function endOf(bytes: Uint8Array, at: number): number | null {
  try {
    return skipValue(bytes, at);
  } catch {
    return null;
  }
}

/** The error of an answer, which may be wrapped as other answers are, or count what failed before it says why. */
function errorIn(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  const failed = "failed" in value && Array.isArray(value.failed) ? value.failed : [];
  const error = errorOf(failed[0]) ?? (holdsIssues(value) ? null : errorOf(value));
  return error ?? ("data" in value ? errorIn(value.data) : null);
}

function errorOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("error" in value)) return null;
  const { error } = value;
  if (typeof error === "string") return error === "" ? null : error;
  return typeof error === "object" && error !== null && "message" in error
    ? String(error.message)
    : null;
}

/** What failed in part has an error beside what there is, and a log line has one beside its level. */
function holdsIssues(value: object): boolean {
  return "issues" in value || "items" in value || "id" in value || "level" in value ||
    ("data" in value && Array.isArray(value.data));
}

/** A database that does not take a value quotes all of it, and only then says why. */
function withoutContent(text: string): string {
  // Not by one pattern for all: in a long text with many quotes it would look for minutes.
  const start = text.indexOf("'") + 1;
  const end = [...text.matchAll(/' is too (?:large|long)\b/g)].at(-1)?.index ?? -1;
  return start > 0 && start <= end ? `${text.slice(0, start)}…${text.slice(end)}` : text;
}

function printable(text: string): string {
  const bare = text.replace(/\p{Cc}\[[0-9;?]*[A-Za-z]/gu, "").replace(/\p{Cc}+/gu, " ");
  const clean = replaceInvisible(bare, () => " ").trim();
  return clean.length > 300 ? `${clean.slice(0, 199)}…${clean.slice(-100)}` : clean;
}
