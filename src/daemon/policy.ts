import type { DaemonPolicy } from "../user/settings.ts";

/** Why a caller looks for the daemon: work at the host, or only something local. */
export const DAEMON_INTENTS = ["local_only", "remote_required"] as const;

/** One of {@link DAEMON_INTENTS}. */
export type DaemonIntent = typeof DAEMON_INTENTS[number];

/** Why the daemon was left alone. */
export type DaemonSkipReason = "rollout_disabled" | "intent_local_only" | "policy_manual";

/** Whether the daemon may start, and if not, why. */
export type DaemonDecision =
  | { readonly start: true }
  | { readonly start: false; readonly reason: DaemonSkipReason };

/** Tells an intent from any other value. */
export function isDaemonIntent(value: unknown): value is DaemonIntent {
  return DAEMON_INTENTS.some((intent) => intent === value);
}

/**
 * The decision table of background work. The policy is asked for only where it counts, so that a faulty
 * setting disturbs no one else (behaviour.md, Background daemon).
 */
export async function decideDaemonStart(
  isGateOn: boolean,
  intent: DaemonIntent,
  policy: () => Promise<DaemonPolicy>,
): Promise<DaemonDecision> {
  if (!isGateOn) return { start: false, reason: "rollout_disabled" };
  if (intent === "local_only") return { start: false, reason: "intent_local_only" };
  if (await policy() === "manual") return { start: false, reason: "policy_manual" };
  return { start: true };
}
