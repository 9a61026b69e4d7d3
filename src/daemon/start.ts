import { requireHostedSync } from "../client/rollout.ts";
import type { Platform } from "../platform/platform.ts";
import { NotCapableError } from "../platform/not_capable.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";
import { ensureUserDirectory, userPaths } from "../user/paths.ts";
import { type DaemonCommand, daemonCommand } from "./command.ts";
import { askHealth, LOOPBACK } from "./control_client.ts";
import { type DaemonState, readDaemonState } from "./state.ts";
import { mismatchOf, type Serving, type ServingMismatch, servingNow } from "./serving.ts";
import { endDaemon, isLockFree } from "./stop.ts";
import { endOldDaemon } from "./old_daemon.ts";
import {
  failureOf,
  readStartNote,
  READY_WITHIN_MS,
  silentFor,
  standingOf,
  untoldFailure,
  whileStarting,
  writeStartNote,
} from "./start_note.ts";
import { clearStopRequest } from "./stop_request.ts";

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

/** The daemon runs, or is about to. */
export interface BegunDaemon {
  /** `beginning` is one that another command has started a moment ago. */
  readonly kind: "running" | "beginning" | "started";
  readonly pid: number;
  /** What the daemon was replaced for; `null` when there was none or it was left as it is. */
  readonly replaced: StartedDaemon["replaced"];
}

const POLL_MS = 50;

/**
 * Starts the daemon, detached, and does not wait until it answers: how that ends is noted beside its state, where
 * `daemon status` and the next command find it. A running one that serves the same is left as it is; one of another
 * version, host, team or credential, or one that no longer answers, is replaced. However many processes start it at
 * once, one daemon runs in the end (behaviour.md, Background daemon).
 *
 * @throws {TrackerError} `rollout_disabled` before any file is touched; `locked`; `command_missing`; `daemon_stuck`.
 * @throws {NotCapableError} When it may not be started, or the one that runs may not be asked to stop.
 */
export async function beginDaemon(options: StartDaemonOptions): Promise<BegunDaemon> {
  const { platform, version } = options;
  requireHostedSync(platform.env);
  const serving = await servingNow(platform);
  const running = await answering(platform, version, serving);
  if (running !== null) return { kind: "running", pid: running.pid, replaced: null };
  await ensureUserDirectory(platform);
  for (;;) {
    const begun = await whileStarting(platform, () => begin(options, serving));
    if (begun !== null) return begun;
    // One that will serve somebody else is about to run: it can be asked to stop when it does.
    await platform.clock.sleep(POLL_MS);
  }
}

/** Starts the daemon under the lock of its start; `null` while one that serves somebody else is not ready yet. */
async function begin(options: StartDaemonOptions, serving: Serving): Promise<BegunDaemon | null> {
  const { platform, version } = options;
  const other = await answering(platform, version, serving);
  if (other !== null) return { kind: "running", pid: other.pid, replaced: null };
  const state = await readDaemonState(platform);
  const note = await readStartNote(platform);
  // One that has written its state waits for this lock to say that it is ready, and could not be asked to stop.
  const isBeginning = note !== null && (state === null || state.pid === note.pid);
  const standing = isBeginning ? standingOf(platform, note) : null;
  if (isBeginning && standing?.kind === "starting") {
    const isSame = note.version === version && mismatchOf(note, serving) === null;
    return isSame ? { kind: "beginning", pid: standing.pid, replaced: null } : null;
  }
  const noted = (how: { pid: number; failure: null } | { pid: null; failure: string }) =>
    writeStartNote(platform, {
      version,
      ...serving,
      asked_at: platform.clock.now(),
      told: how.failure !== null,
      ...how,
    });
  const started = await replaceBy(options, state, serving).catch(async (error) => {
    // This command tells of it; `daemon status` does later on. Where no note can be written, that is the lesser fault.
    await noted({ pid: null, failure: errorText(error) }).catch(() => {});
    throw error;
  });
  await noted({ pid: started.pid, failure: null });
  return { kind: "started", ...started };
}

/** Ends the daemon that `state` describes, and starts another one. What may not be started ends none. */
async function replaceBy(
  options: StartDaemonOptions,
  state: DaemonState | null,
  serving: Serving,
): Promise<Pick<BegunDaemon, "pid" | "replaced">> {
  const { platform, version } = options;
  const { command, args } = options.command ?? await daemonCommand(platform);
  for (const [kind, target] of [["net", LOOPBACK], ["run", command]] as const) {
    if (platform.system.permission(kind, target) !== "granted") {
      throw new NotCapableError(kind, target);
    }
  }
  const replaced = state !== null && await endDaemon(platform, state)
    ? reasonOf(state, version, serving)
    : null;
  await endOldDaemon(platform);
  await clearStopRequest(platform);
  const cwd = userPaths(platform).root;
  return { pid: platform.processes.startDetached({ command, args, cwd }), replaced };
}

/**
 * Starts the daemon as {@link beginDaemon} does, and waits until it answers.
 *
 * @throws {TrackerError} what {@link beginDaemon} throws; `daemon_start_failed`.
 */
export async function startDaemon(options: StartDaemonOptions): Promise<StartedDaemon> {
  const { kind, replaced, ...begun } = await beginDaemon(options);
  const { pid, port } = await untilAnswering(options, begun.pid);
  return { kind: kind === "started" ? "started" : "running", pid, port, replaced };
}

function reasonOf(
  state: DaemonState,
  version: string,
  serving: Serving,
): ServingMismatch | "version" | null {
  return state.version === version ? mismatchOf(state, serving) : "version";
}

async function untilAnswering(
  { platform, version }: StartDaemonOptions,
  begun: number,
): Promise<DaemonState> {
  const serving = await servingNow(platform);
  const until = platform.clock.monotonic() + READY_WITHIN_MS;
  for (;;) {
    const state = await answering(platform, version, serving);
    if (state !== null) return state;
    const note = await readStartNote(platform);
    const failure = note === null ? null : failureOf(platform, note);
    if (failure !== null || platform.clock.monotonic() >= until) {
      await untoldFailure(platform);
      throw notStarted(platform, failure ?? silentFor(begun));
    }
    await platform.clock.sleep(POLL_MS);
  }
}

function notStarted(platform: Platform, message: string): TrackerError {
  const { daemonLog } = userPaths(platform);
  return new TrackerError({
    code: "daemon_start_failed",
    message,
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
  const reply = await askHealth(platform, state);
  if (reply.kind === "answered") return state;
  // One that may not be asked runs for as long as its lock is held.
  return reply.kind === "denied" && !await isLockFree(platform) ? state : null;
}
