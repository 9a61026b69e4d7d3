import type { JsonObject } from "../../contract/field.ts";
import { isoTime } from "../../platform/clock.ts";
import type { SyncRun } from "../../store/runs.ts";

/** The last sync, with `--json`; `null` before the first. */
export function lastSyncJson(run: SyncRun | null): JsonObject | null {
  return run === null ? null : {
    kind: run.kind,
    outcome: run.outcome,
    started_at: isoTime(run.startedAt),
    finished_at: isoTime(run.finishedAt),
    counts: run.counts,
  };
}
