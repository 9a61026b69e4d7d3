import { isHostedSyncEnabled } from "../../../client/rollout.ts";
import { listSettings, settingText } from "../../../user/settings.ts";
import type { Context } from "../../command/context.ts";
import { type ChosenFields, fieldChoice } from "../../services/chosen_fields.ts";
import { listProjectSettings, projectRoot } from "../../services/project_settings.ts";
import { writeTable } from "../../terminal/table.ts";

/** Lists every setting that is shown on this machine, the user's and the project's, with its value and where that comes from. */
export async function run(
  context: Context,
  { fields }: { readonly fields: ChosenFields },
): Promise<number> {
  const choose = fieldChoice(context, fields, { names: SETTING_FIELDS });
  const { platform, globals } = context;
  const root = await projectRoot(platform, globals.repo);
  const settings = [
    ...await listSettings(platform, isHostedSyncEnabled(platform.env)),
    ...(root === null ? [] : await listProjectSettings(platform, root)),
  ];
  if (globals.json) {
    context.output.json({ settings: choose(settings) });
    return 0;
  }
  writeTable(
    context.output,
    [{ title: "KEY" }, { title: "VALUE", yields: 1 }, { title: "FROM", yields: 2 }],
    settings.map((setting) => [
      setting.key,
      setting.fault === null ? settingText(setting.value ?? "–") : `${setting.fault}`,
      setting.origin ?? setting.source,
    ]),
  );
  return 0;
}

const SETTING_FIELDS = ["key", "value", "source", "origin", "description", "fault"];
