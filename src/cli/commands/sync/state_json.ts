import type { JsonObject } from "../../../contract/field.ts";
import { classifyProvider } from "../../../contract/providers.ts";
import { isoTime } from "../../../platform/clock.ts";
import type { SyncState } from "../../../tracker/sync_state.ts";
import type { PackageSummary } from "../../../missions/packages/listing.ts";
import { packagesJson } from "../../services/packages.ts";
import { lastSyncJson } from "../../services/run_json.ts";
import { waitingJson } from "../../services/waiting_json.ts";
import { conflictJson } from "./json.ts";

/** `sync status` with `--json` (json.md, What waits). */
export function syncStateJson(state: SyncState, packages: PackageSummary): JsonObject {
  const { binding, pending, held, refused, skipped, cached } = state;
  return {
    provider: binding.provider,
    class: classifyProvider(binding.provider).kind,
    counts: waitingJson(state),
    pending: pending.map(({ id, key, title, isNew, edits }) => ({
      id,
      key,
      title,
      is_new: isNew,
      changes: edits.map(({ field, from, to, editedAt }) => ({
        field,
        from,
        to,
        edited_at: timeOrNull(editedAt),
      })),
    })),
    held: held.map(({ conflict, key }) => conflictJson(conflict, key)),
    refused: refused.map((one) => ({
      id: one.id,
      key: one.key,
      title: one.title,
      field: one.field,
      wanted: one.wanted,
      code: one.code,
      message: one.message,
      edited_at: timeOrNull(one.editedAt),
      refused_at: timeOrNull(one.refusedAt),
    })),
    skipped_fields: skipped,
    cached: { total: cached.total, open: cached.open },
    last_sync: lastSyncJson(state.lastSync),
    updated_since: state.updatedSince,
    packages: packagesJson(packages),
  };
}

function timeOrNull(time: number | null): string | null {
  return time === null ? null : isoTime(time);
}
