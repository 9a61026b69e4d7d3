import { getSetting, invalidSetting, settingText } from "../../../user/settings.ts";
import { requireProjectRoot } from "../../../project/root.ts";
import type { Context } from "../../command/context.ts";
import { listProjectSettings, projectSetting } from "../../services/project_settings.ts";

/** Prints the value of one setting, a line that a script can read; empty when there is none. */
export async function run(context: Context, options: { readonly key: string }): Promise<number> {
  const setting = await settingOf(context, options.key);
  if (context.globals.json) {
    context.output.json(setting);
    return 0;
  }
  if (setting.fault !== null) {
    const { source, origin, key, fault } = setting;
    throw source === "environment"
      ? invalidSetting(origin ?? key, fault, null)
      : invalidSetting(key, fault, origin);
  }
  context.output.result(settingText(setting.value));
  return 0;
}

type Setting =
  & Pick<Awaited<ReturnType<typeof getSetting>>, "value" | "fault" | "source" | "origin">
  & {
    readonly key: string;
  };

async function settingOf({ platform, globals }: Context, key: string): Promise<Setting> {
  const ours = projectSetting(key);
  if (ours === null) return await getSetting(platform, key);
  const root = await requireProjectRoot(platform, globals.repo ?? null);
  const rows = await listProjectSettings(platform, root);
  const row = rows.find((one) => one.key === ours.key);
  return row ?? { key, value: null, fault: null, source: "default", origin: null };
}
