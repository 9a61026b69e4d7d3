import type { EditResult } from "../../../sync/edits.ts";
import type { Context } from "../../command/context.ts";
import { inWords } from "../../services/field_words.ts";
import { DONE, text } from "../../terminal/text.ts";
import { editJson } from "./json.ts";

/** Shows what an edit did; the edit waits in the cache. */
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
    reportAbsent(context, result);
    return 0;
  }
  output.result(text`${DONE} ${verb} ${name}`);
  if (verb === "Changed") {
    for (const change of result.changes) {
      output.result(`  ${inWords(change)}`);
    }
  }
  reportAbsent(context, result);
  for (const skipped of result.unwritable) {
    output.warning(`! ${skipped.field}: ${skipped.reason}`);
  }
  const canBeSent = verb === "Created" || result.changes.length > result.unwritable.length;
  if (canBeSent) output.notice("  Next: `tracker sync push`");
  return 0;
}

function reportAbsent({ output }: Context, { absent = [] }: EditResult): void {
  for (const { field, name, similar } of absent) {
    const what = field === "labels" ? `It has no label "${name}"` : `"${name}" is not assigned`;
    output.notice(`  ${what}${similar === undefined ? "" : `; it has "${similar}"`}`);
  }
}
