import * as v from "valibot";
import { DateTimeSchema, FilledSchema, matching } from "./field.ts";
import type { Status } from "./issue.ts";

/** The status of an issue whose work package is in a lane, by the lane (wire.md, Extensions). */
export const LANE_STATUSES: ReadonlyMap<string, Status> = new Map<string, Status>([
  ["genesis", "todo"],
  ["planned", "todo"],
  ["claimed", "in_progress"],
  ["in_progress", "in_progress"],
  ["doing", "in_progress"],
  ["for_review", "in_review"],
  ["in_review", "in_review"],
  ["approved", "in_review"],
  ["blocked", "blocked"],
  ["done", "done"],
  ["canceled", "canceled"],
]);

/** Returns the status that an issue has in a lane; `null` for a lane that is not known: nothing is moved then. */
export function statusOfLane(lane: string): Status | null {
  return LANE_STATUSES.get(lane) ?? null;
}

/** Names a work package: its mission, by the name of the mission's directory, and its own id. */
export type PackageId = {
  /** The name of the mission's directory. */
  readonly mission: string;
  /** `WP` and two digits or more. */
  readonly wp_id: string;
};

/** A work package as a push names it, and the last step of its lane that the push knows (wire.md, Extensions). */
export type PushedPackage = PackageId & {
  /** The title of the package. */
  readonly title?: string | null | undefined;
  /** The lane it is in, also one that is not known. */
  readonly lane?: string | null | undefined;
  /** When it came into the lane: ISO 8601 with an offset. */
  readonly at?: string | null | undefined;
  /** The id of that step in the lane log; of two steps at one time, the greater is the later one. */
  readonly event_id?: string | null | undefined;
};

const MISSION = "[^/\\s](?:[^/]*[^/\\s])?";

const PACKAGE_NAME = new RegExp(`^(${MISSION})/(WP\\d{2,})$`);

/** Schema of {@link PushedPackage}. */
export const PushedPackageSchema: v.GenericSchema<unknown, PushedPackage> = v.looseObject({
  mission: matching(new RegExp(`^${MISSION}$`), "must be the name of a directory"),
  wp_id: matching(/^WP\d{2,}$/, "must be `WP` and two digits or more"),
  title: v.nullish(v.string()),
  lane: v.nullish(FilledSchema),
  at: v.nullish(DateTimeSchema),
  event_id: v.nullish(FilledSchema),
});

/**
 * Returns the id that the issue of a work package is created under. It is the same in every clone, so that the host finds
 * the issue that another one has created (wire.md, Extensions).
 */
export function packageName({ mission, wp_id }: PackageId): string {
  return `${mission}/${wp_id}`;
}

/** Returns the work package that an id of a caller's own names; `null` for one that names none. */
export function packageOfName(name: string): PackageId | null {
  const [, mission, wp_id] = PACKAGE_NAME.exec(name) ?? [];
  return mission === undefined || wp_id === undefined ? null : { mission, wp_id };
}

/** A step of a work package to another lane. */
export type LaneStep = {
  /** The lane it leads to. */
  readonly lane: string;
  /** When it was made, as {@link stepTime} gives it; `null` where nobody has said. */
  readonly at: string | null;
  /** Its id; of two steps at one time, the greater is the later one. */
  readonly id: string;
};

/**
 * Returns a time as ISO 8601 in UTC with nine digits of a second, so that the order of texts is that of times.
 *
 * @param time ISO 8601 with an offset.
 */
export function stepTime(time: string): string {
  const [, fraction = ""] = /\.(\d+)/.exec(time) ?? [];
  const [seconds] = new Date(Date.parse(time)).toISOString().split(".");
  return `${seconds}.${fraction.slice(0, 9).padEnd(9, "0")}Z`;
}
