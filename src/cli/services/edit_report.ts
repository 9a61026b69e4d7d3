import { PRIORITIES, PRIORITY_WORDS } from "../../contract/issue.ts";
import type { EditResult } from "../../local/edits.ts";
import type { FieldChange } from "../../local/sync_report.ts";
import type { Context } from "../command/context.ts";
import { DONE, excerpt, text } from "../terminal/text.ts";
import { editJson } from "./local_json.ts";

/** Shows what an edit on the local side did. */
export function reportEdit(
  context: Context,
  result: EditResult,
  verb: "Created" | "Changed",
): number {
  const { output, globals } = context;
  if (globals.json) {
    output.json(editJson(result));
    return 0;
  }
  const { ref, title } = result.issue;
  const name = `${ref.key ?? ref.id}  ${title}`;
  if (verb === "Changed" && result.changes.length === 0) {
    output.result(`Nothing to change: ${name}`);
    return 0;
  }
  output.result(text`${DONE} ${verb} ${name}`);
  if (verb === "Changed") {
    for (const change of result.changes) {
      output.result(`  ${inWords(change)}`);
    }
  }
  for (const skipped of result.unwritable) {
    output.warning(`! ${skipped.field}: ${skipped.reason}`);
  }
  output.notice("  Next: `tracker sync push`");
  return 0;
}

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
