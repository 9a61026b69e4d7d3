import { setSetting } from "../../user/settings.ts";
import type { Deps } from "../deps.ts";
import { harmless } from "../harmless.ts";

/** Changes one setting in the user's file. */
export async function run(
  deps: Deps,
  options: { readonly key: string; readonly value: string },
): Promise<number> {
  const value = await setSetting(deps.platform, options.key, options.value);
  if (deps.globals.json) deps.output.json({ key: options.key, value });
  else {deps.output.line(
      `${deps.output.style.green("✓")} ${options.key} = ${harmless(String(value))}`,
    );}
  return 0;
}
