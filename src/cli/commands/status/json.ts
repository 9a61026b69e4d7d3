import type { JsonObject } from "../../../contract/field.ts";
import type { LocalStatus } from "../../../local/service_results.ts";
import { isoTime } from "../../../platform/clock.ts";

/** `status` of a local binding with `--json` (local-json.md, Status). */
export function statusJson(status: LocalStatus): JsonObject {
  const { counts, lastSync } = status;
  return {
    provider: status.provider,
    workspace: status.workspace,
    tool: { command: status.command, cwd: status.cwd },
    doctrine: {
      mode: status.doctrineMode,
      field_owners: status.fieldOwners,
      strategy: status.strategy,
    },
    counts: {
      total: counts.total,
      open: counts.open,
      pending: counts.pending,
      by_status: counts.byStatus,
    },
    mappings: status.mappings,
    conflicts: status.conflicts,
    refused: counts.refused,
    last_sync: lastSync === null ? null : {
      kind: lastSync.kind,
      outcome: lastSync.outcome,
      started_at: isoTime(lastSync.startedAt),
      finished_at: isoTime(lastSync.finishedAt),
      counts: lastSync.counts,
    },
    updated_since: status.updatedSince,
  };
}
