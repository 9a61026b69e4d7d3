import type { JsonObject } from "../../contract/field.ts";
import { type SyncState, waitingCounts } from "../../tracker/sync_state.ts";

/** How many things wait here, for programs (json.md, What waits). */
export function waitingJson(
  state: Pick<SyncState, "pending" | "held" | "refused" | "skipped">,
): JsonObject {
  const { pending, held, refused, stayHere } = waitingCounts(state);
  return { pending, held, refused, stay_here: stayHere };
}
