import type { Platform } from "../platform/platform.ts";
import { gitHead } from "../project/git.ts";
import { type Identity, loadIdentity } from "../project/identity.ts";
import { CredentialStore, type Session } from "../user/credentials.ts";
import { ensureUserDirectory, userPaths } from "../user/paths.ts";
import { queueScope } from "../user/scope.ts";
import { loadSettings, resolveHostUrl } from "../user/settings.ts";
import type { Emitter } from "./emit.ts";
import type { LookEmitter } from "./looks.ts";
import { EventEmitter } from "./emitter.ts";
import { EventQueue } from "./queue.ts";
import { takeOverOldQueue } from "./take_over.ts";

/** Whose queue is in use. */
export interface QueueOwner {
  /** The queue's file. */
  readonly path: string;
  /** The host in force, or `null`. */
  readonly hostUrl: string | null;
  /** The session in force there, or `null`. */
  readonly session: Session | null;
}

const DEFAULT_QUEUE_SIZE = 100_000;

/**
 * Returns the queue of the session in force; the unscoped one without a session. Opens nothing, but takes over what an
 * older version queued elsewhere.
 *
 * @throws {TrackerError} `invalid_toml`, `invalid_setting`, `no_home`.
 */
export async function queueOwner(platform: Platform): Promise<QueueOwner> {
  const host = await resolveHostUrl(platform);
  const active = host === null
    ? null
    : await new CredentialStore({ platform }).activeSession(host.url);
  const session = active?.session ?? null;
  const { path } = await queueScope(platform, session);
  await takeOverOldQueue(platform, path);
  const { unscopedQueue } = userPaths(platform);
  if (path !== unscopedQueue) await takeOverOldQueue(platform, unscopedQueue);
  return { path, hostUrl: host?.url ?? null, session };
}

/** How to open an emitter. */
export interface OpenEmitterOptions {
  /** The machine it works on. */
  readonly platform: Platform;
  /** The project's root. */
  readonly root: string;
  /** Told of every failure, one line without its end; standard error unless given. */
  readonly warn?: (message: string) => void;
}

/**
 * Returns the emitter of a project: every event carries the project's identity, branch and commit, and waits in the
 * queue of the session in force. Opens nothing before the first event; {@link Emitter.close} it afterwards.
 */
export function openEmitter(options: OpenEmitterOptions): Emitter {
  return openLookEmitter(options);
}

/** Returns the emitter of a project as {@link openEmitter} does, which also tells what follows from looks. */
export function openLookEmitter(options: OpenEmitterOptions): LookEmitter {
  const { platform, root } = options;
  const warn = options.warn ??
    ((message: string) => platform.terminal.stderr.write(`Warning: ${message}\n`));
  let identity: Promise<Identity> | null = null;
  let owner: Promise<Pick<QueueOwner, "path" | "session">> | null = null;
  const head = gitHead(platform, root);
  const ownerOnce = () => owner ??= ownerOrNobody(platform);
  return new EventEmitter({
    platform,
    warn,
    async queue() {
      await ensureUserDirectory(platform);
      return await EventQueue.open(platform, (await ownerOnce()).path);
    },
    async context() {
      const { uuid, slug, nodeId, repoSlug } = await (identity ??= loadIdentity(platform, root));
      const { branch, commit } = await head();
      return {
        nodeId,
        projectUuid: uuid,
        projectSlug: slug,
        repoSlug,
        teamSlug: (await ownerOnce()).session?.teamSlug ?? null,
        gitBranch: branch,
        headCommitSha: commit,
      };
    },
    async maxQueueSize() {
      try {
        return await loadSettings(platform).maxQueueSize();
      } catch {
        // The commands that need the setting report its fault; no event is lost for it.
        return DEFAULT_QUEUE_SIZE;
      }
    },
  });
}

/** Returns whose queue is in use. An event waits in the unscoped queue when settings or credentials cannot be read. */
async function ownerOrNobody(platform: Platform): Promise<Pick<QueueOwner, "path" | "session">> {
  try {
    return await queueOwner(platform);
  } catch {
    return { path: userPaths(platform).unscopedQueue, session: null };
  }
}
