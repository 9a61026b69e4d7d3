import type { LaneCount } from "../../missions/packages/listing.ts";
import { laneName } from "../../missions/packages/work_package.ts";
import { number } from "../terminal/format.ts";

/** How many packages are in which lane, such as `2 planned, 1 done`; `–` without any. */
export function laneWords(counts: readonly LaneCount[]): string {
  return counts.map(({ lane, count }) => `${number(count)} ${laneName(lane)}`).join(", ") || "–";
}
