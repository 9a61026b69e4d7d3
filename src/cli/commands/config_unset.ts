import { unsetSetting } from "../../user/settings.ts";
import type { Deps } from "../deps.ts";

/** Takes one setting out of the user's file, so that its default holds again. */
export async function run(deps: Deps, options: { readonly key: string }): Promise<number> {
  const removed = await unsetSetting(deps.platform, options.key);
  if (deps.globals.json) deps.output.json({ key: options.key, removed });
  else if (removed) deps.output.line(`${deps.output.style.green("✓")} ${options.key} is unset.`);
  else deps.output.line(`${options.key} was not set.`);
  return 0;
}
