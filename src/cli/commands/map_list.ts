import type { Deps } from "../deps.ts";
import { writeTable } from "../table.ts";
import { reportUnreadable } from "../sync_report.ts";
import { trackerService } from "../tracker_service.ts";

/** Lists which work package belongs to which issue. */
export async function run(deps: Deps): Promise<number> {
  const { result } = await (await trackerService(deps)).mappings();
  const unreadable = ("item_errors" in result ? result.item_errors : null) ?? [];
  if (deps.globals.json) {
    deps.output.json(result);
    return reportUnreadable(deps, unreadable, "mapping");
  }
  const { mappings } = result;
  if (mappings.length === 0) {
    if (unreadable.length === 0) deps.output.line("No work package is mapped to an issue.");
    return reportUnreadable(deps, unreadable, "mapping");
  }
  writeTable(
    deps.output,
    [
      { title: "WORK PACKAGE" },
      { title: "ISSUE" },
      { title: "SYSTEM" },
      { title: "WORKSPACE", yields: 2 },
      { title: "ADDRESS", yields: 3 },
    ],
    mappings.map((mapping) => [
      mapping.wp_id,
      mapping.external_key ?? mapping.external_id,
      mapping.system,
      mapping.workspace,
      mapping.external_url ?? "–",
    ]),
  );
  return reportUnreadable(deps, unreadable, "mapping");
}
