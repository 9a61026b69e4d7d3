import { dirname, join, resolveFrom } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import type { OutputStream } from "../platform/terminal.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";

/**
 * Where everything of one user lives. All are absolute paths. Settings and credentials are shared with spec-kitty;
 * what this program alone writes is in a directory of its own.
 */
export interface UserPaths {
  /** The user directory, mode 0700. */
  readonly root: string;
  /** Settings, TOML. */
  readonly config: string;
  /** Lock that serialises writers of the settings. */
  readonly configLock: string;
  /** Sessions and local providers' credentials, TOML, mode 0600. */
  readonly credentials: string;
  /** Lock that serialises writers of the credentials. */
  readonly credentialsLock: string;
  /** The directory of what this program alone writes. */
  readonly own: string;
  /** Directory of the issue caches. */
  readonly trackers: string;
  /** Directory of texts that are written in an editor and were not sent yet. */
  readonly drafts: string;
  /** Directory of the event queues, one per login scope. */
  readonly queues: string;
  /** The event queue of a user without a login. */
  readonly unscopedQueue: string;
  /** State file of the background daemon. */
  readonly daemonState: string;
  /** Note of a start of the background daemon that is not ready yet, or has failed. */
  readonly daemonStart: string;
  /** Lock that the background daemon holds for its life. */
  readonly daemonLock: string;
  /** Log of the background daemon. */
  readonly daemonLog: string;
  /** Written by a command that runs with hosted sync off: the daemon ends before its next upload. */
  readonly daemonStopRequest: string;
  /** Where versions before 0.2 kept the same, beside files of the same names of another program. */
  readonly old: OldPaths;
}

/** Where versions before 0.2 kept what is in {@link UserPaths.own} now. */
export interface OldPaths {
  readonly trackers: string;
  readonly queues: string;
  readonly unscopedQueue: string;
  readonly daemonState: string;
}

/**
 * Returns the user's paths: below `SPEC_KITTY_HOME`, else `.spec-kitty` in the home directory. Touches no file.
 *
 * @throws {TrackerError} `no_home` when the environment names neither.
 */
export function userPaths(platform: Platform): UserPaths {
  const root = userRoot(platform);
  const own = join(root, "tracker");
  return {
    root,
    config: join(root, "config.toml"),
    configLock: join(root, "config.toml.lock"),
    credentials: join(root, "credentials"),
    credentialsLock: join(root, "credentials.lock"),
    own,
    trackers: join(own, "trackers"),
    drafts: join(own, "drafts"),
    queues: join(own, "queues"),
    unscopedQueue: join(own, "queue.db"),
    daemonState: join(own, "daemon.json"),
    daemonStart: join(own, "daemon.start"),
    daemonLock: join(own, "daemon.lock"),
    daemonLog: join(own, "daemon.log"),
    daemonStopRequest: join(own, "daemon.stop"),
    old: {
      trackers: join(root, "trackers"),
      queues: join(root, "queues"),
      unscopedQueue: join(root, "queue.db"),
      daemonState: join(root, "sync-daemon"),
    },
  };
}

/**
 * Creates a missing user directory and closes it to other users (mode 0700). A directory of the system's
 * administrator, such as a volume of a job, cannot be closed: a warning says so, and it is used as it is.
 *
 * @throws {TrackerError} `foreign_directory` for one of any other user, who could read and change all in it.
 */
export async function ensureUserDirectory(platform: Platform): Promise<void> {
  const { root, own } = userPaths(platform);
  await requireOwnDirectory(platform);
  const facts = await platform.files.stat(root);
  if (facts === null) {
    // Parents first: a mode given to a recursive call would hold for them too.
    await platform.files.makeDirectory(dirname(root));
    await platform.files.makeDirectory(root, 0o700);
    await platform.files.makeDirectory(own, 0o700);
  } else if (facts.mode !== null && (facts.mode & 0o077) !== 0) {
    await closeToOthers(platform, root, facts.mode, facts.owner);
  }
}

/**
 * Checks that what is in the user directory was put there by the user or the administrator, where the program may know
 * who its user is. The administrator may use anybody's.
 *
 * @throws {TrackerError} `foreign_directory`.
 */
export async function requireOwnDirectory(platform: Platform): Promise<void> {
  const me = platform.system.userId();
  if (me === null || me === ADMINISTRATOR) return;
  const { root } = userPaths(platform);
  const owner = (await platform.files.stat(root))?.owner ?? me;
  if (owner !== me && owner !== ADMINISTRATOR) throw foreignDirectory(root, owner);
}

async function closeToOthers(
  platform: Platform,
  root: string,
  mode: number,
  owner: number | null,
): Promise<void> {
  try {
    await platform.files.setMode(root, 0o700);
  } catch (error) {
    if (error instanceof Error && error.name === "NotCapable") throw error;
    // Only its owner may change a mode, and what the administrator owns is as safe as the machine.
    if (isForbidden(error) && owner !== null && owner !== ADMINISTRATOR) {
      throw foreignDirectory(root, owner);
    }
    const { stderr } = platform.terminal;
    if (told.has(stderr)) return;
    told.add(stderr);
    const was = mode.toString(8).padStart(4, "0");
    stderr.write(
      `Warning: "${root}" is open to other users (mode ${was}), and stays so: ${
        errorText(error)
      }.\n`,
    );
  }
}

const ADMINISTRATOR = 0;

function isForbidden(error: unknown): boolean {
  return error instanceof Error &&
    (error.name === "PermissionDenied" || /os error 1\)/.test(error.message));
}

function foreignDirectory(root: string, owner: number): TrackerError {
  return new TrackerError({
    code: "foreign_directory",
    message:
      `"${root}" belongs to another user (number ${owner}), who could read and change what is kept in it`,
    nextAction: "Set `SPEC_KITTY_HOME` to a directory of your own, or change its owner.",
    details: { path: root, owner },
  });
}

/** Who has been warned of a directory that cannot be closed. */
const told = new WeakSet<OutputStream>();

function userRoot(platform: Platform): string {
  const moved = platform.env.get("SPEC_KITTY_HOME")?.trim();
  if (moved !== undefined && moved !== "") return resolveFrom(platform.system.cwd(), moved);
  const home = platform.env.get("HOME") ?? platform.env.get("USERPROFILE");
  if (home === undefined || home === "") {
    throw new TrackerError({
      code: "no_home",
      message: "The environment does not name a home directory",
      nextAction: "Set `SPEC_KITTY_HOME` to the directory for your settings.",
    });
  }
  return join(resolveFrom(platform.system.cwd(), home), ".spec-kitty");
}
