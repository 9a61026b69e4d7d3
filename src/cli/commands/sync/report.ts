import { UNREADABLE_ITEM } from "../../../contract/reading/reading.ts";
import type { ItemError, RunResult } from "../../../contract/results.ts";
import type { PushedItem, PushedOutcome } from "../../../client/push_totals.ts";
import type { RunReport, RunTotal } from "../../../client/run_totals.ts";
import type { PulledGone } from "../../../client/whole_listing.ts";
import { NOTHING_SYNCED } from "../../../sync/counts_report.ts";
import type { WaitingCounts } from "../../../tracker/sync_outcome.ts";
import {
  deliveredWords,
  failedItems,
  LISTING_CUT_OFF,
  statusAtHost,
} from "../../../tracker/sync_outcome.ts";
import { pushJson } from "./json.ts";
import { type IssueNames, tellFailures, tellNotes, tellSkipped } from "./local_report.ts";
import { besideHost, countsJson, nextLines, pulledWords, pushedWords } from "./counts.ts";
import type { Context } from "../../command/context.ts";
import { reportUnreadable, warnOfItems } from "../../services/unreadable.ts";
import { ATTENTION, DONE, text } from "../../terminal/text.ts";
import { number, plural } from "../../terminal/format.ts";

/** Reports which issues failed and why, one line each, on standard error. */
export function reportItemErrors(context: Context, all: readonly ItemError[], what: string): void {
  reportUnreadable(context, all.filter(({ code }) => code === UNREADABLE_ITEM), "issue");
  const errors = all.filter(({ code }) => code !== UNREADABLE_ITEM);
  if (errors.length === 0) return;
  warnOfItems(context, `${plural(errors.length, "issue")} could not be ${what}`, errors);
}

/** Reports on standard error the gone issues whose edits the cache keeps, and a listing that was cut off. */
export function reportGone(context: Context, { kept, cutOff }: PulledGone): void {
  const { output } = context;
  if (cutOff) {
    output.warning(text`${ATTENTION} ${LISTING_CUT_OFF}`);
  }
  if (kept.length === 0) return;
  const [are, their] = kept.length === 1 ? ["is", "its"] : ["are", "their"];
  output.warning(
    text`${ATTENTION} ${
      plural(kept.length, "issue")
    } ${are} gone from the tracker, kept here for ${their} edits:`,
  );
  for (const ref of kept) output.warning(`   ${ref.key ?? ref.id}`);
}

/** Reports what a push did; returns the exit code. */
export function reportPush(
  context: Context,
  outcome: PushedOutcome,
  waiting: WaitingCounts,
): number {
  const { result, resumed, alreadySent, outdated } = outcome;
  if (context.globals.json) {
    const { succeeded, failed } = result.summary;
    const sent = Math.max(0, succeeded - alreadySent);
    const ours = {
      ...countsJson({ ...NOTHING_SYNCED, ...waiting, sent, failed }),
      resumed,
      already_sent: alreadySent,
      cache_outdated: outdated,
    };
    context.output.json(besideHost(ours, { ...result }));
    return result.status === "ok" ? 0 : 1;
  }
  const code = reportResult(context, result);
  const { output } = context;
  if (resumed) output.notice("  This continued an interrupted push.");
  if (outdated > 0) {
    output.notice(
      `  The cache may show an older state of ${
        outdated === 1 ? "this issue" : plural(outdated, "issue")
      }: \`tracker sync pull\` updates it.`,
    );
  }
  return code;
}

