import type { LocalProvider } from "../contract/providers.ts";
import { join, resolveFrom } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { sha256Hex } from "../platform/random.ts";
import { CredentialStore } from "../user/credentials.ts";
import { userPaths } from "../user/paths.ts";
import { adoptStore } from "../store/adopted.ts";
import { trackerScopeFile } from "../user/scope.ts";

/** A local provider's workspace as a project uses it. */
export interface LocalWorkspace {
  readonly provider: LocalProvider;
  readonly workspace: string;
  /** The executable. */
  readonly command: string;
  /** The directory it runs in, absolute. */
  readonly cwd: string;
  /** The cache of this workspace. */
  readonly storePath: string;
  /** Lock file that one sync of the workspace holds. */
  readonly syncLockPath: string;
  /** Lock file that one call of the tool holds. */
  readonly toolLockPath: string;
}

/** The commands that local providers go through, unless a credential names another. */
export const TOOL_COMMANDS: Readonly<Record<LocalProvider, string>> = { beads: "bd", fp: "fp" };

/**
 * Where a project's local tracker is: its tool, directory and cache. Reads the provider's credentials,
 * and takes over a cache that an older version kept elsewhere.
 *
 * @throws {TrackerError} `invalid_toml` when the credentials cannot be read.
 */
export async function locateWorkspace(
  platform: Platform,
  root: string,
  provider: LocalProvider,
  workspace: string,
): Promise<LocalWorkspace> {
  const credentials = await new CredentialStore({ platform })
    .providerCredentials(provider, root);
  const cwd = resolveFrom(root, credentials["cwd"] ?? ".");
  const { trackers, old } = userPaths(platform);
  // The directory stands where a hosted cache has its server: two projects may call their workspaces alike.
  const scope = { provider, workspace, server: cwd, user: null, team: null };
  const file = await trackerScopeFile(scope);
  const storePath = await adoptStore(platform, join(old.trackers, file), join(trackers, file));
  const tool = (await sha256Hex(JSON.stringify([provider, cwd]))).slice(0, 16);
  return {
    provider,
    workspace,
    command: credentials["command"] ?? TOOL_COMMANDS[provider],
    cwd,
    storePath,
    syncLockPath: `${storePath}.lock`,
    toolLockPath: join(trackers, `${provider}-${tool}.lock`),
  };
}
