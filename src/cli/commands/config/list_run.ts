import { isHostedSyncEnabled } from "../../../client/rollout.ts";
import { listSettings } from "../../../user/settings.ts";
import type { Deps } from "../../command/context.ts";
import { listProjectSettings, projectRoot } from "../../services/project_settings.ts";
import { writeTable } from "../../terminal/table.ts";

/** Lists every setting that is shown on this machine, the user's and the project's, with its value and where that comes from. */
export async function run(deps: Deps): Promise<number> {
  const { platform, globals } = deps;
  const root = await projectRoot(platform, globals.repo);
  const settings = [
    ...await listSettings(platform, isHostedSyncEnabled(platform.env)),
    ...(root === null ? [] : await listProjectSettings(platform, root)),
  ];
  if (globals.json) {
    deps.output.json({ settings });
    return 0;
  }
  writeTable(
    deps.output,
    [{ title: "KEY" }, { title: "VALUE", yields: 1 }, { title: "FROM", yields: 2 }],
    settings.map((setting) => [
      setting.key,
      setting.fault === null ? String(setting.value ?? "–") : `${setting.fault}`,
      setting.origin ?? setting.source,
    ]),
  );
  return 0;
}
