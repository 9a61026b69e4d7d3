import { requireProjectRoot } from "../../../project/root.ts";
import { setSetting, settingText, type SettingValue } from "../../../user/settings.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { projectSetting, saveProjectSetting } from "../../services/project_settings.ts";

/** Changes one setting, in the user's file or the project's. */
export async function run(
  context: Context,
  options: { readonly key: string; readonly value: string },
): Promise<number> {
  const { platform, globals, output } = context;
  const ours = projectSetting(options.key);
  let value: SettingValue;
  if (ours === null) {
    value = await setSetting(platform, options.key, options.value);
  } else {
    const root = await requireProjectRoot(platform, globals.repo ?? null);
    value = options.value.trim();
    await saveProjectSetting(platform, root, ours, value);
  }
  const key = options.key.trim();
  if (globals.json) output.json({ key, value });
  else output.result(text`${DONE} ${key} = ${settingText(value)}`);
  return 0;
}
