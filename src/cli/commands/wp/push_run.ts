import { usageError } from "../../../platform/tracker_error.ts";
import { labelOf } from "../../../project/binding_label.ts";
import type { Context } from "../../command/context.ts";
import { queueLaneEvents } from "../../services/lane_events.ts";
import { warnOfPackages } from "../../services/package_faults.ts";
import { projectContext } from "../../services/tracker.ts";
import { untilInterrupted } from "../../terminal/interrupt.ts";
import { createProgress } from "../../terminal/progress.ts";
import { chosenPackages } from "./chosen_packages.ts";
import { reportPackages } from "./push_report.ts";

/** Which work packages to push. */
export interface WpPushOptions {
  readonly mission: string | undefined;
  readonly all: boolean;
  /** Only these; all of the missions when empty. */
  readonly packages: readonly string[];
  readonly dryRun: boolean;
}

/** Refuses a mission beside all of them. */
export function check(_context: Context, { mission, all }: WpPushOptions): void {
  if (mission === undefined || !all) return;
  throw usageError(
    "`--all` pushes every mission, so that MISSION says nothing",
    "Leave one of them out.",
  );
}

/** Pushes work packages to their tickets. */
export async function run(context: Context, options: WpPushOptions): Promise<number> {
  const project = await projectContext(context);
  const { platform, root } = project;
  const chosen = await chosenPackages(platform, root, options);
  const [{ openPackages }, { pushPackages }, { bodyWriter }] = await Promise.all([
    import("../../../tracker/pushed_packages.ts"),
    import("../../../missions/packages/push.ts"),
    import("../../../missions/packages/body_writer.ts"),
  ]);
  const backend = await openPackages(project);
  const { dryRun } = options;
  const progress = createProgress(context, `Pushing to ${labelOf(backend.binding)}`);
  const report = await untilInterrupted(
    context,
    (signal) =>
      backend.withPackages({ dryRun, signal }, (tickets) =>
        pushPackages({
          tickets,
          missions: chosen.all,
          isWanted: chosen.isWanted,
          bodyOf: bodyWriter(platform, root),
          dryRun,
        })),
  ).finally(() => progress.end());
  const code = reportPackages(context, report);
  warnOfPackages(context, chosen.missions);
  if (!dryRun) await queueLaneEvents(context, root, chosen.all);
  return code;
}
