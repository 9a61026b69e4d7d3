import { isHostedSyncEnabled } from "../client/rollout.ts";
import type { Platform } from "../platform/platform.ts";
import { errorText } from "../platform/tracker_error.ts";
import { type DaemonPolicy, daemonPolicy } from "../user/settings.ts";
import {
  type DaemonIntent,
  type DaemonSkipReason,
  decideDaemonStart,
  isDaemonIntent,
} from "./policy.ts";
import { beginDaemon, startDaemon } from "./start.ts";

/** What became of the wish for a daemon. */
export interface DaemonStartOutcome {
  /** True when it runs now, did so before, or was started and is about to. */
  readonly started: boolean;
  /** Why it was not started; `null` when it runs. */
  readonly skippedReason: DaemonSkipReason | `start_failed: ${string}` | null;
  /** Its process, when it runs. */
  readonly pid: number | null;
}

/** Says why the daemon was not started, without a final period. */
export function notStartedWords(reason: string): string {
  return `Background sync did not start (${reason.replace(/^start_failed: /, "")})`;
}

/** What {@link ensureDaemonRunning} is asked. */
export interface EnsureDaemonOptions {
  readonly platform: Platform;
  /** Required, so that each caller states its purpose. */
  readonly intent: DaemonIntent;
  /** This program's version; a daemon of another one is replaced. */
  readonly version: string;
  /** Settings the caller has read already; the user's settings otherwise. */
  readonly config?: { readonly backgroundDaemon: DaemonPolicy };
  /** Wait until it answers; a command does not, and the next one tells how that ended. */
  readonly wait?: boolean;
  /** Starts the daemon; {@link beginDaemon} or {@link startDaemon} unless given. */
  readonly start?: (
    options: { readonly platform: Platform; readonly version: string },
  ) => Promise<{ readonly pid: number }>;
}

/**
 * Starts the background daemon where gate, intent and policy allow it. Only the callers listed in
 * `callers.ts` may call it (behaviour.md, Background daemon).
 *
 * @throws {TypeError} when `intent` is missing or unknown.
 * @throws {TrackerError} `invalid_setting` when `[sync].background_daemon` is empty; `invalid_toml`.
 */
export async function ensureDaemonRunning(
  options: EnsureDaemonOptions,
): Promise<DaemonStartOutcome> {
  const { platform, intent, version, config, wait = false } = options;
  const start = options.start ?? (wait ? startDaemon : beginDaemon);
  if (!isDaemonIntent(intent)) {
    throw new TypeError(
      `ensureDaemonRunning needs an intent, "local_only" or "remote_required", not "${intent}"`,
    );
  }
  const decision = await decideDaemonStart(
    isHostedSyncEnabled(platform.env),
    intent,
    () => config === undefined ? daemonPolicy(platform) : Promise.resolve(config.backgroundDaemon),
  );
  if (!decision.start) return { started: false, skippedReason: decision.reason, pid: null };
  try {
    const { pid } = await start({ platform, version });
    return { started: true, skippedReason: null, pid };
  } catch (error) {
    return { started: false, skippedReason: `start_failed: ${errorText(error)}`, pid: null };
  }
}
