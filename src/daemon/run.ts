import { requireHostedSync } from "../client/rollout.ts";
import { isoTime } from "../platform/clock.ts";
import type { Lock } from "../platform/lock.ts";
import type { Platform } from "../platform/platform.ts";
import { randomHex } from "../platform/random.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";
import { ensureUserDirectory, userPaths } from "../user/paths.ts";
import { uploadCycle } from "./background_upload.ts";
import { controlHandler, type DaemonHealth } from "./control.ts";
import { askStop } from "./control_client.ts";
import { RotatingLog } from "./log.ts";
import { type CycleOutcome, LOOP_TIMING, type LoopTiming, runLoop } from "./loop.ts";
import { type DaemonState, readDaemonState, removeDaemonState, writeDaemonState } from "./state.ts";
import { holdsLockFile } from "./lock_holder.ts";
import { isAwaited, settleStart } from "./start_note.ts";
import { type Serving, servingNow } from "./serving.ts";
import { clearStopRequest, isStopRequested } from "./stop_request.ts";
import { Wake } from "./wake.ts";

/** What the daemon runs with. */
export interface RunDaemonOptions {
  readonly platform: Platform;
  /** This program's version. */
  readonly version: string;
  /** One round of background work, which tells when it gets on; uploads the queue unless given. */
  readonly cycle?: (signal: AbortSignal, onProgress: () => void) => Promise<CycleOutcome>;
  /** Told when the control endpoint answers and the state file is written. */
  readonly onReady?: (state: DaemonState) => void;
  readonly timing?: LoopTiming;
}

/** How the daemon ended, or that it did not begin. */
export type RunDaemonOutcome =
  | { readonly kind: "already_running"; readonly pid: number | null }
  | { readonly kind: "ended"; readonly reason: string };

/** Somebody may look at the lock for a moment. */
const LOCK_WAIT_MS = 1_000;
const HANDOVER_WAIT_MS = 15_000;

/**
 * Is the daemon, in the foreground, until it is stopped or has been idle for long. One per user: the lock is
 * held for its life, and a state file found under the lock is stale by that (behaviour.md, Background daemon).
 *
 * @throws {TrackerError} `rollout_disabled` before any file is touched.
 */
export async function runDaemon(options: RunDaemonOptions): Promise<RunDaemonOutcome> {
  const { platform, version } = options;
  requireHostedSync(platform.env);
  await ensureUserDirectory(platform);
  try {
    const lock = await takeOver(platform, version);
    if (lock === null) {
      await settleStart(platform, null);
      return { kind: "already_running", pid: (await readDaemonState(platform))?.pid ?? null };
    }
    try {
      return { kind: "ended", reason: await serveAndWork(options) };
    } finally {
      await lock.release();
    }
  } catch (error) {
    // The command that started it did not wait: the next one tells why it does not run.
    await settleStart(platform, errorText(error)).catch(() => {});
    throw error;
  }
}

async function takeOver(platform: Platform, version: string): Promise<Lock | null> {
  const lock = await tryLock(platform, LOCK_WAIT_MS);
  if (lock !== null) return lock;
  const other = await readDaemonState(platform);
  if (other === null || other.version === version) return null;
  const reply = await askStop(platform, other);
  if (reply.kind === "denied") throw reply.denial;
  if (reply.kind !== "answered") return null;
  return await tryLock(platform, HANDOVER_WAIT_MS);
}

async function tryLock(platform: Platform, deadlineMs: number): Promise<Lock | null> {
  try {
    const { daemonLock } = userPaths(platform);
    return await platform.files.lock(daemonLock, { deadlineMs, purpose: "background daemon" });
  } catch (error) {
    if (error instanceof TrackerError && error.code === "locked") return null;
    throw error;
  }
}

async function serveAndWork(options: RunDaemonOptions): Promise<string> {
  const { platform, version } = options;
  const log = new RotatingLog(platform, userPaths(platform).daemonLog);
  const wake = new Wake();
  const record = new Record(platform, { version, ...await servingNow(platform) }, log);
  const actions = {
    health: () => record.health(),
    trigger: () => wake.trigger(),
    stop: () => wake.stop("asked"),
  };
  const { token } = record.state;
  let port = 0;
  const listener = await platform.serve(
    { hostname: "127.0.0.1", port: 0 },
    controlHandler({ token, port: () => port, actions }),
  );
  port = listener.port;
  const unlisten = (["SIGTERM", "SIGINT"] as const).map((signal) =>
    platform.signals.listen(signal, () => wake.stop(signal))
  );
  const { cycle = upload(platform, version), timing } = options;
  const work = async (signal: AbortSignal): Promise<CycleOutcome> => {
    // Before every upload, also between the batches of a long one.
    await record.look(wake);
    if (wake.stopReason !== null) return { kind: "idle" };
    return await cycle(signal, () => record.getOn(wake));
  };
  try {
    // A request since it was started is for this daemon.
    if (!await isAwaited(platform)) await clearStopRequest(platform);
    await record.open(port);
    await settleStart(platform, null);
    await log.write("started", { pid: record.state.pid, version, port });
    options.onReady?.(record.state);
    const reason = await runLoop({
      clock: platform.clock,
      random: platform.random,
      wake,
      cycle: work,
      onCycle: (outcome) => record.note(outcome),
      onLook: () => record.look(wake),
      ...(timing === undefined ? {} : { timing }),
    });
    await log.write("stopped", { reason });
    return reason;
  } catch (error) {
    await log.write("failed", { reason: errorText(error) });
    throw error;
  } finally {
    await record.settled();
    // The state goes first, so that no caller is sent to a port that is about to close.
    await removeDaemonState(platform, token);
    if (wake.stopReason === GATE_OFF) await clearStopRequest(platform);
    for (const stop of unlisten) stop();
    await listener.shutdown();
  }
}

