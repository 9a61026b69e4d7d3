import type { LocalSyncOptions } from "../../../local/service_results.ts";
import type { SyncCountsReport } from "../../../sync/counts_report.ts";
import {
  failuresOf,
  type SkippedField,
  type SyncEvent,
  type SyncFailure,
  type SyncNote,
  type SyncReport,
} from "../../../sync/sync_report.ts";
import { countsOf, halvesOf, sortFailures, waitingIn } from "../../../tracker/sync_outcome.ts";
import type { Context } from "../../command/context.ts";
import { fieldName, inWords } from "../../services/field_words.ts";
import { projectContext } from "../../services/tracker.ts";
import { plural } from "../../terminal/format.ts";
import { untilInterrupted } from "../../terminal/interrupt.ts";
import { createProgress, type Progress } from "../../terminal/progress.ts";
import { ATTENTION, DONE, text } from "../../terminal/text.ts";
import { nextLines, pulledWords, pushedWords } from "./counts.ts";
import { syncJson } from "./json.ts";

/** Returns the name that people use for an issue with this id. */
export type IssueNames = (id: string) => string;

/** How a command tells of a sync of edits. */
interface EditsTelling {
  /** Told of each step: all of a dry run are shown, since they are its plan; else how far it is. */
  readonly onEvent: (event: SyncEvent) => void;
  /** Shows what was done; answers the exit code. */
  report(report: SyncReport, counts: SyncCountsReport, names: IssueNames): number;
}

/** Runs a sync with a local tool, shows how far it is and what it did; returns the exit code. */
export async function runLocalSync(
  context: Context,
  { label, dryRun }: { readonly label: string; readonly dryRun: boolean },
  sync: (options: LocalSyncOptions) => Promise<SyncReport>,
): Promise<number> {
  const progress = createProgress(context, label);
  const { onEvent, report } = tellEdits(context, progress, dryRun);
  const done = await untilInterrupted(context, (signal) => sync({ signal, dryRun, onEvent }))
    .finally(() => progress.end());
  const project = await projectContext(context);
  return report(done, countsOf(done, await waitingIn(project)), (id) => id);
}

/** Tells of one sync of edits, in words or as JSON. */
export function tellEdits(context: Context, progress: Progress, dryRun: boolean): EditsTelling {
  const steps: SyncEvent[] = [];
  let pages = 0;
  let undecided = 0;
  return {
    onEvent(event) {
      if (event.kind === "conflict" && event.taken === null) undecided++;
      if (event.kind === "page") progress.page(event.listed, ++pages, null);
      else if (dryRun) steps.push(event);
    },
    report: (report, counts, names) =>
      reportEdits(context, report, counts, { steps, undecided, names }),
  };
}

function reportEdits(
  context: Context,
  report: SyncReport,
  counts: SyncCountsReport,
  { steps, undecided, names }: {
    readonly steps: readonly SyncEvent[];
    readonly undecided: number;
    readonly names: IssueNames;
  },
): number {
  const failures = failuresOf(report);
  const isWhole = failures.length === 0 && counts.held === 0;
  const { output } = context;
  if (context.globals.json) {
    output.json(syncJson(report, counts, steps));
    return isWhole ? 0 : 1;
  }
  const { dryRun } = report;
  for (const step of steps) tellStep(context, step, names);
  const { pull, push } = halvesOf(report);
  const mark = !isWhole ? ATTENTION : DONE;
  if (pull !== undefined) {
    const rest = pull.complete ? "" : " There are more; the next pull continues.";
    output.result(text`${mark} ${pulledWords(counts, dryRun)}${rest}`);
  }
  if (push !== undefined) {
    const { sent, left, refused } = counts;
    const isNothing = pull === undefined && isWhole && sent + left + refused === 0;
    output.result(text`${mark} ${isNothing ? "Nothing to push." : pushedWords(counts, dryRun)}`);
    if (!push.complete) output.result("  There are more; the next push continues.");
    if ("alreadySent" in push && typeof push.alreadySent === "number" && push.alreadySent > 0) {
      const were = push.alreadySent === 1 ? "was" : "were";
      output.result(`  ${plural(push.alreadySent, "issue")} ${were} already sent.`);
    }
    tellSkipped(context, push.skippedFields, names);
    tellNotes(context, push.notes ?? [], names);
  }
  const conflicts = (pull?.conflicts ?? 0) + (push?.conflicts ?? 0);
  if (dryRun && conflicts > 0) output.result(`  ${plural(conflicts, "conflict")}, as above.`);
  if (!dryRun) {
    const settled = conflicts - undecided;
    // What was refused just now is among the failures.
    const before = { ...counts, refused: push?.refused ?? 0 };
    for (const line of nextLines(before, { settled, pushed: push !== undefined })) {
      output.result(`  ${line}`);
    }
  }
  tellFailures(context, failures, names);
  if (dryRun) output.notice("Nothing was changed.");
  return isWhole ? 0 : 1;
}

