import { COMMAND_LINE, listMappings } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { withHostData } from "./data.ts";
import type { HostPlace } from "./options.ts";
import { writeTable } from "../../terminal/table.ts";

/** Lists the bindings a host has issued. */
export async function run(
  context: Context,
  options: { readonly data: HostPlace },
): Promise<number> {
  return await withHostData(context, options, async (data) => {
    const mappings = await listMappings(data, COMMAND_LINE, null);
    if (context.globals.json) context.output.json({ mappings });
    else if (mappings.length === 0) context.output.result("No project is bound.");
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
