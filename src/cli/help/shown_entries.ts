import { isHostedSyncEnabled } from "../../client/rollout.ts";
import type { Environment } from "../../platform/platform.ts";
import { permissionQuery, systemEnvironment } from "../../platform/environment.ts";
import { HELP_GROUPS } from "../command/command.ts";
import { ENTRIES } from "./entries.ts";
import type { HelpEntry } from "./program.ts";

/** Returns what the help of the program says of every command there is in the state of the rollout gate. */
export function shownEntries(
  env: Environment = systemEnvironment(permissionQuery()),
): readonly HelpEntry[] {
  const hosted = isHostedSyncEnabled(env);
  return ENTRIES.trim().split("\n").flatMap((line) => {
    const [path = "", heading, gate, ...summary] = line.split(" | ");
    const group = HELP_GROUPS.find((one) => one === heading);
    if (group === undefined || (gate === "hosted" && !hosted)) return [];
    return [{ path, group, summary: summary.join(" | ") }];
  });
}
