import { classifyProvider } from "../../contract/providers.ts";
import { isHostedSyncEnabled } from "../../client/rollout.ts";
import type { MissionPackages } from "../../missions/packages/work_package.ts";
import { loadBinding } from "../../project/config.ts";
import { currentIdentity } from "../../project/identity.ts";
import type { Context } from "../command/context.ts";

/**
 * Queues the events of work packages and their lanes that no earlier look has seen; see `emitLaneEvents`. Does nothing
 * with the gate off, without a binding to a host, and for a project without a saved identity: nothing is written into it.
 */
export async function queueLaneEvents(
  context: Context,
  root: string,
  missions: readonly MissionPackages[],
): Promise<number> {
  const { platform, output } = context;
  if (!missions.some(({ packages, steps }) => packages.length + steps.length > 0)) return 0;
  if (!isHostedSyncEnabled(platform.env)) return 0;
  const { provider } = await loadBinding(platform, root);
  if (provider === null || classifyProvider(provider).kind !== "hosted") return 0;
  if ((await currentIdentity(platform, root)).savedUuid === null) return 0;
  const { openLookEmitter } = await import("../../events/open.ts");
  const { emitLaneEvents } = await import("../../missions/packages/lane_events.ts");
  await using emitter = openLookEmitter({
    platform,
    root,
    warn: (message) => output.warning(`Warning: ${message}`),
  });
  return await emitLaneEvents(emitter, missions);
}
