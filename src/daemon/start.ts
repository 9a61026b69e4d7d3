import { requireHostedSync } from "../hosted/rollout.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { ensureUserDirectory, userPaths } from "../user/paths.ts";
import { type DaemonCommand, daemonCommand } from "./command.ts";
import { askHealth } from "./control_client.ts";
import { type DaemonState, readDaemonState } from "./state.ts";
import { endDaemon } from "./stop.ts";

/** How to start the daemon. */
export interface StartDaemonOptions {
  readonly platform: Platform;
  /** This program's version. */
  readonly version: string;
  /** What to run; this program's `daemon run` unless given. */
  readonly command?: DaemonCommand;
}

/** The daemon runs: since now, or since before. */
export interface StartedDaemon {
  readonly kind: "started" | "running";
  readonly pid: number;
  readonly port: number;
}

const READY_WITHIN_MS = 15_000;
const POLL_MS = 50;

/**
 * Starts the daemon, detached, and waits until it answers. A running one of the same version is left as it
 * is, one of another version or one that no longer answers is replaced. However many start it at once, they
 * end with one. Behaviour, Background daemon.
 *
 * @throws {TrackerError} `rollout_disabled` before any file is touched; `daemon_start_failed`; `locked`.
 */
export async function startDaemon(options: StartDaemonOptions): Promise<StartedDaemon> {
  const { platform, version } = options;
  requireHostedSync(platform.env);
  const running = await answering(platform, version);
  if (running !== null) return { kind: "running", pid: running.pid, port: running.port };
  await ensureUserDirectory(platform);
  const lock = await platform.files.lock(`${userPaths(platform).daemonState}.start.lock`, {
    deadlineMs: 2 * READY_WITHIN_MS,
    purpose: "starting the background daemon",
  });
  try {
    const other = await answering(platform, version);
    if (other !== null) return { kind: "running", pid: other.pid, port: other.port };
    const state = await readDaemonState(platform);
    if (state !== null) await endDaemon(platform, state);
    const { command, args } = options.command ?? await daemonCommand(platform);
    platform.processes.startDetached({ command, args, cwd: userPaths(platform).root });
    const ready = await untilAnswering(platform, version);
    return { kind: "started", pid: ready.pid, port: ready.port };
  } finally {
    await lock.release();
  }
}

async function untilAnswering(platform: Platform, version: string): Promise<DaemonState> {
  const until = platform.clock.monotonic() + READY_WITHIN_MS;
  for (;;) {
    const state = await answering(platform, version);
    if (state !== null) return state;
    if (platform.clock.monotonic() >= until) break;
    await platform.clock.sleep(POLL_MS);
  }
  const { daemonLog } = userPaths(platform);
  throw new TrackerError({
    code: "daemon_start_failed",
    message: `The background daemon did not answer within ${READY_WITHIN_MS / 1000} s`,
    nextAction: `Look at "${daemonLog}", or run \`tracker daemon run\` to see it fail.`,
    details: { log: daemonLog },
  });
}

async function answering(platform: Platform, version: string): Promise<DaemonState | null> {
  const state = await readDaemonState(platform);
  if (state === null || state.version !== version) return null;
  return await askHealth(platform, state) === null ? null : state;
}
