import { join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { IssueStore } from "../store/issue_store.ts";
import { rememberPlace, rememberSeen } from "../store/places.ts";
import { userPaths } from "../user/paths.ts";
import { localScopeFile } from "../user/scope.ts";
import { toolOf } from "./connectors.ts";
import { takeIn } from "../sync/take_in.ts";
import { databaseEvidence, toolDatabase } from "./tool_database.ts";
import { type LocalWorkspace, withDatabase } from "./workspace.ts";

/** How to settle which cache a sync works on. */
export interface SettleOptions {
  /** Nothing is moved and no note is written. */
  readonly dryRun: boolean;
  /** Stops the waiting for a tool that is busy. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns the workspace with the cache of the database that its tool uses now. The tool is asked only where what is on
 * disk does not show that it is the one seen last. A cache that was kept by its directory becomes that of the database,
 * or gives it what only it holds. A cache of another database stays, and a warning tells what is waiting in it.
 *
 * @throws {TrackerError} what a call of the tool throws; `locked`.
 */
export async function settleWorkspace(
  platform: Platform,
  located: LocalWorkspace,
  { dryRun, signal }: SettleOptions,
): Promise<LocalWorkspace> {
  const { provider, command, cwd, repository, seen } = located;
  const search = { platform, provider, command, cwd, repository: repository.directory };
  const evidence = await databaseEvidence(search);
  const database = seen !== null && evidence !== null && seen.evidence === evidence
    ? seen.database
    : await toolDatabase({ ...search, tool: toolOf(platform, located, signal) });
  const settled = await withDatabase(platform, located, database);
  if (dryRun) return await isThere(platform, settled.storePath) ? settled : located;
  // A tool may learn to name its database: what was kept without the name is the same.
  const before = seen?.database;
  if (before !== undefined && before !== database) {
    const earlier = await withDatabase(platform, located, before);
    if (database.startsWith(`${before}#`)) {
      await takeIn(platform, earlier.storePath, settled.storePath);
    } else await warnOfWaiting(platform, located, before, database);
  }
  const { directoryStorePath } = located;
  const storePath = await takeIn(platform, directoryStorePath, settled.storePath);
  if (storePath !== settled.storePath) return await withDatabase(platform, located, null);
  await rememberSeen(platform, located.seenPath, {
    provider,
    workspace: located.workspace,
    root: repository.root,
    repository: repository.directory,
    cwd,
    database,
    evidence,
  });
  return settled;
}

/** Keeps beside the cache of a workspace what it is of. */
export async function rememberWorkspace(
  platform: Platform,
  { provider, workspace, cwd, repository, database, storePath }: LocalWorkspace,
): Promise<void> {
  await rememberPlace(platform, storePath, {
    provider,
    workspace,
    directory: cwd,
    repository: repository.directory,
    root: repository.root,
    ...(database === null ? {} : { database }),
  });
}

async function warnOfWaiting(
  platform: Platform,
  located: LocalWorkspace,
  before: string,
  now: string,
): Promise<void> {
  const { provider, workspace, repository, command } = located;
  const file = await localScopeFile({
    provider,
    workspace,
    repository: repository.directory,
    database: before,
  });
  const path = join(userPaths(platform).trackers, file);
  using store = await IssueStore.openForReading(platform, path);
  const edits = store?.counts().pending ?? 0;
  const mappings = store?.mappings.list().length ?? 0;
  if (edits + mappings === 0) return;
  platform.terminal.stderr.write(
    `Warning: \`${command}\` uses the database "${now}" now. What waits for "${before}" stays with that one ` +
      `(issues with edits: ${edits}, mappings: ${mappings}); \`tracker state list\` shows it.\n`,
  );
}

async function isThere({ files }: Platform, path: string): Promise<boolean> {
  return await files.stat(path) !== null;
}
