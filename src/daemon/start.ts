import { requireHostedSync } from "../client/rollout.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { ensureUserDirectory, userPaths } from "../user/paths.ts";
import { type DaemonCommand, daemonCommand } from "./command.ts";
import { askHealth } from "./control_client.ts";
import { type DaemonState, readDaemonState } from "./state.ts";
import { mismatchOf, type Serving, type ServingMismatch, servingNow } from "./serving.ts";
import { endDaemon } from "./stop.ts";
import { endOldDaemon } from "./old_daemon.ts";

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
  /** What the daemon was replaced for; `null` when there was none or it was left as it is. */
  readonly replaced: ServingMismatch | "version" | null;
}

const READY_WITHIN_MS = 15_000;
const POLL_MS = 50;

/**
 * Starts the daemon, detached, and waits until it answers. A running one that serves the same is left as it is; one of
 * another version, host, team or credential, or one that no longer answers, is replaced. However many processes start
 * it at once, one daemon runs in the end (behaviour.md, Background daemon).
 *
 * @throws {TrackerError} `rollout_disabled` before any file is touched; `daemon_start_failed`; `locked`.
 */
export async function startDaemon(options: StartDaemonOptions): Promise<StartedDaemon> {
  const { platform, version } = options;
  requireHostedSync(platform.env);
  const serving = await servingNow(platform);
  const running = await answering(platform, version, serving);
  if (running !== null) return leftAsItIs(running);
  await ensureUserDirectory(platform);
  const lock = await platform.files.lock(`${userPaths(platform).daemonState}.start.lock`, {
    deadlineMs: 2 * READY_WITHIN_MS,
    purpose: "starting the background daemon",
  });
  try {
    const other = await answering(platform, version, serving);
    if (other !== null) return leftAsItIs(other);
    const state = await readDaemonState(platform);
    const replaced = state !== null && await endDaemon(platform, state)
      ? reasonOf(state, version, serving)
      : null;
    await endOldDaemon(platform);
    const { command, args } = options.command ?? await daemonCommand(platform);
    platform.processes.startDetached({ command, args, cwd: userPaths(platform).root });
    const ready = await untilAnswering(platform, version, serving);
    return { kind: "started", pid: ready.pid, port: ready.port, replaced };
  } finally {
    await lock.release();
  }
}

function leftAsItIs({ pid, port }: DaemonState): StartedDaemon {
  return { kind: "running", pid, port, replaced: null };
}

function reasonOf(
  state: DaemonState,
  version: string,
  serving: Serving,
): ServingMismatch | "version" | null {
  return state.version === version ? mismatchOf(state, serving) : "version";
}

async function untilAnswering(
  platform: Platform,
  version: string,
  serving: Serving,
): Promise<DaemonState> {
  const until = platform.clock.monotonic() + READY_WITHIN_MS;
  for (;;) {
    const state = await answering(platform, version, serving);
    if (state !== null) return state;
    if (platform.clock.monotonic() >= until) break;
    await platform.clock.sleep(POLL_MS);
  }
  const { daemonLog } = userPaths(platform);
  throw new TrackerError({
    code: "daemon_start_failed",
    message: `The background daemon did not answer within ${READY_WITHIN_MS / 1000} s`,
    nextAction: `Look at "${daemonLog}", or run \`tracker daemon run\` to find out why.`,
    details: { log: daemonLog },
  });
}

async function answering(
  platform: Platform,
  version: string,
  serving: Serving,
): Promise<DaemonState | null> {
  const state = await readDaemonState(platform);
  if (state === null || reasonOf(state, version, serving) !== null) return null;
  return await askHealth(platform, state) === null ? null : state;
}
