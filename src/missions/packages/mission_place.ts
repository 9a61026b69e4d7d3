import type { DirectoryEntry } from "../../platform/files.ts";
import { join } from "../../platform/paths.ts";
import type { Platform } from "../../platform/platform.ts";
import { errorText, TrackerError } from "../../platform/tracker_error.ts";
import { projectFiles } from "../../project/project_files.ts";
import type { Mission } from "../missions.ts";
import type { PackageFault } from "./work_package.ts";

/** The files of one mission, for reading; what cannot be read becomes a fault. */
export interface MissionPlace {
  /** What could not be read so far. */
  readonly faults: PackageFault[];
  /** The entries of a directory of the mission, `.` for its own; none when there is no such directory. */
  list(directory: string): Promise<readonly DirectoryEntry[]>;
  /** The text of a file; `null` when there is none, or it has become a fault. */
  read(path: string, entry: DirectoryEntry, limits: ReadLimits): Promise<string | null>;
  /** The path of a file or directory of the mission from the project's root. */
  pathOf(path: string): string;
  /** Notes a fault of a path of the mission. */
  note(path: string, reason: string): void;
}

/** How much of a file is read. */
export interface ReadLimits {
  /** A longer file is a fault. */
  readonly maxBytes?: number;
  /** No more than so many bytes are read of a file of any length. */
  readonly headBytes?: number;
}

/** Opens a mission of the project at `root`. A link that leads out of the project is a fault and is not followed. */
export function missionPlace(
  platform: Pick<Platform, "files">,
  root: string,
  mission: Mission,
): MissionPlace {
  const faults: PackageFault[] = [];
  const files = projectFiles(platform.files, root);
  const pathOf = (path: string) =>
    path === "."
      ? `kitty-specs/${mission.featureSlug}`
      : `kitty-specs/${mission.featureSlug}/${path}`;
  const absolute = (path: string) =>
    path === "." ? mission.missionDir : join(mission.missionDir, path);
  const note = (path: string, reason: string) => {
    faults.push({ path: pathOf(path), reason });
  };
  async function isInside(path: string): Promise<boolean> {
    const [base, real] = await Promise.all([
      platform.files.realPath(root),
      platform.files.realPath(absolute(path)),
    ]);
    if (base === null || real === null) return false;
    const start = /[/\\]$/.test(base) ? base : `${base}${base.includes("\\") ? "\\" : "/"}`;
    if (real.startsWith(start)) return true;
    note(path, "It is a link that leads out of the project");
    return false;
  }
  /** What the file system or the reader refuses is a fault; a permission that Deno lacks is not. */
  async function guarded<T>(path: string, work: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Error) || error.name === "NotCapable") throw error;
      note(path, reasonOf(error));
      return otherwise;
    }
  }
  return {
    faults,
    pathOf,
    note,
    list: (directory) =>
      guarded(
        directory,
        async () => await isInside(directory) ? await files.list(absolute(directory)) : [],
        [],
      ),
    read: (path, { kind }, { maxBytes, headBytes }) =>
      guarded(path, async () => {
        if (kind !== "file" && !await isInside(path)) return null;
        if (headBytes !== undefined) {
          const head = await files.readHead(absolute(path), headBytes);
          // The last character may be cut.
          return head === null ? null : new TextDecoder().decode(head, { stream: true });
        }
        return await files.readText(absolute(path), maxBytes === undefined ? {} : { maxBytes });
      }, null),
  };
}

function reasonOf(error: Error): string {
  return error instanceof TrackerError ? error.message : errorText(error);
}
