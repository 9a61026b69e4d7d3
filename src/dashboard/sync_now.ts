import { MANUAL_MODE_NOTICE } from "../daemon/manual_mode.ts";
import { type EnsureDaemonOptions, ensureDaemonRunning } from "../daemon/intent.ts";
import { daemonStatus, triggerDaemon } from "../daemon/status.ts";
import { evaluateReadiness } from "../hosted/readiness.ts";
import type { Platform } from "../platform/platform.ts";
import { daemonPolicy } from "../user/settings.ts";
import { queueDepth } from "./queue_depth.ts";
import { visible } from "./visible.ts";

/** What came of a press on "Sync now". */
export type SyncNowView =
  /** Background sync is left to the user; not a failure. */
  | { readonly kind: "manual"; readonly notice: readonly string[] }
  | { readonly kind: "not_ready"; readonly message: string; readonly next_action: string | null }
  | { readonly kind: "uploaded"; readonly uploaded: number; readonly remaining: number }
  | { readonly kind: "nothing_waiting" }
  /** The daemon was told and has not finished yet. */
  | { readonly kind: "under_way"; readonly remaining: number }
  | { readonly kind: "failed"; readonly message: string; readonly next_action: string | null };

/** What "Sync now" works with. */
export interface SyncNowOptions {
  readonly platform: Platform;
  /** The project's root; `null` outside of one. */
  readonly root: string | null;
  /** This program's version. */
  readonly version: string;
  /** Ends the wait for the daemon early. */
  readonly signal?: AbortSignal | undefined;
  /** Starts the daemon; the real one unless given. */
  readonly startDaemon?: EnsureDaemonOptions["start"] | undefined;
}

const LOOK_EVERY_MS = 100;
const WAIT_FOR_UPLOAD_MS = 8_000;
const SEE_DAEMON = "Look at `tracker daemon status`, then try again.";

/**
 * Has the queue uploaded by the background daemon, and tells what came of it. In manual mode nothing is
 * started.
 *
 * @throws {TrackerError} `invalid_setting`, `invalid_toml`, `database_unusable`.
 */
export async function syncNow(options: SyncNowOptions): Promise<SyncNowView> {
  const { platform, root, version, startDaemon } = options;
  const policy = await daemonPolicy(platform);
  if (policy === "auto") {
    // A daemon that has nothing to sign in with would only wait.
    const ready = await evaluateReadiness({ platform, projectRoot: root });
    if (ready.state !== "ready") {
      const next_action = ready.nextAction === null ? null : visible(ready.nextAction);
      return { kind: "not_ready", message: visible(ready.message), next_action };
    }
  }
  const before = await queueDepth(platform);
  const pressedAt = platform.clock.now();
  const outcome = await ensureDaemonRunning({
    platform,
    version,
    intent: "remote_required",
    config: { backgroundDaemon: policy },
    ...(startDaemon === undefined ? {} : { start: startDaemon }),
  });
  if (outcome.skippedReason === "policy_manual") {
    return { kind: "manual", notice: MANUAL_MODE_NOTICE };
  }
  if (!outcome.started) {
    const message = `Background sync did not start (${visible(outcome.skippedReason ?? "")}).`;
    return { kind: "failed", message, next_action: SEE_DAEMON };
  }
  if (!await triggerDaemon(platform)) {
    return { kind: "failed", message: "Background sync does not answer.", next_action: SEE_DAEMON };
  }
  if (before.pending === 0) return { kind: "nothing_waiting" };
  return await untilUploaded(options, before.pending, pressedAt);
}

async function untilUploaded(
  options: SyncNowOptions,
  before: number,
  pressedAt: number,
): Promise<SyncNowView> {
  const { platform, signal } = options;
  const until = platform.clock.monotonic() + WAIT_FOR_UPLOAD_MS;
  for (;;) {
    const { pending } = await queueDepth(platform);
    if (pending === 0) return { kind: "uploaded", uploaded: before, remaining: 0 };
    const reason = await failureSince(platform, pressedAt);
    if (reason !== null) {
      const message = `The upload did not succeed: ${visible(reason)}`;
      return { kind: "failed", message, next_action: "Everything stays queued." };
    }
    if (signal?.aborted === true || platform.clock.monotonic() >= until) {
      const uploaded = Math.max(0, before - pending);
      return uploaded > 0
        ? { kind: "uploaded", uploaded, remaining: pending }
        : { kind: "under_way", remaining: pending };
    }
    await platform.clock.sleep(LOOK_EVERY_MS);
  }
}

/** Why the daemon's last round failed, when it ended after `since` (milliseconds since 1970). */
async function failureSince(platform: Platform, since: number): Promise<string | null> {
  const status = await daemonStatus(platform);
  if (status.kind !== "running") return "background sync has ended";
  const { last_cycle_at, last_outcome } = status.health;
  if (last_cycle_at === null || Date.parse(last_cycle_at) < since) return null;
  const failed = /^(?:failed|blocked)\b:?\s*(.*)$/s.exec(last_outcome ?? "");
  return failed?.[1] ?? null;
}
