import { join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { sha256Hex } from "../platform/random.ts";
import type { Session } from "./credential_sections.ts";
import { userPaths } from "./paths.ts";

/** The event queue of one login. */
export interface QueueScope {
  /** Path of the queue's database. */
  readonly path: string;
  /** 16 hexadecimal digits that stand for server, user and team; `null` without a login. */
  readonly scope: string | null;
}

/** What one issue cache belongs to. */
export interface TrackerScope {
  readonly provider: string;
  readonly workspace: string;
  readonly server: string | null;
  readonly user: string | null;
  readonly team: string | null;
}

/** The event queue of a session; the unscoped one without a session. Touches no file. */
export async function queueScope(
  platform: Platform,
  session: Session | null,
): Promise<QueueScope> {
  const paths = userPaths(platform);
  if (session === null) return { path: paths.unscopedQueue, scope: null };
  const identity = [session.host, session.username ?? "", session.teamSlug ?? ""].join("|");
  const scope = await digest(identity.toLowerCase());
  return { path: join(paths.queues, `queue-${scope}.db`), scope };
}

/** The file name of an issue cache, below the directory of the caches. */
export async function trackerScopeFile(scope: TrackerScope): Promise<string> {
  const { provider, workspace, server, user, team } = scope;
  // As JSON: a workspace may be a path, in which case and any separator count.
  return `${await digest(JSON.stringify([provider, workspace, server, user, team]))}.db`;
}

/** What the issue cache of a local tool belongs to. */
export interface LocalScope {
  readonly provider: string;
  readonly workspace: string;
  /** The real git directory of the repository, else the real root of the project. */
  readonly repository: string;
  /** The tool's own database. */
  readonly database: string;
}

/** The file name of the issue cache of a local tool, below the directory of the caches. */
export async function localScopeFile(scope: LocalScope): Promise<string> {
  const { provider, workspace, repository, database } = scope;
  return `${await digest(JSON.stringify(["local", provider, workspace, repository, database]))}.db`;
}

/** The file name of the note that says which database was seen last from a project's root. */
export async function seenNoteFile(
  { provider, workspace, root }: {
    readonly provider: string;
    readonly workspace: string;
    readonly root: string;
  },
): Promise<string> {
  return `${await digest(JSON.stringify(["seen", provider, workspace, root]))}.seen.json`;
}

async function digest(identity: string): Promise<string> {
  return (await sha256Hex(identity)).slice(0, 16);
}
