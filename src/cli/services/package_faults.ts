import type { MissionPackages } from "../../missions/packages/work_package.ts";
import type { Context } from "../command/context.ts";
import { plural } from "../terminal/format.ts";
import { ATTENTION, text } from "../terminal/text.ts";

/** Tells of what could not be read of work packages. */
export function warnOfPackages(
  { output }: Context,
  missions: readonly Pick<MissionPackages, "mission" | "damagedLines" | "faults">[],
): void {
  for (const { mission, damagedLines, faults } of missions) {
    for (const { path, reason } of faults) output.warning(text`${ATTENTION} ${path}: ${reason}.`);
    if (damagedLines === 0) continue;
    const lines = plural(damagedLines, "line");
    output.warning(
      text`${ATTENTION} kitty-specs/${mission.featureSlug}/status.events.jsonl: ${lines} could not be read and ${
        damagedLines === 1 ? "was" : "were"
      } skipped.`,
    );
  }
}
