import type { Clock } from "../platform/clock.ts";
import type { IssueStore, PageRules } from "../store/issue_store.ts";
import { absorb, type AbsorbContext, type SyncRules } from "../sync/absorb.ts";
import { comeBack } from "../sync/gone_issues.ts";
import type { Side } from "../sync/side.ts";
import type { SyncEvent } from "../sync/sync_report.ts";
import type { ClockMeasure } from "../sync/times.ts";

/** How what the host has is merged with what is here. */
export interface Merging {
  readonly side: Pick<Side, "traits">;
  readonly rules: SyncRules;
  readonly clock: Pick<Clock, "now">;
  /** How far the clock of the host is from ours, as far as its answers have told. */
  readonly hostClock: () => ClockMeasure | null;
}

/** Conflicts that a merge met. */
export class MetConflicts {
  /** All of them, settled or not. */
  conflicts = 0;
  /** Those of them that a person has to decide. */
  held = 0;

  /** Counts a step of a merge. */
  readonly count = (event: SyncEvent): void => {
    if (event.kind !== "conflict") return;
    this.conflicts++;
    if (event.taken === null) this.held++;
  };
}

/** Returns what the engine needs to take in what a request that began at `readAt` has shown. */
export function absorbContext(
  store: IssueStore,
  { side, rules, clock, hostClock }: Merging,
  readAt: number,
  onEvent: (event: SyncEvent) => void,
): AbsorbContext {
  return { store, side, rules, now: clock.now(), readAt, theirClock: hostClock(), onEvent };
}

/**
 * Returns the rules by which a page is merged with what is here. An issue without edits takes the host's version as it
 * came.
 */
export function mergeRules(
  store: IssueStore,
  merging: Merging,
  readAt: number,
  onEvent: (event: SyncEvent) => void,
): PageRules {
  const context = absorbContext(store, merging, readAt, onEvent);
  return {
    absorb(stored, incoming) {
      const isUnedited = stored.base === stored.issue && Object.keys(stored.edits).length === 0;
      if (isUnedited) return { issue: incoming, base: incoming, edits: {}, seenAt: null };
      return absorb(context, stored, incoming).stored;
    },
    onSameWithEdits({ ref: { id } }) {
      store.issues.sawAgain(id, readAt);
      comeBack(store, id);
    },
  };
}
