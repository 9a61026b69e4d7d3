import type { JSX } from "hono/jsx/jsx-runtime";
import type { Status } from "../../../../contract/issue.ts";
import { statusOfLane } from "../../../../contract/work_packages.ts";
import { Chip, type Tone } from "../parts.tsx";
import { missionsPath } from "./place_words.tsx";

/** Returns the path of a mission's page. */
export function missionPath(resourceId: string, mission: string): string {
  return `${missionsPath(resourceId)}/${encodeURIComponent(mission.toWellFormed())}`;
}

const TONES: Readonly<Record<Status, Tone>> = {
  todo: "plain",
  in_progress: "blue",
  in_review: "violet",
  blocked: "red",
  done: "green",
  canceled: "faint",
};

/** Lanes in the order of work; those that are not known come after them. */
const ORDER = [
  "genesis",
  "planned",
  "claimed",
  "in_progress",
  "doing",
  "blocked",
  "for_review",
  "in_review",
  "approved",
  "done",
  "canceled",
];

/** Returns the place of a lane in the order of work; packages without one come last. */
export function laneOrder(lane: string | null): number {
  if (lane === null) return ORDER.length + 1;
  const at = ORDER.indexOf(lane);
  return at === -1 ? ORDER.length : at;
}

/** A lane, with the number of packages in it where that is given. */
export function LaneChip(
  { lane, count }: { readonly lane: string | null; readonly count?: number },
): JSX.Element {
  const status = lane === null ? null : statusOfLane(lane);
  return (
    <Chip tone={status === null ? "amber" : TONES[status]}>
      {count === undefined ? null : `${count} `}
      <bdi>{lane === null ? "no lane yet" : lane.replaceAll("_", " ")}</bdi>
    </Chip>
  );
}

/** Returns the status that the issue of a package should have and has not; `null` when they agree, or nothing says so. */
export function wantedStatus(lane: string | null, status: Status | null): Status | null {
  const wanted = lane === null ? null : statusOfLane(lane);
  return status === null || wanted === status ? null : wanted;
}
