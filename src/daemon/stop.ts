import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { userPaths } from "../user/paths.ts";
import { askStop } from "./control_client.ts";
import { lockHolder } from "./lock_holder.ts";
import { endOldDaemon } from "./old_daemon.ts";
import { failureOf, forgetFailedStart, readStartNote } from "./start_note.ts";
import { type DaemonState, readDaemonState, removeDaemonState } from "./state.ts";

/** Whether there was a daemon to stop. */
export type StopDaemonOutcome =
  | { readonly kind: "stopped"; readonly pid: number }
  /** It was gone; its state file is gone now too. */
  | { readonly kind: "stale"; readonly pid: number }
  | { readonly kind: "not_running" };

const END_WITHIN_MS = 10_000;
const SIGNAL_WAIT_MS = 2_000;
const POLL_MS = 50;

/**
 * Stops the daemon and waits for its end: by its control endpoint, or when it no longer answers, by a signal.
 * Leaves no process and no state file, and no daemon of an older version.
 *
 * @throws {TrackerError} `daemon_stuck` when it cannot be ended.
 * @throws {NotCapableError} When it may neither be asked to stop nor be sent a signal.
 */
export async function stopDaemon(platform: Platform): Promise<StopDaemonOutcome> {
  const old = await endOldDaemon(platform);
  const outcome = await stopOwn(platform);
  return outcome.kind !== "stopped" && old !== null ? { kind: "stopped", pid: old } : outcome;
}

async function stopOwn(platform: Platform): Promise<StopDaemonOutcome> {
  const state = await readDaemonState(platform) ?? await stateOfBeginner(platform);
  if (state === null) {
    // What is no state file of ours is of no use to anyone.
    await platform.files.remove(userPaths(platform).daemonState);
    await forgetFailedStart(platform);
    return { kind: "not_running" };
  }
  const wasRunning = await endDaemon(platform, state);
  return { kind: wasRunning ? "stopped" : "stale", pid: state.pid };
}

/**
 * Ends the daemon that `state` describes and removes its state file; false when it was gone already. It runs
 * for as long as its lock is held: a process id alone may be somebody else's by now.
 *
 * @throws {TrackerError} `daemon_stuck`.
 * @throws {NotCapableError} When it may neither be asked to stop nor be sent a signal.
 */
export async function endDaemon(platform: Platform, state: DaemonState): Promise<boolean> {
  const wasRunning = !await isLockFree(platform) && await end(platform, state);
  await removeDaemonState(platform, state.token);
  return wasRunning;
}

/** Ends the holder of the lock; false when it ended by itself, as one that was killed just now does. */
async function end(platform: Platform, state: DaemonState): Promise<boolean> {
  const reply = await askStop(platform, state);
  // A signal ends it as cleanly, where one is allowed.
  if (reply.kind === "denied" && platform.system.permission("run") !== "granted") {
    throw reply.denial;
  }
  const isAsked = reply.kind === "answered";
  if (await ended(platform, isAsked ? END_WITHIN_MS : SIGNAL_WAIT_MS)) return isAsked;
  const pid = await lockHolder(platform);
  if (pid === state.pid) {
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      platform.processes.kill(pid, signal);
      if (await ended(platform, SIGNAL_WAIT_MS)) return true;
    }
  }
  throw new TrackerError({
    code: "daemon_stuck",
    message: `The background daemon (process ${pid ?? state.pid}) does not end`,
    nextAction: "End the process, then try again.",
    details: { pid: pid ?? state.pid },
  });
}

/** A daemon that has just begun has its lock, or a note of its start, before its state file. */
async function stateOfBeginner(platform: Platform): Promise<DaemonState | null> {
  const until = platform.clock.monotonic() + SIGNAL_WAIT_MS;
  for (;;) {
    const state = await readDaemonState(platform);
    if (state !== null) return state;
    const note = await readStartNote(platform);
    if (note === null || failureOf(platform, note) !== null) {
      if (platform.clock.monotonic() >= until || await isLockFree(platform)) return null;
    }
    await platform.clock.sleep(POLL_MS);
  }
}

async function ended(platform: Platform, withinMs: number): Promise<boolean> {
  const until = platform.clock.monotonic() + withinMs;
  while (!await isLockFree(platform)) {
    if (platform.clock.monotonic() >= until) return false;
    await platform.clock.sleep(POLL_MS);
  }
  return true;
}

/** Whether no daemon of this user runs: one holds its lock for life. */
export async function isLockFree(platform: Platform): Promise<boolean> {
  const { daemonLock } = userPaths(platform);
  if (await platform.files.stat(daemonLock) === null) return true;
  try {
    const lock = await platform.files.lock(daemonLock, { deadlineMs: 0 });
    await lock.release();
    return true;
  } catch (error) {
    if (error instanceof TrackerError && error.code === "locked") return false;
    throw error;
  }
}
