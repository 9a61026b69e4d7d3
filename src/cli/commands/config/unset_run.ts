import { requireProjectRoot } from "../../../project/root.ts";
import { unsetSetting } from "../../../user/settings.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { projectSetting, saveProjectSetting } from "../../services/project_settings.ts";

/** Takes one setting out of the user's file or the project's, so that its default holds again. */
export async function run(context: Context, options: { readonly key: string }): Promise<number> {
  const { platform, globals, output } = context;
  const ours = projectSetting(options.key);
  const removed = ours === null
    ? await unsetSetting(platform, options.key)
    : await saveProjectSetting(
      platform,
      await requireProjectRoot(platform, globals.repo ?? null),
      ours,
      null,
    );
  const key = options.key.trim();
  if (globals.json) output.json({ key, removed });
  else if (removed) output.result(text`${DONE} ${key} is unset.`);
  else output.result(`${key} was not set.`);
  return 0;
}