/** Reports what a full sync did, `settled` counting the conflicts decided on the way; returns the exit code. */
export function reportRun(
  context: Context,
  report: RunReport,
  { settled, names }: { readonly settled: number; readonly names: IssueNames },
): number {
  const { result, gone, itemErrors, edits, counts } = report;
  const { output } = context;
  const failed = result.status !== "ok";
  if (context.globals.json) {
    const told = { ...pushJson(edits), failures: edits.failures };
    output.json(besideHost({ ...countsJson(counts), edits: told }, { ...result }));
    return failed ? 1 : 0;
  }
  const mark = failed ? ATTENTION : DONE;
  output.result(text`${mark} ${pulledWords(counts)}`);
  output.result(text`${mark} ${pushedWords(counts)}`);
  const delivered = result.push.summary.succeeded;
  if (delivered > counts.sent) output.result(`  ${deliveredWords(delivered)}`);
  tellSkipped(context, edits.skippedFields, names);
  tellNotes(context, edits.notes, names);
  // What was refused just now is among the failures.
  const before = { ...counts, refused: edits.refused };
  for (const line of nextLines(before, { settled, pushed: true })) output.result(`  ${line}`);
  tellFailures(context, edits.failures, names);
  reportItemErrors(context, itemErrors, "pulled");
  reportItemErrors(context, failedItems(result.push.items, itemErrors), "pushed");
  const isTold = counts.held > 0 || edits.failures.length > 0;
  if (failed && (!isTold || counts.failed > edits.failures.length)) {
    shortfalls(result).forEach((line) => output.warning(line));
  }
  reportGone(context, gone);
  if (result.has_more) {
    context.output.notice(
      "  There is more: `tracker sync run` without `--limit` fetches everything.",
    );
  }
  return failed ? 1 : 0;
}

/** Returns in words how many items an earlier push has sent. */
export function sentBefore(count: number): string {
  return `${plural(count, "item")} ${count === 1 ? "was" : "were"} already sent`;
}

/** Reports the result of a push or a full cycle; returns the exit code. */
export function reportResult(
  context: Context,
  result: PushedOutcome["result"] | RunResult | RunTotal,
): number {
  const failed = result.status !== "ok";
  if (context.globals.json) {
    context.output.json(result);
    return failed ? 1 : 0;
  }
  const { output } = context;
  const mark = failed ? ATTENTION : DONE;
  if ("pull" in result) {
    output.result(
      text`${mark} Pulled ${number(result.pull.summary.succeeded)}, pushed ${
        number(result.push.summary.succeeded)
      }.`,
    );
  } else {
    output.result(text`${mark} ${pushed(result)}`);
  }
  const items = "pull" in result ? result.push.items ?? [] : result.items;
  const errors = result.item_errors ?? [];
  const fromItems = failedItems(items, errors);
  const isRun = "pull" in result;
  if (isRun) reportItemErrors(context, errors, "pulled");
  reportItemErrors(context, isRun ? fromItems : [...errors, ...fromItems], "pushed");
  if (failed) shortfalls(result).forEach((line) => output.warning(line));
  return failed ? 1 : 0;
}

/** Returns a line for each part that did not succeed. */
function shortfalls(result: PushedOutcome["result"] | RunResult | RunTotal): string[] {
  const lines: string[] = [];
  const push = "pull" in result ? result.push.summary : result.summary;
  const pull = "pull" in result ? result.pull.summary : null;
  if (pull !== null && pull.failed > 0) {
    lines.push(`${number(pull.failed)} of ${plural(pull.total, "issue")} could not be pulled.`);
  }
  if (push.failed > 0) {
    const pushes = push.total === 1 ? "1 push" : `${number(push.total)} pushes`;
    lines.push(`${number(push.failed)} of ${pushes} failed.`);
  }
  const isExplained = lines.length > 0 || (result.item_errors ?? []).length > 0;
  return isExplained ? lines : [statusAtHost(result.status)];
}

function pushed(result: PushedOutcome["result"]): string {
  const now = result.items.filter((item: PushedItem) => item.already_sent !== true);
  const before = result.items.length - now.length;
  const { total, failed } = result.summary;
  if (before > 0 && before === total) return `${sentBefore(before)}: nothing was done now.`;
  const counts = new Map<string, number>();
  for (const { outcome } of now) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const words = [...counts].filter(([outcome]) => outcome !== "failed")
    .map(([outcome, count]) => `${number(count)} ${outcome}`);
  const some = failed + before === 0 ? "" : `${number(total - failed - before)} of `;
  const list = words.length === 0 ? "" : `: ${words.join(", ")}`;
  const rest = before === 0 ? "" : ` ${sentBefore(before)}.`;
  return `Pushed ${some}${plural(total, "item")}${list}.${rest}`;
}
