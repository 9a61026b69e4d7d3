import { isJsonObject } from "../../contract/field.ts";
import { isTooDeep } from "../../contract/nesting.ts";
import type { DirectoryEntry } from "../../platform/files.ts";
import type { Platform } from "../../platform/platform.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { listMissions, type Mission } from "../missions.ts";
import { type FrontMatter, partFrontMatter, readFrontMatter, readPlain } from "./front_matter.ts";
import { foldLanes, type LaneLog, parseLaneLog } from "./lane_log.ts";
import {
  coordinationHome,
  missionHome,
  type MissionPlace,
  missionPlace,
  type ProjectPlace,
  projectPlace,
} from "./mission_place.ts";
import {
  isPackageId,
  type LaneStep,
  type MissionPackages,
  type PackageFault,
  statusOfLane,
  type WorkPackage,
} from "./work_package.ts";

/** What reading needs of the machine. */
export type PackagePlatform = Pick<Platform, "files">;

/** The largest lane log that is read; one of ten thousand steps has a third of that. */
export const MAX_LOG_BYTES = 16_777_216;

/** How much of a work package's file is read at most: its front matter, and its first heading. */
export const HEAD_BYTES = 65_536;

/** How much of it is read first: a usual front matter is shorter, and tells the title. */
const START_BYTES = 4096;

/** The most files of work packages that one mission may have. */
export const MAX_PACKAGES = 1000;

/** Returns the missions of a project with their work packages, by the name of their directories. Writes nothing. */
export async function readAllPackages(
  platform: PackagePlatform,
  root: string,
): Promise<MissionPackages[]> {
  const [project, missions] = [
    await projectPlace(platform, root),
    await listMissions(platform, root),
  ];
  const read: MissionPackages[] = [];
  // One after the other: reading waits for no other thread, and the texts of a mission are gone before the next.
  for (const mission of missions) read.push(await readMission(project, mission));
  return read;
}

/**
 * Returns the work packages of a mission. What cannot be read is a fault of the answer, and the rest is used. A link that
 * leads out of the project is not followed. Writes nothing.
 */
export async function readMissionPackages(
  platform: PackagePlatform,
  root: string,
  mission: Mission,
): Promise<MissionPackages> {
  return await readMission(await projectPlace(platform, root), mission);
}

async function readMission(project: ProjectPlace, mission: Mission): Promise<MissionPackages> {
  const place = missionPlace(project, missionHome(project, mission));
  const entries = await place.entries();
  const { log, faults } = await readLogs(project, mission, place, entries);
  const lanes = {
    log: log === null ? null : foldLanes(log.steps),
    status: await readStatusFile(place, entries),
  };
  const packages = new Map<string, WorkPackage>();
  for (const file of await packageFiles(place, entries)) {
    const workPackage = await readPackage(place, file, lanes);
    if (workPackage === null) continue;
    const other = packages.get(workPackage.wpId);
    if (other === undefined) packages.set(workPackage.wpId, workPackage);
    else place.note(file.path, `${workPackage.wpId} is "${other.path}" already`);
  }
  return {
    mission,
    packages: [...packages.values()].sort(byId),
    steps: log?.steps ?? [],
    damagedLines: log?.damagedLines ?? 0,
    faults: [...place.faults, ...faults],
  };
}

/** Returns the steps of a mission's lane log, in the order of their times; none where there is no log that can be read. */
export async function readLaneSteps(
  platform: PackagePlatform,
  root: string,
  mission: Mission,
): Promise<readonly LaneStep[]> {
  const project = await projectPlace(platform, root);
  const place = missionPlace(project, missionHome(project, mission));
  const { log } = await readLogs(project, mission, place, await place.entries());
  return log?.steps ?? [];
}

interface PackageFile {
  /** From the mission's directory. */
  readonly path: string;
  readonly entry: DirectoryEntry;
  /** The id in its name. */
  readonly id: string;
  /** The lane directory it lies in; `null` in `tasks/` itself. */
  readonly directory: string | null;
}

