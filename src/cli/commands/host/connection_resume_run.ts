import type { Context } from "../../command/context.ts";
import { type HostConnectionOptions, setPaused } from "./connection_pausing.ts";

/** Lets a paused connection work again. */
export async function run(context: Context, options: HostConnectionOptions): Promise<number> {
  return await setPaused(context, options, false);
}
