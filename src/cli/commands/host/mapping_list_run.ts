import { COMMAND_LINE, listMappings } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { type ChosenFields, fieldChoice } from "../../services/chosen_fields.ts";
import { withHostData } from "./data.ts";
import type { HostPlace } from "./options.ts";
import { writeTable } from "../../terminal/table.ts";

/** Lists the bindings a host has issued. */
export async function run(
  context: Context,
  options: { readonly data: HostPlace; readonly fields: ChosenFields },
): Promise<number> {
  const choose = fieldChoice(context, options.fields, { names: MAPPING_FIELDS });
  return await withHostData(context, options, async (data) => {
    const mappings = await listMappings(data, COMMAND_LINE, null);
    if (context.globals.json) {
      context.output.json({ mappings: choose(mappings) });
    } else if (mappings.length === 0) context.output.result("No project is bound.");
    else {
      writeTable(
        context.output,
        [
          { title: "BINDING" },
          { title: "TEAM" },
          { title: "PROVIDER" },
          { title: "RESOURCE", yields: 2 },
          { title: "PROJECT", yields: 1 },
          { title: "STATE" },
        ],
        mappings.map((mapping) => [
          mapping.bindingRef,
          mapping.team,
          mapping.provider,
          mapping.label,
          mapping.projectSlug,
          mapping.state,
        ]),
      );
    }
    return 0;
  });
}

const MAPPING_FIELDS = [
  ...["bindingRef", "installationId", "resourceId", "projectUuid", "projectSlug", "repoSlug"],
  ...["state", "boundAt", "lastSyncAt", "syncedChange", "team", "provider", "label"],
];