/** The lanes that files say; `null` for a file that is there and cannot be read. */
interface KnownLanes {
  readonly log: ReadonlyMap<string, string> | null;
  readonly status: ReadonlyMap<string, string> | null;
}

/** The directories below `tasks/` that are lanes; `tasks/doing/phase-1/` is one of `doing`. */
const LANE_DIRECTORIES = ["planned", "doing", "for_review", "done"];

function named(entries: readonly DirectoryEntry[], name: string): DirectoryEntry | null {
  return entries.find((entry) => entry.name === name) ?? null;
}

/**
 * The log of the mission, and that of its coordination worktree, which begins as a copy of it: together they are one.
 * Empty without a file; `null` where one of them cannot be read.
 */
async function readLogs(
  project: ProjectPlace,
  mission: Mission,
  place: MissionPlace,
  entries: readonly DirectoryEntry[],
): Promise<{ readonly log: LaneLog | null; readonly faults: readonly PackageFault[] }> {
  const text = await readLog(place, entries);
  const home = coordinationHome(project, mission);
  if (home === null) return { log: text === null ? null : parseLaneLog(text), faults: [] };
  const other = missionPlace(project, home);
  const more = await readLog(other, await other.entries());
  const isWhole = text !== null && more !== null && other.faults.length === 0;
  return { log: isWhole ? parseLaneLog(`${text}\n${more}`) : null, faults: other.faults };
}

/** The text of a log, empty without a file; `null` for one that cannot be read. */
async function readLog(
  place: MissionPlace,
  entries: readonly DirectoryEntry[],
): Promise<string | null> {
  const entry = named(entries, "status.events.jsonl");
  return entry === null ? "" : await place.read(entry.name, entry, { maxBytes: MAX_LOG_BYTES });
}

/** The lanes in `status.json`, which lists packages by id, or as objects with one; `null` when it cannot be read. */
async function readStatusFile(
  place: MissionPlace,
  entries: readonly DirectoryEntry[],
): Promise<ReadonlyMap<string, string> | null> {
  const entry = named(entries, "status.json");
  if (entry === null) return new Map();
  const text = await place.read(entry.name, entry, {});
  if (text === null) return null;
  const value = parsed(text);
  if (!isJsonObject(value)) {
    place.note("status.json", "It is not a JSON object");
    return null;
  }
  const packages = value["work_packages"];
  const lanes = new Map<string, string>();
  const pairs: (readonly [unknown, unknown])[] = Array.isArray(packages)
    ? packages.map((item: unknown) => [isJsonObject(item) ? item["wp_id"] : null, item])
    : Object.entries(isJsonObject(packages) ? packages : {});
  for (const [id, state] of pairs) {
    const lane = isJsonObject(state) ? state["lane"] : state;
    if (typeof id === "string" && typeof lane === "string" && lane !== "") lanes.set(id, lane);
  }
  return lanes;
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return isTooDeep(value) ? null : value;
  } catch {
    return null;
  }
}

async function packageFiles(
  place: MissionPlace,
  entries: readonly DirectoryEntry[],
): Promise<readonly PackageFile[]> {
  const found: PackageFile[] = [];
  const tasks = named(entries, "tasks");
  if (tasks === null) return found;
  async function look(
    path: string,
    at: DirectoryEntry,
    directory: string | null,
    depth: number,
  ): Promise<void> {
    for (const entry of await place.list(path, at)) {
      const inner = `${path}/${entry.name}`;
      const id = /^(WP\d+)(?:[-_ ].*)?\.md$/.exec(entry.name)?.[1];
      if (entry.kind !== "directory" && id !== undefined && isPackageId(id)) {
        found.push({ path: inner, entry, id, directory });
      } else if (entry.kind !== "file" && depth < 2) {
        const lane = directory ?? (LANE_DIRECTORIES.includes(entry.name) ? entry.name : null);
        if (lane !== null) await look(inner, entry, lane, depth + 1);
      }
    }
  }
  await look("tasks", tasks, null, 0);
  if (found.length <= MAX_PACKAGES) return found;
  place.note("tasks", `It has more than ${MAX_PACKAGES} work packages`);
  return found.slice(0, MAX_PACKAGES);
}

