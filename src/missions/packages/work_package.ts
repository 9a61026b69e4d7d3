import type { Status } from "../../contract/issue.ts";
import { codePointSign, replaceInvisible } from "../../platform/invisible.ts";
import type { Mission } from "../missions.ts";

export { statusOfLane } from "../../contract/work_packages.ts";

/** What says in which lane a work package is, the first that does so. */
export type LaneSource =
  /** The last step of `status.events.jsonl`. */
  | "log"
  /** `work_packages` of `status.json`. */
  | "status_file"
  /** The key `lane` of its own front matter. */
  | "front_matter"
  /** The directory it lies in, such as `tasks/doing/`. */
  | "directory"
  /** Nothing: it is taken to be planned. */
  | "default";

/** A work package of a mission, as its files have it. */
export interface WorkPackage {
  /** `WP` and digits, such as `WP01`. */
  readonly wpId: string;
  /** Its title; its id where the file has none. */
  readonly title: string;
  /** The path of its file from the project's root, with `/`. */
  readonly path: string;
  /** The lane as it is written; may be one that this program does not know. */
  readonly lane: string;
  /** What says so. */
  readonly laneSource: LaneSource;
  /**
   * What the lane means for a ticket; `null` for a lane that is not known, and for a package that is not whole: such a
   * package is not pushed.
   */
  readonly status: Status | null;
  /**
   * Whether its own file and those that say its lane could be read. The lane and the dependencies of one that is not
   * whole may be others than the ones here.
   */
  readonly isWhole: boolean;
  /** The work packages it waits for, as they are written. */
  readonly dependencies: readonly string[];
  /** The ids of its subtasks, as they are written. */
  readonly subtasks: readonly string[];
  /** The tickets that its front matter names. */
  readonly trackerRefs: readonly string[];
}

/** A file or directory of a mission that cannot be used, and why. */
export interface PackageFault {
  /** The path from the project's root, with `/`. */
  readonly path: string;
  /** Why, without a final period. */
  readonly reason: string;
}

/** A mission and its work packages. */
export interface MissionPackages {
  readonly mission: Mission;
  /** By id. */
  readonly packages: readonly WorkPackage[];
  /** The steps of its lane log, in the order of their times. */
  readonly steps: readonly LaneStep[];
  /** How many lines of the lane log could not be read. */
  readonly damagedLines: number;
  /** What else could not be read. */
  readonly faults: readonly PackageFault[];
}

/** One step of a work package from lane to lane, as the lane log has it. */
export interface LaneStep {
  /** The log's own id of the step; `null` where it has none. */
  readonly eventId: string | null;
  /** `WP` and digits. */
  readonly wpId: string;
  /** As it is written; `null` where the log does not say. */
  readonly from: string | null;
  /** As it is written. */
  readonly to: string;
  /** ISO 8601, as it is written. */
  readonly at: string;
  /** Who did it; `null` where the log does not say. */
  readonly actor: string | null;
  /** Whether it was done against the rules of the lanes. */
  readonly forced: boolean;
  /** Why; `null` where the log does not say. */
  readonly reason: string | null;
}

/** A lane as people read it: what would make it look like another one is seen. */
export function laneName(lane: string): string {
  const sign = (blanks: string) => [...blanks].map(codePointSign).join("");
  return replaceInvisible(lane.replace(/^\s+|[\n\t]|\s+$/g, sign), sign);
}

/** Whether a text is the id of a work package. */
export function isPackageId(text: string): boolean {
  return /^WP\d{1,9}$/.test(text);
}
