import type { Context } from "../../command/context.ts";
import { type HostConnectionOptions, setPaused } from "./connection_pausing.ts";

/** Pauses a connection. */
export async function run(context: Context, options: HostConnectionOptions): Promise<number> {
  return await setPaused(context, options, true);
}
