import { PRIORITIES, PRIORITY_WORDS } from "../../contract/issue.ts";
import type { FieldChange } from "../../sync/sync_report.ts";
import { excerpt } from "../terminal/text.ts";

/** A change of a field in one line. */
export function inWords({ field, from, to }: FieldChange): string {
  return `${field.padEnd(13)} ${valueWords(from, field)} → ${valueWords(to, field)}`;
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
