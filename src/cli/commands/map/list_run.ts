import { openBackend } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { whileWaiting } from "../../terminal/progress.ts";
import { type ChosenFields, fieldChoice } from "../../services/chosen_fields.ts";
import { ATTENTION, text } from "../../terminal/text.ts";
import { hasLostIssue, type JudgedMapping } from "../../../local/renamed.ts";
import { writeTable } from "../../terminal/table.ts";
import { reportUnreadable } from "../../services/unreadable.ts";
import { plural } from "../../terminal/format.ts";
import { projectContext } from "../../services/tracker.ts";

/** Lists which work package belongs to which issue. */
export async function run(
  context: Context,
  { fields }: { readonly fields: ChosenFields },
): Promise<number> {
  const backend = await openBackend(await projectContext(context));
  const choose = fieldChoice(context, fields, {
    names: backend.kind === "local" ? [...MAPPING_FIELDS, ...JUDGED_FIELDS] : MAPPING_FIELDS,
    isOpen: backend.kind === "hosted",
  });
  const judged = backend.kind === "local" ? await backend.service.mapList() : [];
  const result = backend.kind === "hosted"
    ? await whileWaiting(context, "Asking the host for mappings", () => backend.service.mappings())
    : { mappings: judged };
  const unreadable = ("item_errors" in result ? result.item_errors : null) ?? [];
  if (context.globals.json) {
    context.output.json({ ...result, mappings: choose(result.mappings) });
    return reportUnreadable(context, unreadable, "mapping");
  }
  const { mappings } = result;
  if (mappings.length === 0) {
    if (unreadable.length === 0) context.output.result("No work package is mapped to an issue.");
    return reportUnreadable(context, unreadable, "mapping");
  }
  writeTable(
    context.output,
    [
      { title: "WORK PACKAGE" },
      { title: "ISSUE" },
      { title: "SYSTEM" },
      { title: "WORKSPACE", yields: 2 },
      { title: "ADDRESS", yields: 3 },
    ],
    mappings.map((mapping, at) => [
      mapping.wp_id,
      `${mapping.external_key ?? mapping.external_id}${noteOf(judged[at])}`,
      mapping.system,
      mapping.workspace,
      mapping.external_url ?? "–",
    ]),
  );
  const lost = judged.filter(hasLostIssue);
  if (lost.length > 0) {
    context.output.warning(
      text`${ATTENTION} ${
        plural(lost.length, "work package")
      } mapped to an issue that is gone or renamed.`,
    );
    context.output.warning("  `tracker map add --wp-id WP --external-id ID` names another issue.");
  }
  return reportUnreadable(context, unreadable, "mapping");
}

/** What became of the issue, where it is not what the mapping says. */
function noteOf(mapping: JudgedMapping | undefined): string {
  switch (mapping?.issue_state) {
    case "gone":
      return " (gone)";
    case "renamed":
      return ` (now ${mapping.renamed_to})`;
    case "unknown":
      return " (not pulled yet)";
    default:
      return "";
  }
}

const MAPPING_FIELDS = [
  ...["wp_id", "mission", "system", "workspace", "external_id", "external_key", "external_url"],
  ...["created_at", "updated_at"],
];
const JUDGED_FIELDS = ["issue_state", "renamed_to"];
