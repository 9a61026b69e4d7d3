import type { Deps } from "../deps.ts";
import { writeTable } from "../table.ts";
import { trackerService } from "../tracker_service.ts";

/** Lists which work package belongs to which issue. */
export async function run(deps: Deps): Promise<number> {
  const { result } = await (await trackerService(deps)).mappings();
  if (deps.globals.json) {
    deps.output.json(result);
    return 0;
  }
  const { mappings } = result;
  if (mappings.length === 0) {
    deps.output.line("No work package is mapped to an issue.");
    return 0;
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
  return 0;
}
