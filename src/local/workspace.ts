import type { LocalProvider } from "../contract/providers.ts";
import { join, resolveFrom } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { sha256Hex } from "../platform/random.ts";
import { credentialPlace, type Repository, repositoryOf } from "../project/repository.ts";
import { adoptStore } from "../store/adopted.ts";
import { latestDatabase, readSeen, type SeenDatabase } from "../store/places.ts";
import { CredentialStore } from "../user/credentials.ts";
import { userPaths } from "../user/paths.ts";
import { localScopeFile, seenNoteFile, trackerScopeFile } from "../user/scope.ts";

/** A local provider's workspace as a project uses it. */
export interface LocalWorkspace {
  readonly provider: LocalProvider;
  readonly workspace: string;
  /** The executable. */
  readonly command: string;
  /** The directory it runs in, absolute. */
  readonly cwd: string;
  /** The repository of the project. */
  readonly repository: Repository;
  /** The tool's own database, as it was seen last; `null` before the first sync. */
  readonly database: string | null;
  /** The note of that, and what it says of this project; `null` when it says nothing. */
  readonly seenPath: string;
  readonly seen: SeenDatabase | null;
  /** The cache of this workspace. */
  readonly storePath: string;
  /** Where the cache is before the database is known, and where older versions kept it: by the directory. */
  readonly directoryStorePath: string;
  /** Lock file that one sync of the workspace holds. */
  readonly syncLockPath: string;
  /** Lock file that one call of the tool holds. */
  readonly toolLockPath: string;
}

/** The commands that local providers go through, unless a credential names another. */
export const TOOL_COMMANDS: Readonly<Record<LocalProvider, string>> = { beads: "bd", fp: "fp" };

/**
 * Where a project's local tracker is: its tool, directory and cache. Reads the provider's credentials, and takes over
 * a cache that an older version kept elsewhere. Starts no tool: the cache is that of the database which was seen last
 * from here, else last from another worktree of the repository.
 *
 * @throws {TrackerError} `invalid_toml` when the credentials cannot be read.
 */
export async function locateWorkspace(
  platform: Platform,
  root: string,
  provider: LocalProvider,
  workspace: string,
): Promise<LocalWorkspace> {
  const repository = await repositoryOf(platform, root);
  const credentials = await new CredentialStore({ platform })
    .providerCredentials(provider, await credentialPlace(platform, root));
  const cwd = resolveFrom(root, credentials["cwd"] ?? ".");
  const { trackers, old } = userPaths(platform);
  // The directory stands where a hosted cache has its server: two projects may call their workspaces alike.
  const scope = { provider, workspace, server: cwd, user: null, team: null };
  const file = await trackerScopeFile(scope);
  const directoryStorePath = await adoptStore(
    platform,
    join(old.trackers, file),
    join(trackers, file),
  );
  const seenPath = join(
    trackers,
    await seenNoteFile({ provider, workspace, root: repository.root }),
  );
  const note = await readSeen(platform, seenPath);
  // A note of another repository, or of another directory, says nothing of this one.
  const seen = note?.repository === repository.directory && note.cwd === cwd ? note : null;
  const located = {
    provider,
    workspace,
    command: credentials["command"] ?? TOOL_COMMANDS[provider],
    cwd,
    repository,
    seenPath,
    seen,
    directoryStorePath,
  };
  const isThere = async (path: string) => await platform.files.stat(path) !== null;
  if (seen === null && !(await isThere(directoryStorePath))) {
    const latest = await latestDatabase(platform, trackers, {
      provider,
      workspace,
      repository: repository.directory,
    });
    return await withDatabase(platform, located, latest);
  }
  const known = await withDatabase(platform, located, seen?.database ?? null);
  if (await isThere(known.storePath) || !(await isThere(directoryStorePath))) return known;
  return await withDatabase(platform, located, null);
}

/** Returns the workspace with the cache of the tool's database; by its directory while that is not known. */
export async function withDatabase(
  platform: Platform,
  workspace: Omit<LocalWorkspace, "database" | "storePath" | "syncLockPath" | "toolLockPath">,
  database: string | null,
): Promise<LocalWorkspace> {
  const { provider, cwd, repository, directoryStorePath } = workspace;
  const { trackers } = userPaths(platform);
  const storePath = database === null ? directoryStorePath : join(
    trackers,
    await localScopeFile({
      provider,
      workspace: workspace.workspace,
      repository: repository.directory,
      database,
    }),
  );
  // Syncs of one database take turns, from whichever repository they start.
  const tool = (await sha256Hex(JSON.stringify([provider, database ?? cwd]))).slice(0, 16);
  return {
    ...workspace,
    database,
    storePath,
    syncLockPath: `${storePath}.lock`,
    toolLockPath: join(trackers, `${provider}-${tool}.lock`),
  };
}
