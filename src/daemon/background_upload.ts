import {
  type DaemonStartOutcome,
  type EnsureDaemonOptions,
  ensureDaemonRunning,
} from "./intent.ts";
import type { CycleOutcome } from "./loop.ts";
import { triggerDaemon } from "./status.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { flushEvents, type FlushOptions } from "../events/flush.ts";

/**
 * Has the queue uploaded in the background, where that is allowed (behaviour.md, Background daemon).
 *
 * @throws {TrackerError} what `ensureDaemonRunning` throws.
 */
export async function uploadInBackground(
  options: Omit<EnsureDaemonOptions, "intent">,
): Promise<DaemonStartOutcome> {
  const outcome = await ensureDaemonRunning({ ...options, intent: "remote_required" });
  // Where it cannot be asked to, it uploads with its next round, in 30 s at most.
  if (outcome.started) await triggerDaemon(options.platform);
  return outcome;
}

const WAITS_FOR_PERSON: readonly string[] = [
  "rollout_disabled",
  "missing_host_config",
  "missing_auth",
  "invalid_setting",
  "invalid_toml",
];

/** One round of the daemon's work: uploads the queue. */
export async function uploadCycle(options: FlushOptions): Promise<CycleOutcome> {
  try {
    const { sent, duplicates, rejected, failure } = await flushEvents(options);
    const count = sent + duplicates;
    if (failure?.category === "auth_expired") return { kind: "blocked", reason: failure.message };
    if (failure !== undefined) return { kind: "failed", reason: failure.message };
    return count + rejected === 0 ? { kind: "idle" } : { kind: "worked", count };
  } catch (error) {
    if (!(error instanceof TrackerError) || !WAITS_FOR_PERSON.includes(error.code)) throw error;
    return { kind: "blocked", reason: error.message };
  }
}
