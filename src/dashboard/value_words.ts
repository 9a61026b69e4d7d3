import { PRIORITIES, PRIORITY_WORDS } from "../contract/issue.ts";
import { visible, visibleStart } from "../pages/visible.ts";

const VALUE_LENGTH = 160;

/** A field of an issue by the name people use. */
export function fieldWords(field: string): string {
  return visible(field.replaceAll("_", " "));
}

/** A value of a field in short; a priority and a status are words. */
export function valueWords(value: unknown, field?: string): string {
  return visibleStart(longWords(value, field), VALUE_LENGTH);
}

function longWords(value: unknown, field?: string): string {
  if (value === null || value === undefined || value === "") return "(empty)";
  const priority = field === "priority" ? PRIORITIES.find((known) => known === value) : undefined;
  if (priority !== undefined) return PRIORITY_WORDS[priority];
  if (typeof value === "string") {
    return field === "status" || field === "issue_type" ? value.replaceAll("_", " ") : value;
  }
  if (!Array.isArray(value)) return refWords(value) ?? JSON.stringify(value);
  return value.length === 0 ? "(empty)" : value.map((one) => longWords(one)).join(", ");
}

/** An issue that is pointed to, by its key; a link with its type before it. */
function refWords(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  if ("ref" in value && "type" in value) {
    return `${String(value.type).replaceAll("_", " ")} ${refWords(value.ref) ?? ""}`;
  }
  if ("key" in value && typeof value.key === "string") return value.key;
  return "id" in value && typeof value.id === "string" ? value.id : null;
}
