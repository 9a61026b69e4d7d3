import { classifyProvider } from "../contract/providers.ts";
import { ensureDaemonRunning } from "../daemon/intent.ts";
import { readDaemonState } from "../daemon/state.ts";
import { evaluateReadiness } from "../client/readiness.ts";
import { isHostedSyncEnabled } from "../client/rollout.ts";
import { isoTime } from "../platform/clock.ts";
import { basename } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";
import { type BindingConfig, loadBinding, NO_BINDING } from "../project/config.ts";
import { providerRemoved } from "../project/removed_provider.ts";
import type { IssueStore } from "../store/issue_store.ts";
import { openCache } from "../tracker/cache.ts";
import { getSetting } from "../user/settings.ts";
import {
  type CacheView,
  cacheView,
  type IssueQuery,
  type IssuesView,
  issuesView,
} from "./cache_reading.ts";
import { type IssueDetail, issueDetail } from "./issue_reading.ts";
import { type PackagesView, packagesView } from "./package_reading.ts";
import { queueDepth } from "./queue_depth.ts";
import { canSync } from "./sync_now.ts";
import type { ShownProject } from "./shown_project.ts";
import { visible, visibleStart } from "../pages/visible.ts";

/** Everything the page shows but the issues. Parts that are hosted are `null` with the gate off. */
export interface StateView {
  readonly version: string;
  /** Whether the rollout gate is on. */
  readonly hosted: boolean;
  /** Whether "Sync now" is offered. */
  readonly can_sync: boolean;
  readonly project: { readonly name: string; readonly root: string } | null;
  readonly binding: BindingView | null;
  readonly readiness: ReadinessView | null;
  readonly queue: QueueView | null;
  readonly daemon: DaemonView | null;
  readonly cache: CacheView | null;
  /** `null` for a project without work packages. */
  readonly packages: PackagesView | null;
  /** Parts that could not be read. */
  readonly problems: readonly ProblemView[];
}

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

/** What could not be read, and what to do. */
export interface ProblemView {
  readonly part: string;
  readonly message: string;
  readonly next_action: string | null;
}

/** The daemon renews its heartbeat every 30 s or so; one that has missed some is gone. */
const HEARTBEAT_GOOD_FOR_MS = 150_000;

/**
 * Reads everything but the issues. Starts nothing, sends nothing and makes no file; a part that cannot be
 * read is told among the problems and spoils no other.
 */
export async function readState(options: ShownProject): Promise<StateView> {
  const { platform, root, version } = options;
  await ensureDaemonRunning({ platform, version, intent: "local_only" });
  const hosted = isHostedSyncEnabled(platform.env);
  const problems: ProblemView[] = [];
  const attempt = async <T>(part: string, read: () => Promise<T>): Promise<T | null> => {
    try {
      return await read();
    } catch (error) {
      problems.push(problemOf(part, error));
      return null;
    }
  };
  const binding = await attempt("Binding", () => loadBindingOf(options));
  const isBound = binding !== null && binding.provider !== null;
  const isLocal = isBound && classifyProvider(binding.provider).kind === "local";
  return {
    version,
    hosted,
    can_sync: canSync(platform, binding),
    project: root === null ? null : { name: visible(basename(root)), root: visible(root) },
    binding: binding === null ? null : await attempt(
      "Binding",
      () => Promise.resolve(bindingView(options, binding)),
    ),
    readiness: hosted && !isLocal ? await readinessView(options) : null,
    queue: hosted ? await attempt("Queue", () => queueView(platform)) : null,
    daemon: hosted ? await attempt("Background sync", () => daemonView(platform)) : null,
    cache: isBound ? await attempt("Issue cache", () => withStore(options, cacheView)) : null,
    packages: root === null
      ? null
      : await attempt("Work packages", () => packagesView(platform, root)),
    problems,
  };
}

/**
 * Reads the cached issues that pass a query. Starts nothing, sends nothing and makes no file.
 *
 * @throws {TrackerError} what reading the binding or its cache throws.
 */
export async function readIssues(options: ShownProject, query: IssueQuery): Promise<IssuesView> {
  const { platform, version } = options;
  await ensureDaemonRunning({ platform, version, intent: "local_only" });
  const { provider } = await loadBindingOf(options);
  const view = provider === null
    ? null
    : await withStore(options, (store) => issuesView(store, query));
  return view ?? { issues: [], more: false };
}

/**
 * Reads one cached issue by its very id; `null` when the cache does not have it. Starts nothing, sends nothing and
 * makes no file.
 *
 * @throws {TrackerError} what reading the binding or its cache throws.
 */
export async function readIssue(options: ShownProject, id: string): Promise<IssueDetail | null> {
  const { platform, version } = options;
  await ensureDaemonRunning({ platform, version, intent: "local_only" });
  const { provider } = await loadBindingOf(options);
  return provider === null ? null : await withStore(options, (store) => issueDetail(store, id));
}

/** Whether "Sync now" is offered; a binding that cannot be read is none. */
export async function readCanSync(options: ShownProject): Promise<boolean> {
  if (canSync(options.platform, null)) return true;
  return canSync(options.platform, await loadBindingOf(options).catch(() => null));
}

/** A failure in words that may be shown. */
export function problemOf(part: string, error: unknown): ProblemView {
  const next = error instanceof TrackerError ? error.nextAction : null;
  return {
    part,
    message: visibleStart(errorText(error), 400),
    next_action: next === null ? null : visible(next),
  };
}

async function loadBindingOf({ platform, root }: ShownProject): Promise<BindingConfig> {
  return root === null ? NO_BINDING : await loadBinding(platform, root);
}

async function withStore<T>(
  { platform, root }: ShownProject,
  read: (store: IssueStore) => T,
): Promise<T | null> {
  if (root === null) return null;
  const { store } = await openCache({ platform, root });
  if (store === null) return null;
  try {
    return read(store);
  } finally {
    store.close();
  }
}

function bindingView({ platform, root }: ShownProject, binding: BindingConfig): BindingView | null {
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

async function readinessView({ platform, root }: ShownProject): Promise<ReadinessView> {
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

async function queueView(platform: Platform): Promise<QueueView> {
  const { pending, parked, withoutProject, oldestAt } = await queueDepth(platform);
  return {
    pending,
    parked,
    without_project: withoutProject,
    oldest_at: oldestAt === null ? null : isoTime(oldestAt),
  };
}

async function daemonView(platform: Platform): Promise<DaemonView> {
  // The table of settings, because the page must not fail on an invalid policy, or warn at every refresh.
  const { value } = await getSetting(platform, "sync.background_daemon");
  const policy = value === "manual" ? "manual" : "auto";
  const state = await readDaemonState(platform);
  if (state === null) return { state: "stopped", pid: null, started_at: null, policy };
  const age = platform.clock.now() - Date.parse(state.heartbeat);
  const isAlive = age < HEARTBEAT_GOOD_FOR_MS && platform.system.isAlive(state.pid) !== false;
  return {
    state: isAlive ? "running" : "stale",
    pid: state.pid,
    started_at: visible(state.started_at),
    policy,
  };
}
