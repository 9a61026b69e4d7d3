import { removeHooks } from "../../../missions/packages/hook_files.ts";
import type { Context } from "../../command/context.ts";
import { hookOptions, tellHooks } from "./hook_words.ts";

/** Removes the hooks. */
export async function run(context: Context): Promise<number> {
  return tellHooks(context, await removeHooks(await hookOptions(context)), "do not follow");
}
