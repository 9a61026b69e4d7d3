import { PRIORITIES, PRIORITY_WORDS, type Status } from "../../contract/issue.ts";
import type { FieldChange } from "../../sync/sync_report.ts";
import { excerpt } from "../terminal/text.ts";

/** A change of a field in one line. */
export function inWords({ field, from, to }: FieldChange): string {
  const words = [valueWords(from, field), valueWords(to, field)];
  const [before, after] = words[0] === words[1] ? apart(from, to) : words;
  return `${field.padEnd(13)} ${before} → ${after}`;
}

/** Characters that are shown before the place at which two values begin to differ. */
const SHOWN_BEFORE = 20;

/** Two values that look the same at their beginning, or in words: from shortly before where they differ, as JSON. */
function apart(from: unknown, to: unknown): readonly [string, string] {
  const [before, after] = [from, to].map((value) => JSON.stringify(value ?? null));
  if (before === undefined || after === undefined) return ["(none)", "(none)"];
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  const start = Math.max(0, same - SHOWN_BEFORE);
  const cut = (text: string) => `${start === 0 ? "" : "…"}${excerpt(text.slice(start), 60)}`;
  return [cut(before), cut(after)];
}

/** A value of a field, short; a priority is a word. */
export function valueWords(value: unknown, field?: string): string {
  const priority = field === "priority" ? PRIORITIES.find((known) => known === value) : undefined;
  if (priority !== undefined) return PRIORITY_WORDS[priority];
  if (value === null || value === undefined || value === "") return "(none)";
  if (Array.isArray(value)) {
    return value.length === 0 ? "(none)" : value.map((one) => valueWords(one)).join(", ");
  }
  return excerpt(typeof value === "string" ? value : refWords(value) ?? JSON.stringify(value), 60);
}

/** A status as people read it, such as `in progress`. */
export function statusName(status: Status | null): string {
  return status === null ? "(none)" : status.replaceAll("_", " ");
}

/** An issue that is pointed to, by its key; a link with its type before it. */
function refWords(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  if ("ref" in value && "type" in value) {
    return `${String(value.type)} ${refWords(value.ref) ?? ""}`;
  }
  if ("key" in value && typeof value.key === "string") return value.key;
  return "id" in value && typeof value.id === "string" ? value.id : null;
}

/** The name of a field as people read it. */
export function fieldName(field: string): string {
  return field.replaceAll("_", " ");
}