function upload(platform: Platform, version: string): NonNullable<RunDaemonOptions["cycle"]> {
  return (signal, onProgress) => uploadCycle({ platform, version, signal, onProgress });
}

/** Why it ends when hosted sync was turned off. */
const GATE_OFF = "hosted sync is off";

/** What the daemon tells others of itself: state file, health, log. */
class Record {
  readonly #platform: Platform;
  readonly #log: RotatingLog;
  #state: DaemonState;
  #beatAt: number;
  #lookedAt: number;
  #beating: Promise<void> = Promise.resolve();
  #cycleAt: string | null = null;
  #outcome: string | null = null;
  #uploaded = 0;

  constructor(platform: Platform, facts: Serving & { readonly version: string }, log: RotatingLog) {
    this.#platform = platform;
    this.#log = log;
    const now = isoTime(platform.clock.now());
    this.#beatAt = platform.clock.monotonic();
    this.#lookedAt = this.#beatAt;
    this.#state = {
      pid: platform.system.pid,
      port: 0,
      token: randomHex(platform.random, 32),
      ...facts,
      started_at: now,
      heartbeat: now,
    };
  }

  get state(): DaemonState {
    return this.#state;
  }

  async open(port: number): Promise<void> {
    this.#state = { ...this.#state, port };
    await writeDaemonState(this.#platform, this.#state);
  }

  health(): DaemonHealth {
    return {
      status: "ok",
      pid: this.#state.pid,
      version: this.#state.version,
      started_at: this.#state.started_at,
      last_cycle_at: this.#cycleAt,
      last_outcome: this.#outcome,
      uploaded: this.#uploaded,
    };
  }

  note(outcome: CycleOutcome): void {
    const words = wordsOf(outcome);
    const isNews = words !== this.#outcome && !(outcome.kind === "idle" && this.#outcome === null);
    if (outcome.kind === "worked") this.#uploaded += outcome.count;
    if (isNews || outcome.kind === "worked") void this.#log.write("cycle", { outcome: words });
    this.#outcome = words;
    this.#cycleAt = isoTime(this.#platform.clock.now());
  }

  /** A look around from within a long round of work, as often as between two. */
  getOn(wake: Wake): void {
    if (this.#platform.clock.monotonic() - this.#lookedAt < LOOP_TIMING.look) return;
    const look = this.look(wake).catch(() => {});
    // An earlier one may still write its sign of life.
    this.#beating = Promise.all([this.#beating, look]).then(() => {});
  }

  /**
   * Ends the daemon when it may not run any more, and gives a sign of life when one is due. The lock file tells whether
   * the user directory is still the one it was started in: one that was removed and made again has another holder.
   */
  async look(wake: Wake): Promise<void> {
    const { clock } = this.#platform;
    this.#lookedAt = clock.monotonic();
    if (await isStopRequested(this.#platform)) return wake.stop(GATE_OFF);
    if (!await holdsLockFile(this.#platform)) return wake.stop("removed");
    if (clock.monotonic() - this.#beatAt >= LOOP_TIMING.heartbeat) await this.#beat();
  }

  /** Resolves when no sign of life is being given. */
  async settled(): Promise<void> {
    await this.#beating;
  }

  async #beat(): Promise<void> {
    const { clock } = this.#platform;
    this.#beatAt = clock.monotonic();
    this.#state = { ...this.#state, heartbeat: isoTime(clock.now()) };
    try {
      await writeDaemonState(this.#platform, this.#state);
    } catch (error) {
      void this.#log.write("heartbeat failed", { reason: errorText(error) });
    }
  }
}

function wordsOf(outcome: CycleOutcome): string {
  switch (outcome.kind) {
    case "idle":
      return "idle";
    case "worked":
      return `uploaded ${outcome.count}`;
    case "failed":
    case "blocked":
      return `${outcome.kind}: ${outcome.reason}`;
  }
}