async function readPackage(
  place: MissionPlace,
  file: PackageFile,
  lanes: KnownLanes,
): Promise<WorkPackage | null> {
  const head = await readFront(place, file);
  if (head === null) return null;
  const { path, id, directory } = file;
  const { yaml, hasNoEnd, front, body } = head;
  const written = front?.work_package_id ?? id;
  const wpId = isPackageId(written) ? written : id;
  const [lane, laneSource] = laneOf(wpId, front, directory, lanes);
  const isFrontRead = yaml === null ? !hasNoEnd : front !== null;
  const isWhole = isFrontRead && lanes.log !== null &&
    (laneSource === "log" || lanes.status !== null);
  return {
    wpId,
    title: front?.title ?? headingOf(body, wpId) ?? wpId,
    path: place.pathOf(path),
    lane,
    laneSource,
    status: isWhole ? statusOfLane(lane) : null,
    isWhole,
    dependencies: front?.dependencies ?? [],
    subtasks: front?.subtasks ?? [],
    trackerRefs: front?.tracker_refs ?? [],
  };
}

interface Head {
  /** The front matter as it is written; `null` without one. */
  readonly yaml: string | null;
  /** Whether a front matter begins that has no end. */
  readonly hasNoEnd: boolean;
  /** What the front matter says; `null` without one that can be read. */
  readonly front: FrontMatter | null;
  /** What follows it. */
  readonly body: string;
}

/** Reads the front matter of a package's file, and as much of the text behind it as a title may need. */
async function readFront(place: MissionPlace, { path, entry }: PackageFile): Promise<Head | null> {
  const start = await place.read(path, entry, { headBytes: START_BYTES });
  if (start === null) return null;
  const { yaml, body } = partFrontMatter(start);
  // A line "---" where the text is cut may be the start of a longer one.
  const usual = yaml === null || body === "" ? null : readPlain(yaml);
  if (usual !== null && usual.title !== null) return { yaml, hasNoEnd: false, front: usual, body };
  const text = await place.read(path, entry, { headBytes: HEAD_BYTES });
  if (text === null) return null;
  const parted = partFrontMatter(text);
  const hasNoEnd = parted.yaml === null && /^\uFEFF?---\s/.test(text);
  if (hasNoEnd) {
    place.note(path, `Its front matter has no end in the first ${HEAD_BYTES / 1024} KiB`);
  }
  const front = parted.yaml === null ? null : await frontMatterOf(place, path, parted.yaml);
  return { ...parted, hasNoEnd, front };
}

async function frontMatterOf(
  place: MissionPlace,
  path: string,
  yaml: string,
): Promise<FrontMatter | null> {
  try {
    return await readFrontMatter(place.pathOf(path), yaml);
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    place.noteError(path, error);
    return null;
  }
}

function laneOf(
  wpId: string,
  front: FrontMatter | null,
  directory: string | null,
  { log, status }: KnownLanes,
): readonly [string, WorkPackage["laneSource"]] {
  const logged = log?.get(wpId);
  if (logged !== undefined) return [logged, "log"];
  const stated = status?.get(wpId);
  if (stated !== undefined) return [stated, "status_file"];
  if (front !== null && front.lane !== null) return [front.lane, "front_matter"];
  return directory === null ? ["planned", "default"] : [directory, "directory"];
}

/** The first heading without the words and the id that programs put in front of a title. */
function headingOf(body: string, wpId: string): string | null {
  const heading = /^#[ \t]+(.*)$/m.exec(body)?.[1]?.trim() ?? "";
  const title = heading.replace(/^work package(?: prompt)?[ \t]*:?[ \t]*/i, "");
  const rest = title.startsWith(wpId) ? title.slice(wpId.length).replace(/^[\s:–—-]+/, "") : title;
  return rest === "" ? null : rest;
}

function byId(a: WorkPackage, b: WorkPackage): number {
  return Number(a.wpId.slice(2)) - Number(b.wpId.slice(2)) || (a.wpId < b.wpId ? -1 : 1);
}
