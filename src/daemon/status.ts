import type { Platform } from "../platform/platform.ts";
import type { DaemonHealth } from "./control.ts";
import { askHealth, askTrigger } from "./control_client.ts";
import { readOldDaemonState } from "./old_daemon.ts";
import { type DaemonState, readDaemonState } from "./state.ts";

/** What may be shown of a state file: all but its token. */
export type DaemonFacts = Omit<DaemonState, "token">;

/** Whether the daemon runs. */
export type DaemonStatus =
  | { readonly kind: "stopped" }
  /** A state file without a daemon that answers. */
  | { readonly kind: "stale"; readonly facts: DaemonFacts }
  | { readonly kind: "running"; readonly facts: DaemonFacts; readonly health: DaemonHealth };

/**
 * Looks at the state file, else at that of an older version, and asks the daemon it describes. Changes nothing, starts
 * nothing.
 */
export async function daemonStatus(platform: Platform): Promise<DaemonStatus> {
  const own = await readDaemonState(platform);
  const state = own ?? await readOldDaemonState(platform);
  if (state === null) return { kind: "stopped" };
  const { token: _secret, ...facts } = state;
  const health = await askHealth(platform, state);
  if (health !== null) return { kind: "running", facts, health };
  // What an older version left behind does no harm.
  return own === null ? { kind: "stopped" } : { kind: "stale", facts };
}

/** Asks the running daemon to upload now; false when none answers. */
export async function triggerDaemon(platform: Platform): Promise<boolean> {
  const state = await readDaemonState(platform);
  return state !== null && await askTrigger(platform, state);
}
