import { classifyProvider } from "../contract/providers.ts";
import { ensureDaemonRunning } from "../daemon/intent.ts";
import { isHostedSyncEnabled } from "../client/rollout.ts";
import { readAllPackages } from "../missions/packages/read_packages.ts";
import { databaseVersion } from "../platform/database_version.ts";
import { basename } from "../platform/paths.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";
import { type BindingConfig, loadBinding, NO_BINDING } from "../project/config.ts";
import type { IssueStore } from "../store/issue_store.ts";
import type { Side } from "../sync/side.ts";
import { NO_TICKETS } from "../sync/ticket_lookup.ts";
import { type CachePlace, locateCache } from "../tracker/cache.ts";
import { ticketsIn } from "../tracker/package_tickets.ts";
import {
  type CacheView,
  cacheView,
  type IssueQuery,
  type IssuesView,
  issuesView,
} from "./cache_reading.ts";
import { type IssueDetail, issueDetail } from "./issue_reading.ts";
import type { CachePart, DashboardMemory } from "./memory.ts";
import { packageIds, type PackagesView, packagesView } from "./package_reading.ts";
import { queueDepth, queuePaths } from "./queue_depth.ts";
import {
  type BindingView,
  bindingView,
  type DaemonView,
  daemonView,
  type QueueView,
  queueView,
  type ReadinessView,
  readinessView,
} from "./state_parts.ts";
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

/** What could not be read, and what to do. */
export interface ProblemView {
  readonly part: string;
  readonly message: string;
  readonly next_action: string | null;
}

/** What the page shows besides issues, and what tells that it is the same. */
export interface VersionedState {
  readonly view: StateView;
  /**
   * The same word as long as no process has written to what was read, the issues among it; `null` while that cannot be
   * told, for some seconds after a change.
   */
  readonly version: string | null;
}

/**
 * Reads everything but the issues. Starts nothing, sends nothing and makes no file; a part that cannot be
 * read is told among the problems and spoils no other. What was counted is remembered until it is written to.
 */
export async function readState(
  options: ShownProject,
  memory: DashboardMemory,
): Promise<VersionedState> {
  const { platform, root, version } = options;
  await ensureDaemonRunning({ platform, version, intent: "local_only" });
  const hosted = isHostedSyncEnabled(platform.env);
  const problems: ProblemView[] = [];
  // Each is told before the reading, so that what is written meanwhile is read at the next look.
  const versions: (string | null)[] = [];
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
  const bound = binding === null
    ? null
    : await attempt("Binding", () => Promise.resolve(bindingView(options, binding)));
  const missions = root === null
    ? null
    : await attempt("Work packages", () => readAllPackages(platform, root));
  const cache = isBound && root !== null
    ? await attempt("Issue cache", async () => {
      const place = await locateCache({ platform, root });
      const wpIds = packageIds(missions ?? []);
      const told = await versionOf(platform, place.path === null ? [] : [place.path]);
      versions.push(told);
      return await memory.cache.at(
        told === null ? null : [...wpIds, told].join("\n"),
        () => readPart(place, wpIds),
      );
    })
    : null;
  const view: StateView = {
    version,
    hosted,
    can_sync: canSync(platform, binding),
    project: root === null ? null : { name: visible(basename(root)), root: visible(root) },
    binding: bound,
    readiness: hosted && !isLocal ? await readinessView(options) : null,
    queue: hosted
      ? await attempt("Queue", async () => {
        const paths = await queuePaths(platform);
        const told = await versionOf(platform, paths);
        versions.push(told);
        return await memory.queue.at(
          told,
          async () => queueView(await queueDepth(platform, paths)),
        );
      })
      : null,
    daemon: hosted ? await attempt("Background sync", () => daemonView(platform)) : null,
    cache: cache?.view ?? null,
    packages: missions === null ? null : packagesView(missions, cache?.tickets ?? NO_TICKETS),
    problems,
  };
  return { view, version: versions.includes(null) ? null : versions.join("\n") };
}

/** A word for the content of some databases, and for which they are; see {@link databaseVersion}. */
async function versionOf(
  platform: ShownProject["platform"],
  paths: readonly string[],
): Promise<string | null> {
  const words: string[] = [];
  for (const path of paths) {
    const version = await databaseVersion(platform, path);
    if (version === null) return null;
    words.push(`${path} ${version}`);
  }
  return words.join("\n");
}

async function readPart(
  place: CachePlace,
  wpIds: ReadonlySet<string>,
): Promise<CachePart | null> {
  using store = await place.open();
  if (store === null) return null;
  return {
    view: cacheView(store, await place.side()),
    tickets: wpIds.size === 0 ? null : await ticketsIn(store, place, wpIds),
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
    : await withStore(options, (store, side) => issuesView(store, side, query));
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
  return provider === null
    ? null
    : await withStore(options, (store, side) => issueDetail(store, side, id));
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
  read: (store: IssueStore, side: Side | null) => T,
): Promise<T | null> {
  if (root === null) return null;
  const { open, side } = await locateCache({ platform, root });
  using store = await open();
  return store === null ? null : read(store, await side());
}
