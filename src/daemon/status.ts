import type { Platform } from "../platform/platform.ts";
import type { DaemonHealth } from "./control.ts";
import { askHealth, askTrigger } from "./control_client.ts";
import { readOldDaemonState } from "./old_daemon.ts";
import { failureOf, readStartNote } from "./start_note.ts";
import { type DaemonState, readDaemonState } from "./state.ts";

/** What may be shown of a state file: all but its token. */
export type DaemonFacts = Omit<DaemonState, "token">;

/** Whether the daemon runs. */
export type DaemonStatus =
  | { readonly kind: "stopped" }
  /** It was started a moment ago, and is not ready yet. */
  | { readonly kind: "starting"; readonly pid: number }
  /** The last start has failed; `reason` has no final period. */
  | { readonly kind: "failed"; readonly pid: number; readonly reason: string }
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
  if (state === null) return await begunStatus(platform);
  const { token: _secret, ...facts } = state;
  const health = await askHealth(platform, state);
  if (health !== null) return { kind: "running", facts, health };
  // What an older version left behind does no harm.
  return own === null ? await begunStatus(platform) : { kind: "stale", facts };
}

/** Returns what is known of a daemon without a state file. */
async function begunStatus(platform: Platform): Promise<DaemonStatus> {
  const note = await readStartNote(platform);
  if (note === null) return { kind: "stopped" };
  const { pid } = note;
  const reason = failureOf(platform, note);
  return reason === null ? { kind: "starting", pid } : { kind: "failed", pid, reason };
}

/** Asks the running daemon to upload now; false when none answers. */
export async function triggerDaemon(platform: Platform): Promise<boolean> {
  const state = await readDaemonState(platform);
  return state !== null && await askTrigger(platform, state);
}
