import { classifyProvider } from "../contract/providers.ts";
import { givesSignsOfLife, readDaemonState } from "../daemon/state.ts";
import { evaluateReadiness } from "../client/readiness.ts";
import { isHostedSyncEnabled } from "../client/rollout.ts";
import type { QueueCounts } from "../events/queue_counts.ts";
import { isoTime } from "../platform/clock.ts";
import { basename } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import type { BindingConfig } from "../project/config.ts";
import { providerRemoved } from "../project/removed_provider.ts";
import { getSetting } from "../user/settings.ts";
import type { ShownProject } from "./shown_project.ts";
import { visible, visibleStart } from "../pages/visible.ts";

/** What the project is bound to. */
export interface BindingView {
  readonly label: string;
  /** `null` for a provider this machine has not opted in to. */
  readonly provider: string | null;
  readonly kind: "hosted" | "local" | null;
}

/** How ready this machine and project are. */
export interface ReadinessView {
  readonly state: string;
  readonly message: string;
  readonly next_action: string | null;
}

/** What waits to be uploaded. */
export interface QueueView {
  readonly pending: number;
  readonly parked: number;
  readonly without_project: number;
  readonly oldest_at: string | null;
}

/** The background daemon, by its state file. */
export interface DaemonView {
  readonly state: "running" | "stopped" | "stale";
  readonly pid: number | null;
  readonly started_at: string | null;
  readonly policy: "auto" | "manual";
}

/** Returns what a project is bound to; `null` without a binding. */
export function bindingView(
  { platform, root }: ShownProject,
  binding: BindingConfig,
): BindingView | null {
  if (binding.provider === null || root === null) return null;
  const { displayLabel, workspace, projectSlug, bindingRef } = binding;
  const found = classifyProvider(binding.provider);
  if (found.kind === "removed") throw providerRemoved(found);
  const isShown = found.kind === "local" || isHostedSyncEnabled(platform.env);
  const label = displayLabel ?? workspace ?? projectSlug ?? bindingRef;
  return {
    label: visibleStart(label ?? (isShown ? binding.provider : basename(root)), 120),
    provider: isShown ? visibleStart(binding.provider, 40) : null,
    kind: isShown && found.kind !== "unknown" ? found.kind : null,
  };
}

/** Returns how ready this machine and project are. */
export async function readinessView({ platform, root }: ShownProject): Promise<ReadinessView> {
  const { state, message, nextAction } = await evaluateReadiness({
    platform,
    projectRoot: root,
    requireMissionBinding: true,
  });
  return {
    state,
    message: visible(message),
    next_action: nextAction === null ? null : visible(nextAction),
  };
}

/** Returns what waits to be uploaded. */
export function queueView({ pending, parked, withoutProject, oldestAt }: QueueCounts): QueueView {
  return {
    pending,
    parked,
    without_project: withoutProject,
    oldest_at: oldestAt === null ? null : isoTime(oldestAt),
  };
}

/** Returns how the background daemon stands, by its state file. */
export async function daemonView(platform: Platform): Promise<DaemonView> {
  // The table of settings, because the page must not fail on an invalid policy, or warn at every refresh.
  const { value } = await getSetting(platform, "sync.background_daemon");
  const policy = value === "manual" ? "manual" : "auto";
  const state = await readDaemonState(platform);
  if (state === null) return { state: "stopped", pid: null, started_at: null, policy };
  return {
    state: givesSignsOfLife(platform, state) ? "running" : "stale",
    pid: state.pid,
    started_at: visible(state.started_at),
    policy,
  };
}
