import type { JsonObject } from "../../../contract/field.ts";
import type { SyncCountsReport } from "../../../sync/counts_report.ts";
import { countWord, countWords, PULL_COUNTS } from "../../../tracker/sync_counts.ts";
import { plural } from "../../terminal/format.ts";

/** What every document of a sync says, of hosts and of local tools alike (json.md, Syncs). */
export function countsJson({ hasMore: _, ...counts }: SyncCountsReport): JsonObject {
  return { counts };
}

/** Returns a document of ours with all that a host said beside it; nothing of ours means what the host says it does. */
export function besideHost(ours: JsonObject, theirs: JsonObject): JsonObject {
  return { ...ours, ...theirs, ...ours };
}

/** What was pulled: `Pulled: 3 new, 0 changed, 12 unchanged.` */
export function pulledWords(counts: SyncCountsReport, dryRun = false): string {
  const { new: fresh, changed, unchanged, removed } = counts;
  const words = countWords({ new: fresh, changed, unchanged, removed }, PULL_COUNTS);
  return `${dryRun ? "Would pull" : "Pulled"}: ${words}.`;
}

/** What was sent: `Pushed: 2 sent.` */
export function pushedWords({ sent }: SyncCountsReport, dryRun = false): string {
  return dryRun ? `Would push: ${plural(sent, "issue")}.` : `Pushed: ${countWord("sent", sent)}.`;
}

/** What a person should do after a sync, a line each. */
export function nextLines(
  { held, refused, left }: SyncCountsReport,
  { settled, pushed }: { readonly settled: number; readonly pushed: boolean },
): string[] {
  return [
    ...(held === 0 ? [] : [`${countWord("held", held)}: \`tracker sync conflicts\``]),
    ...(settled === 0
      ? []
      : [`${countWord("settled", settled)}: \`tracker sync conflicts --all\``]),
    ...(refused === 0 || !pushed ? [] : [
      `${countWord("refused", refused)}, not sent again: \`tracker issue show KEY\`,`,
      "then `tracker issue discard KEY`, or a sync with `--retry`.",
    ]),
    ...(left === 0 ? [] : [
      pushed
        ? `${countWord("left", left)}: \`tracker sync status\``
        : `${plural(left, "issue")} to push: \`tracker sync push\``,
    ]),
  ];
}
