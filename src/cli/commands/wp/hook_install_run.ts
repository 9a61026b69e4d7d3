import { installHooks } from "../../../missions/packages/hook_files.ts";
import type { Context } from "../../command/context.ts";
import { hookOptions, tellHooks } from "./hook_words.ts";

/** Installs the hooks. */
export async function run(context: Context): Promise<number> {
  return tellHooks(context, await installHooks(await hookOptions(context)), "follow");
}
