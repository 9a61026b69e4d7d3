import type { DirectoryEntry } from "../../platform/files.ts";
import type { Platform } from "../../platform/platform.ts";
import { errorText, TrackerError } from "../../platform/tracker_error.ts";
import { missionsDirectory } from "../../project/mission_lock.ts";
import { projectFiles } from "../../project/project_files.ts";
import type { Mission } from "../missions.ts";
import type { PackageFault } from "./work_package.ts";

/** The files of one mission, for reading; what cannot be read becomes a fault. */
export interface MissionPlace {
  /** What could not be read so far. */
  readonly faults: PackageFault[];
  /** The entries of the mission's directory; none when there is no such directory. */
  entries(): Promise<readonly DirectoryEntry[]>;
  /** The entries of a directory of the mission. */
  list(path: string, entry: DirectoryEntry): Promise<readonly DirectoryEntry[]>;
  /** The text of a file; `null` when there is none, or it has become a fault. */
  read(path: string, entry: DirectoryEntry, limits: ReadLimits): Promise<string | null>;
  /** The path of a file or directory of the mission from the project's root. */
  pathOf(path: string): string;
  /** Notes a fault of a path of the mission. */
  note(path: string, reason: string): void;
  /** Notes why a path of the mission cannot be used. */
  noteError(path: string, error: Error): void;
}

/** How much of a file is read. */
export interface ReadLimits {
  /** A longer file is a fault. */
  readonly maxBytes?: number;
  /** No more than so many bytes are read of a file of any length. */
  readonly headBytes?: number;
}

/** Where the missions of a project are read. */
export interface ProjectPlace {
  readonly platform: Pick<Platform, "files">;
  readonly root: string;
  /** The real path of `root`. */
  readonly realRoot: string;
  /** The names of the worktrees that spec-kitty has made in the project. */
  readonly worktrees: ReadonlySet<string>;
  /** The directories of missions that are no links; none where their own directory leads out of the project. */
  readonly missions: ReadonlyMap<string, DirectoryEntry>;
}

/** Where a mission's files are. */
export interface MissionHome {
  /** The path of the directory from the project's root. */
  readonly path: string;
  /** What is known to lie in the project by its real path; `null` for a directory that has to be looked at. */
  readonly entry: DirectoryEntry | null;
}

const WORKTREES = ".worktrees";

/**
 * The directory of a mission in the worktree where spec-kitty, from 3.2 on, goes on with its lane log, from the project's
 * root; `null` where there is no such worktree.
 */
export function coordinationHome(
  { worktrees }: ProjectPlace,
  { featureSlug }: Mission,
): MissionHome | null {
  const name = `${featureSlug}-coord`;
  return worktrees.has(name)
    ? { path: `${WORKTREES}/${name}/kitty-specs/${featureSlug}`, entry: null }
    : null;
}

/** Opens a project for reading its missions. */
export async function projectPlace(
  platform: Pick<Platform, "files">,
  root: string,
): Promise<ProjectPlace> {
  const { files } = platform;
  const parent = missionsDirectory(root);
  const [real, realParent, worktrees, missions] = await Promise.all([
    files.realPath(root),
    files.realPath(parent),
    files.list(`${root}/${WORKTREES}`),
    files.list(parent),
  ]);
  const realRoot = real ?? root;
  const isSure = realParent !== null && isBelow(realRoot, realParent);
  const directories = isSure ? missions.filter(({ kind }) => kind === "directory") : [];
  return {
    platform,
    root,
    realRoot,
    worktrees: new Set(worktrees.map(({ name }) => name)),
    missions: new Map(directories.map((entry) => [entry.name, entry])),
  };
}

/** Returns the directory of a mission. */
export function missionHome({ missions }: ProjectPlace, { featureSlug }: Mission): MissionHome {
  return { path: `kitty-specs/${featureSlug}`, entry: missions.get(featureSlug) ?? null };
}

/** Opens the directory of a mission for reading. A link that leads out of the project is a fault and is not followed. */
export function missionPlace(
  { platform, root, realRoot }: ProjectPlace,
  { path: home, entry: own }: MissionHome,
): MissionPlace {
  const faults: PackageFault[] = [];
  const files = projectFiles(platform.files, root);
  const pathOf = (path: string) => path === "." ? home : `${home}/${path}`;
  const absolute = (path: string) => `${root}/${pathOf(path)}`;
  const note = (path: string, reason: string) => {
    faults.push({ path: pathOf(path), reason });
  };
  const noteError = (path: string, error: Error) => note(path, reasonOf(error));
  async function isInside(path: string): Promise<boolean> {
    const real = await platform.files.realPath(absolute(path));
    if (real === null) return false;
    if (isBelow(realRoot, real)) return true;
    note(path, "It is a link that leads out of the project");
    return false;
  }
  /** What the file system or the reader refuses is a fault; a permission that Deno lacks is not. */
  async function guarded<T>(path: string, work: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Error) || error.name === "NotCapable") throw error;
      noteError(path, error);
      return otherwise;
    }
  }
  const list = (path: string, entry: DirectoryEntry | null) =>
    guarded(path, async () => {
      // The way down to a directory of the mission has been looked at already.
      const isSure = entry !== null && entry.kind === "directory";
      return isSure || await isInside(path) ? await files.list(absolute(path)) : [];
    }, []);
  return {
    faults,
    pathOf,
    note,
    noteError,
    entries: () => list(".", own),
    list,
    read: (path, { kind }, { maxBytes, headBytes }) =>
      guarded(path, async () => {
        const isRegular = kind === "file";
        if (!isRegular && !await isInside(path)) return null;
        return headBytes === undefined
          ? await files.readText(absolute(path), {
            isRegular,
            ...(maxBytes === undefined ? {} : { maxBytes }),
          })
          : await files.readHead(absolute(path), headBytes, { isRegular });
      }, null),
  };
}

function isBelow(base: string, path: string): boolean {
  const separator = base.includes("\\") ? "\\" : "/";
  return path.startsWith(base.endsWith(separator) ? base : base + separator);
}

/** The words of an error without the path, which the fault has beside them. */
function reasonOf(error: Error): string {
  if (!(error instanceof TrackerError)) return errorText(error).replace(/: \w+ '[^]*'$/, "");
  const { message, details } = error;
  const named = `"${details["path"] ?? details["file"]}"`;
  return message.replace(`Cannot read ${named}: it`, () => "It").replace(named, () => "It");
}
