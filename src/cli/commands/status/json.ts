import type { JsonObject } from "../../../contract/field.ts";
import type { LocalStatus } from "../../../local/service_results.ts";
import type { PackageSummary } from "../../../missions/packages/listing.ts";
import { packagesJson } from "../../services/packages.ts";
import { waitingJson } from "../../services/waiting_json.ts";
import type { SyncState } from "../../../tracker/sync_state.ts";
import { lastSyncJson } from "../../services/run_json.ts";

/** `status` of a local binding with `--json` (local-json.md, Status). */
export function statusJson(
  status: LocalStatus,
  state: SyncState,
  packages: PackageSummary,
): JsonObject {
  const { counts } = status;
  const waiting = waitingJson(state);
  return {
    waiting,
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
      pending: waiting["pending"],
      by_status: counts.byStatus,
    },
    mappings: status.mappings,
    conflicts: status.conflicts,
    refused: waiting["refused"],
    last_sync: lastSyncJson(status.lastSync),
    updated_since: status.updatedSince,
    packages: packagesJson(packages),
  };
}
