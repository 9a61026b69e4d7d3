import { listMappings, openExistingHostData } from "../../../server/mod.ts";
import type { Deps } from "../../command/context.ts";
import { writeTable } from "../../terminal/table.ts";

/** Lists the bindings a host has issued. */
export async function run(deps: Deps, options: { readonly data: string }): Promise<number> {
  const data = await openExistingHostData(deps.platform, options.data);
  try {
    const mappings = listMappings(data);
    if (deps.globals.json) deps.output.json({ mappings });
    else if (mappings.length === 0) deps.output.line("No project is bound.");
    else {
      writeTable(
        deps.output,
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
  } finally {
    data.close();
  }
}
