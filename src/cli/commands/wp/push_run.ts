import { errorText, usageError } from "../../../platform/tracker_error.ts";
import { missionsDirectory } from "../../../project/mission_lock.ts";
import { projectFiles } from "../../../project/project_files.ts";
import type { ProjectContext } from "../../../tracker/backend.ts";
import { labelOf } from "../../../project/binding_label.ts";
import type { Context } from "../../command/context.ts";
import { queueLaneEvents } from "../../services/lane_events.ts";
import { warnOfPackages } from "../../services/package_faults.ts";
import { projectContext } from "../../services/tracker.ts";
import { span } from "../../terminal/format.ts";
import { untilInterrupted } from "../../terminal/interrupt.ts";
import { createProgress } from "../../terminal/progress.ts";
import { ATTENTION, text } from "../../terminal/text.ts";
import { chosenPackages } from "./chosen_packages.ts";
import { reportPackages } from "./push_report.ts";

/** Which work packages to push. */
export interface WpPushOptions {
  readonly mission: string | undefined;
  readonly all: boolean;
  /** Only these; all of the missions when empty. */
  readonly packages: readonly string[];
  readonly dryRun: boolean;
  /** Pushes again after every change. */
  readonly watch: boolean;
}

/** Refuses a mission beside all of them, and a plan that never ends. */
export function check(_context: Context, { mission, all, dryRun, watch }: WpPushOptions): void {
  if (mission !== undefined && all) {
    throw usageError(
      "`--all` pushes every mission, so that MISSION says nothing",
      "Leave one of them out.",
    );
  }
  if (dryRun && watch) {
    throw usageError("`--watch` pushes, and `--dry-run` does not", "Leave one of them out.");
  }
}

/** Pushes work packages to their tickets. */
export async function run(context: Context, options: WpPushOptions): Promise<number> {
  const project = await projectContext(context);
  if (options.watch) return await follow(context, project, options);
  return await untilInterrupted(
    context,
    async (signal) => await pushOnce(context, project, options, { signal, isQuiet: false }),
  );
}

/** How one push of several is done. */
interface OnePush {
  readonly signal: AbortSignal;
  /** Says nothing of a push that had nothing to do. */
  readonly isQuiet: boolean;
}

async function pushOnce(
  context: Context,
  project: ProjectContext,
  options: WpPushOptions,
  { signal, isQuiet }: OnePush,
): Promise<number> {
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
  const report = await backend.withPackages({ dryRun, signal }, (tickets) =>
    pushPackages({
      tickets,
      missions: chosen.all,
      isWanted: chosen.isWanted,
      bodyOf: bodyWriter(platform, root),
      dryRun,
    })).finally(() => progress.end());
  const { created, updated, failed } = report.counts;
  const code = isQuiet && created + updated + failed === 0
    ? 0
    : reportPackages(context, report, options.watch ? "line" : "indented");
  if (!isQuiet) warnOfPackages(context, chosen.missions);
  if (!dryRun) await queueLaneEvents(context, root, chosen.all);
  return code;
}

/** Pushes after every change of the missions, until Ctrl-C. */
async function follow(
  context: Context,
  project: ProjectContext,
  options: WpPushOptions,
): Promise<number> {
  const { platform, root } = project;
  const { output } = context;
  const directory = missionsDirectory(root);
  // What does not exist cannot be watched.
  await projectFiles(platform.files, root).makeDirectory(directory);
  const [{ followLanes }, { watchChanges }] = await Promise.all([
    import("../../../missions/packages/follow_lanes.ts"),
    import("../../../platform/watch.ts"),
  ]);
  output.notice("Following lanes and tasks. Ctrl-C ends it.");
  let isFirst = true;
  await untilInterrupted(context, (signal) =>
    followLanes({
      signal,
      clock: platform.clock,
      watch: (onChange) => watchChanges(directory, onChange),
      push: async () => {
        const isQuiet = !isFirst;
        isFirst = false;
        return await pushOnce(context, project, options, { signal, isQuiet }) === 0;
      },
      onFailure: (error, waitMs) => {
        output.warning(
          text`${ATTENTION} ${errorText(error)}. The next try follows in ${
            span(waitMs)
          }, or at the next change.`,
        );
      },
    }));
  output.notice("Stopped.");
  return 0;
}
