import type { NormalizedIssue } from "../contract/issue.ts";
import type { IssueStore } from "../store/issue_store.ts";
import type { IssueFilter } from "../store/issue_filter.ts";
import type { Side } from "../sync/side.ts";
import { type ProjectContext, requireBinding, type SavedBinding } from "./backend.ts";
import { knownProvider } from "./provider_class.ts";

/** The binding of a project, and the issues cached for it. */
export interface CachedIssues {
  readonly binding: SavedBinding;
  /** `null` before the first pull. */
  readonly store: IssueStore | null;
  /** Returns what the other side can take; `null` where the binding names no workspace. Asks nothing of it. */
  readonly side: () => Promise<Side | null>;
}

/** Where the issues of a project are cached. */
export interface CachePlace extends Pick<CachedIssues, "binding" | "side"> {
  /** The file, which is there after the first pull; `null` for a local binding that names no workspace. */
  readonly path: string | null;
  /** Opens it for reading; `null` before the first pull. */
  readonly open: () => Promise<IssueStore | null>;
}

/**
 * Finds where the issues of a project are cached. Opens nothing, and needs no network, no session and no gate.
 *
 * @throws {TrackerError} `missing_mission_binding`, `provider_removed`, `usage` for an unknown provider.
 */
export async function locateCache(
  { platform, root }: Pick<ProjectContext, "platform" | "root">,
): Promise<CachePlace> {
  const binding = await requireBinding({ platform, root });
  const known = knownProvider(platform.env, binding.provider);
  const { workspace } = binding;
  if (known.kind === "hosted") {
    const { IssueCache } = await import("../client/sync_cache.ts");
    const { resolveHostUrl } = await import("../user/settings.ts");
    const baseUrl = (await resolveHostUrl(platform))?.url ?? null;
    const cache = new IssueCache({ platform, provider: known.provider, baseUrl });
    return {
      binding,
      ...placeOf(platform, await cache.path(binding)),
      side: async () =>
        (await import("../client/hosted_side.ts")).hostedSide(known.provider, workspace ?? ""),
    };
  }
  if (workspace === null) {
    return {
      binding,
      path: null,
      open: () => Promise.resolve(null),
      side: () => Promise.resolve(null),
    };
  }
  const { locateWorkspace } = await import("../local/workspace.ts");
  const located = await locateWorkspace(platform, root, known.provider, workspace);
  return {
    binding,
    ...placeOf(platform, located.storePath),
    side: async () => (await import("../local/connectors.ts")).connectorOf(platform, located),
  };
}

function placeOf(
  platform: ProjectContext["platform"],
  path: string,
): Pick<CachePlace, "path" | "open"> {
  const open = async () =>
    await (await import("../store/issue_store.ts")).IssueStore.openForReading(platform, path);
  return { path, open };
}

/**
 * Opens the cached issues for reading. Needs no network, no session and no gate.
 *
 * @throws {TrackerError} `missing_mission_binding`, `provider_removed`, `usage` for an unknown provider.
 */
export async function openCache(
  project: Pick<ProjectContext, "platform" | "root">,
): Promise<CachedIssues> {
  const { binding, side, open } = await locateCache(project);
  return { binding, side, store: await open() };
}

/**
 * Returns the cached issues that pass the filter, last changed first; `null` before the first pull. Needs no network,
 * no session and no gate.
 *
 * @throws {TrackerError} `missing_mission_binding`, `provider_removed`, `usage` for an unknown provider.
 */
export async function cachedIssues(
  project: Pick<ProjectContext, "platform" | "root">,
  filter: IssueFilter = {},
): Promise<readonly NormalizedIssue[] | null> {
  using store = (await openCache(project)).store;
  return store === null ? null : store.list(filter);
}