/** Tells on standard error which fields the other side cannot take. */
export function tellSkipped(
  { output }: Context,
  skipped: readonly SkippedField[],
  names: IssueNames,
): void {
  for (const { id, field, reason } of skipped) {
    output.warning(`   ${names(id)}  ${fieldName(field)} not pushed: ${reason}`);
  }
}

/** Issues that a note names. */
const NAMED_IN_A_NOTE = 5;

/** Tells on standard error what the other side says of issues that it has taken; what it says of many, once. */
export function tellNotes(
  { output }: Context,
  notes: readonly SyncNote[],
  names: IssueNames,
): void {
  for (const [message, those] of Map.groupBy(notes, (note) => note.message)) {
    const named = those.slice(0, NAMED_IN_A_NOTE).map(({ id }) => names(id)).join(", ");
    const more = those.length - NAMED_IN_A_NOTE;
    output.warning(`   ${named}${more > 0 ? ` and ${more} more` : ""}  ${message}`);
  }
}

/** Tells on standard error which issues failed, and why. */
export function tellFailures(
  { output }: Context,
  failures: readonly SyncFailure[],
  names: IssueNames,
): void {
  const { ofListing, ofIssues, failed } = sortFailures(failures);
  for (const { message } of ofListing) output.warning(text`${ATTENTION} ${message}.`);
  if (ofIssues.length === 0) return;
  output.warning(text`${ATTENTION} ${plural(failed, "issue")} failed:`);
  for (const failure of ofIssues) {
    const fields = failure.fields.length === 0 ? "" : `${failure.fields.join(", ")}: `;
    output.warning(
      `   ${failure.id === null ? "(no id)" : names(failure.id)}  ${fields}${failure.message}`,
    );
  }
}

function tellStep(context: Context, event: SyncEvent, names: IssueNames): void {
  const { output } = context;
  switch (event.kind) {
    case "pulled":
    case "pushed": {
      const arrow = event.kind === "pulled" ? "← " : "→ ";
      const action = event.action === "created" ? "create" : "update";
      output.result(`${arrow}${action}  ${names(event.id)}  ${event.title}`);
      for (const change of event.changes) output.result(`     ${inWords(change)}`);
      return;
    }
    case "removed":
      return output.result(`← gone    ${names(event.id)}  ${event.title}`);
    case "skipped":
      return output.result(`  skip    ${names(event.id)}  ${event.field}: ${event.reason}`);
    case "refused":
      return output.result(
        `  refused ${names(event.id)}  ${event.field ?? "the issue"}: ${event.reason}`,
      );
    case "held":
      return output.result(`  held    ${names(event.id)}  ${event.field} waits for a decision`);
    case "conflict":
      return output.result(
        `! conflict ${names(event.id)}  ${event.field}: ${
          inWords({ field: event.field, from: event.ours, to: event.theirs }).slice(14)
        } (taken: ${event.taken ?? "none, a person decides"})`,
      );
    default:
      return;
  }
}
