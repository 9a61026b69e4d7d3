import type { SyncCountsReport } from "../sync/counts_report.ts";
import type { LocalPushReport, SyncEvent, SyncNote } from "../sync/sync_report.ts";
import type { PushChoice } from "./sync_push.ts";

/** How to push the edits that wait here. */
export interface PushEditsChoice extends PushChoice {
  /** Sends edits again that were refused before. */
  readonly retry?: boolean | undefined;
  /** Stops after this many issues were written; the next push continues. */
  readonly limit?: number | undefined;
  /** Sends the edits of these issues alone, by their ids; drafts and other edits wait on. */
  readonly only?: readonly string[] | undefined;
  /** Told of each step; of a dry run, of its plan. */
  readonly onEvent?: ((event: SyncEvent) => void) | undefined;
}

/** What a push of edits did, told like that to a local tool. */
export interface PushEditsReport extends LocalPushReport {
  /** The same in the words of all syncs; what had to be pulled first is among it. */
  readonly counts: SyncCountsReport;
  /** Issues of which the host said that an earlier sending had done it. */
  readonly alreadySent: number;
  /** What the host says of issues that it has taken. */
  readonly notes: readonly SyncNote[];
}
