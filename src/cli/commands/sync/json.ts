import type { JsonObject } from "../../../contract/field.ts";
import type { ResolveOutcome } from "../../../sync/resolve.ts";
import {
  failuresOf,
  type LocalPullReport,
  type LocalPushReport,
  type SyncEvent,
  type SyncReport,
} from "../../../sync/sync_report.ts";
import type { SyncCountsReport } from "../../../sync/counts_report.ts";
import { countsJson } from "./counts.ts";
import { isoTime } from "../../../platform/clock.ts";
import type { StoredConflict } from "../../../store/conflicts.ts";

/** `sync pull`, `push` and `run` of a local binding with `--json` (local-json.md, Sync). */
export function syncJson(
  report: SyncReport,
  counts: SyncCountsReport,
  steps: readonly SyncEvent[],
): JsonObject {
  const failures = failuresOf(report);
  const pull = report.kind === "run" ? report.pull : report.kind === "pull" ? report : null;
  const push = report.kind === "run" ? report.push : report.kind === "push" ? report : null;
  return {
    ...countsJson(counts),
    has_more: counts.hasMore,
    status: failures.length > 0 || counts.held > 0 ? "partial" : "ok",
    kind: report.kind,
    dry_run: report.dryRun,
    pull: pull === null ? null : pullJson(pull),
    push: push === null ? null : pushJson(push),
    failures,
    plan: report.dryRun ? steps.flatMap((step) => planned(step)) : null,
  };
}

/** The members of {@link conflictJson}. */
export const CONFLICT_FIELDS: readonly string[] = [
  ...["id", "issue_id", "key", "field", "reason", "base", "ours", "theirs", "times", "state"],
  ...["issue_is_here", "taken", "detected_at", "resolved_at"],
];

/** A conflict as `sync conflicts --json` lists it (local-json.md, Conflicts); without a key, its issue is not here. */
export function conflictJson(conflict: StoredConflict, key: string | null): JsonObject {
  const { id, field, reason, base, ours, theirs, taken } = conflict;
  return {
    id,
    issue_id: conflict.issueId,
    key: key ?? conflict.issueId,
    field,
    reason,
    base,
    ours,
    theirs,
    times: {
      ours: timeOrNull(conflict.times.ours),
      theirs: timeOrNull(conflict.times.theirs),
      theirs_before: timeOrNull(conflict.times.seen),
    },
    state: taken === null ? "held" : "settled",
    issue_is_here: key !== null,
    taken,
    detected_at: isoTime(conflict.detectedAt),
    resolved_at: timeOrNull(conflict.resolvedAt),
  };
}

function timeOrNull(time: number | null): string | null {
  return time === null ? null : isoTime(time);
}

/** What settling a conflict did, with `--json` (local-json.md, Conflicts). */
export function resolvedJson({ kind, conflict }: ResolveOutcome, key: string): JsonObject {
  return { resolved: kind === "resolved", conflict: conflictJson(conflict, key) };
}

function pullJson(report: LocalPullReport): JsonObject {
  const { full, complete, created, updated, skipped, removed, conflicts, held } = report;
  return { full, complete, created, updated, skipped, removed, conflicts, held };
}

/** What a push of edits did (local-json.md, Sync). */
export function pushJson(report: LocalPushReport): JsonObject {
  const { complete, created, updated, skipped, conflicts, held, refused, skippedFields } = report;
  return {
    complete,
    created,
    updated,
    skipped,
    conflicts,
    held,
    refused,
    skipped_fields: skippedFields,
    ...("alreadySent" in report ? { already_sent: report.alreadySent } : {}),
    ...(report.notes === undefined ? {} : { notes: report.notes }),
  };
}

/** A step that would be done; none for one that only tells how far the sync is. */
function planned(step: SyncEvent): JsonObject[] {
  switch (step.kind) {
    case "pull_started":
    case "page":
    case "push_started":
    case "failed":
    case "noted":
      return [];
    case "pushed": {
      const { kind, action, id, title, localId, changes } = step;
      return [{ kind, action, id, title, local_id: localId, changes }];
    }
    default:
      return [{ ...step }];
  }
}
