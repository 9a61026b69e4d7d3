import type { Platform } from "../platform/platform.ts";
import type { DaemonHealth } from "./control.ts";
import { askHealth, askTrigger, type DaemonReply, unknownWords } from "./control_client.ts";
import { readOldDaemonState } from "./old_daemon.ts";
import { readStartNote, standingOf, type StartStanding } from "./start_note.ts";
import { type DaemonState, readDaemonState } from "./state.ts";

/** What may be shown of a state file: all but its token. */
export type DaemonFacts = Omit<DaemonState, "token">;

/** Whether the daemon runs. */
export type DaemonStatus =
  | { readonly kind: "stopped" }
  /** It was started a moment ago and is not ready yet, or its last start has failed. */
  | StartStanding
  /** Whether it runs is not known: it cannot be asked, or did not answer in time. `reason` has no final period. */
  | { readonly kind: "unknown"; readonly facts: DaemonFacts; readonly reason: string }
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
  const reply = await askHealth(platform, state);
  switch (reply.kind) {
    case "answered":
      return { kind: "running", facts, health: reply.value };
    case "late":
    case "denied":
      if (platform.system.isAlive(state.pid) === false) break;
      return { kind: "unknown", facts, reason: unknownWords(reply) };
    case "absent":
  }
  const begun = await begunStatus(platform);
  // What an older version left behind does no harm.
  return own === null || begun.kind === "failed" ? begun : { kind: "stale", facts };
}

/** Returns what is known of a daemon without a state file. */
async function begunStatus(
  platform: Platform,
): Promise<StartStanding | { readonly kind: "stopped" }> {
  const note = await readStartNote(platform);
  return note === null ? { kind: "stopped" } : standingOf(platform, note);
}

/** Asks the running daemon to upload now. */
export async function triggerDaemon(platform: Platform): Promise<DaemonReply<unknown>> {
  const state = await readDaemonState(platform);
  return state === null ? { kind: "absent" } : await askTrigger(platform, state);
}
