import {
  failuresOf,
  heldBy,
  type LocalPullReport,
  type LocalPushReport,
  type SyncEvent,
  type SyncReport,
} from "../../../sync/sync_report.ts";
import type { LocalSyncOptions } from "../../../local/service_results.ts";
import { countWord, countWords, PULL_COUNTS } from "../../../tracker/sync_counts.ts";
import { pullCounts, sortFailures } from "../../../tracker/sync_outcome.ts";
import type { Context } from "../../command/context.ts";
import { ATTENTION, DONE, text } from "../../terminal/text.ts";
import { inWords } from "../../services/field_words.ts";
import { syncJson } from "./json.ts";
import { untilInterrupted } from "../../terminal/interrupt.ts";
import { createProgress, type Progress } from "../../terminal/progress.ts";
import { number, plural } from "../../terminal/format.ts";

/** How a command tells of a local sync. */
interface LocalTelling {
  /** Told of each step: all of a dry run are shown, since they are its plan; else how far it is. */
  readonly onEvent: (event: SyncEvent) => void;
  /** Shows what was done; answers the exit code. */
  report(report: SyncReport): number;
}

/** Runs a local sync, shows how far it is and what it did; returns the exit code. */
export async function runLocalSync(
  context: Context,
  label: string,
  dryRun: boolean,
  sync: (options: LocalSyncOptions) => Promise<SyncReport>,
): Promise<number> {
  const progress = createProgress(context, label);
  const { onEvent, report } = tellLocalSync(context, progress, dryRun);
  return report(
    await untilInterrupted(context, (signal) => sync({ signal, dryRun, onEvent }))
      .finally(() => progress.end()),
  );
}

/** Tells of one local sync, in words or as JSON. */
function tellLocalSync(context: Context, progress: Progress, dryRun: boolean): LocalTelling {
  const steps: SyncEvent[] = [];
  let pages = 0;
  let undecided = 0;
  return {
    onEvent(event) {
      if (event.kind === "conflict" && event.taken === null) undecided++;
      if (event.kind === "page") progress.page(event.listed, ++pages, null);
      else if (!dryRun) return;
      else if (context.globals.json) steps.push(event);
      else tellStep(context, event);
    },
    report: (report) => reportLocalSync(context, report, steps, undecided),
  };
}

function reportLocalSync(
  context: Context,
  report: SyncReport,
  steps: readonly SyncEvent[],
  undecided: number,
): number {
  const failures = failuresOf(report);
  const isWhole = failures.length === 0 && heldBy(report) === 0;
  const { output } = context;
  if (context.globals.json) {
    output.json(syncJson(report, steps));
    return isWhole ? 0 : 1;
  }
  const mark = !isWhole ? ATTENTION : DONE;
  if (report.kind !== "push") {
    output.result(text`${mark} ${pulledWords(report.kind === "run" ? report.pull : report)}`);
  }
  if (report.kind !== "pull") {
    const push = report.kind === "run" ? report.push : report;
    output.result(text`${mark} ${pushedWords(push)}`);
    for (const { id, field, reason } of push.skippedFields) {
      output.warning(`   ${id}  ${field} not pushed: ${reason}`);
    }
  }
  for (const line of conflictLines(report, undecided)) output.result(`  ${line}`);
  const refused = report.kind === "pull"
    ? 0
    : (report.kind === "run" ? report.push : report).refused;
  if (refused > 0) {
    output.result(
      `  ${countWord("refused", refused)}, not sent again: \`tracker issue show KEY\`,`,
    );
    output.result("  then `tracker issue discard KEY`, or a sync with `--retry`.");
  }
  const { ofListing, ofIssues, failed } = sortFailures(failures);
  for (const { message } of ofListing) {
    output.warning(text`${ATTENTION} ${message}.`);
  }
  if (ofIssues.length > 0) {
    output.warning(text`${ATTENTION} ${plural(failed, "issue")} failed:`);
    for (const failure of ofIssues) {
      const fields = failure.fields.length === 0 ? "" : `${failure.fields.join(", ")}: `;
      output.warning(`   ${failure.id ?? "(no id)"}  ${fields}${failure.message}`);
    }
  }
  if (report.dryRun) output.notice("Nothing was changed.");
  return isWhole ? 0 : 1;
}

function pulledWords(report: LocalPullReport): string {
  const rest = report.complete ? "" : " There are more; the next pull continues.";
  return `${report.dryRun ? "Would pull" : "Pulled"}: ${
    countWords(pullCounts(report), PULL_COUNTS)
  }.${rest}`;
}

function pushedWords(report: LocalPushReport): string {
  return `${report.dryRun ? "Would push" : "Pushed"}: ${number(report.created)} created, ${
    number(report.updated)
  } updated, ${number(report.skipped)} skipped.`;
}

function conflictLines(report: SyncReport, undecided: number): string[] {
  const all = report.kind === "run"
    ? report.pull.conflicts + report.push.conflicts
    : report.conflicts;
  const held = heldBy(report);
  if (report.dryRun) return all === 0 ? [] : [`${plural(all, "conflict")}, as above.`];
  const settled = all - undecided;
  return [
    ...(held === 0 ? [] : [`${countWord("held", held)}: \`tracker sync conflicts\``]),
    ...(settled === 0
      ? []
      : [`${countWord("settled", settled)}: \`tracker sync conflicts --all\``]),
  ];
}

function tellStep(context: Context, event: SyncEvent): void {
  const { output } = context;
  switch (event.kind) {
    case "pulled":
    case "pushed": {
      const arrow = event.kind === "pulled" ? "← " : "→ ";
      const action = event.action === "created" ? "create" : "update";
      output.result(`${arrow}${action}  ${event.id}  ${event.title}`);
      for (const change of event.changes) output.result(`     ${inWords(change)}`);
      return;
    }
    case "removed":
      return output.result(`← gone    ${event.id}  ${event.title}`);
    case "skipped":
      return output.result(`  skip    ${event.id}  ${event.field}: ${event.reason}`);
    case "refused":
      return output.result(`  refused ${event.id}  ${event.field ?? "the issue"}: ${event.reason}`);
    case "held":
      return output.result(`  held    ${event.id}  ${event.field} waits for a decision`);
    case "conflict":
      return output.result(
        `! conflict ${event.id}  ${event.field}: ${
          inWords({ field: event.field, from: event.ours, to: event.theirs }).slice(14)
        } (taken: ${event.taken ?? "none, a person decides"})`,
      );
    default:
      return;
  }
}
