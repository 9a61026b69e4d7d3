import { getSetting } from "../../user/settings.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import type { Deps } from "../deps.ts";
import { harmless } from "../harmless.ts";

/** Prints the value of one setting, a line that a script can read; empty when there is none. */
export async function run(deps: Deps, options: { readonly key: string }): Promise<number> {
  const setting = await getSetting(deps.platform, options.key);
  if (deps.globals.json) {
    deps.output.json(setting);
    return 0;
  }
  if (setting.fault !== null) {
    throw new TrackerError({
      code: "invalid_setting",
      message: `\`${setting.key}\` ${setting.fault}`,
      nextAction: `Set it with \`tracker config set ${setting.key} VALUE\`.`,
    });
  }
  deps.output.line(harmless(String(setting.value ?? "")));
  return 0;
}
