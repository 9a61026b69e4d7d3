import { installHooks } from "../../../missions/packages/hook_files.ts";
import type { Context } from "../../command/context.ts";
import { hookOptions, tellInstalled } from "./hook_words.ts";

/** Installs the hooks. */
export async function run(context: Context): Promise<number> {
  return tellInstalled(context, await installHooks(await hookOptions(context)));
}
