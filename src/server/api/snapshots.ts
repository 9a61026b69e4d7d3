import type { Hono } from "hono";
import { MAX_NESTING } from "../../contract/nesting.ts";
import { SNAPSHOTS_PATH } from "../../contract/paths.ts";
import type { SnapshotFrame, SnapshotReceipt } from "../../contract/snapshots.ts";
import { requireCaller } from "../http/auth.ts";
import { readJson } from "../http/body.ts";
import { at, type Host, type HostEnv } from "../http/context.ts";
import { invalidRequest } from "../http/http_error.ts";
import { answerOnce } from "../http/idempotency.ts";
import { readSnapshot } from "../http/snapshot_request.ts";
import { dropParts, storeParts } from "../sync/snapshot_parts.ts";
import { insertSnapshot, type SnapshotPlace, snapshotPlaces } from "../store/snapshots.ts";

/** Most bytes of a snapshot: a whole project in one body. */
const MAX_SNAPSHOT_BYTES = 64 * 1024 * 1024;

/** What a snapshot may hold. */
const SNAPSHOT_LIMITS = { levels: MAX_NESTING, values: 4_000_000 };

/** Adds the snapshot publish (wire.md, Tracker snapshots). */
export function addSnapshotRoutes(app: Hono<HostEnv>, host: Host): void {
  app.post(at(SNAPSHOTS_PATH), async (call) => {
    const caller = await requireCaller(host, call);
    const body = await readJson(call, MAX_SNAPSHOT_BYTES, SNAPSHOT_LIMITS);
    const read = await readSnapshot(host.platform.clock, body.value);
    const receiptId = host.context.newId("rcpt");
    const { first, parts } = read.ok
      ? await storeParts(host.context, receiptId, body.text)
      : { first: "", parts: 0 };
    let isTaken = false;
    const answer = answerOnce(host, call, caller, body, async (context) => {
      const { store } = context;
      if (!read.ok) throw invalidRequest(read.faults);
      const request = read.value;
      const { provider, workspace } = request;
      const places = await snapshotPlaces(store, caller.team.id, provider, workspace);
      const resolution = resolutionOf(request, places);
      await insertSnapshot(store, {
        receiptId,
        teamId: caller.team.id,
        provider,
        workspace,
        resolution,
        json: first,
        parts,
        receivedAt: context.now(),
      });
      const receipt: SnapshotReceipt = { receipt_id: receiptId, resolution };
      isTaken = true;
      return { status: 200, json: JSON.stringify(receipt) };
    });
    try {
      return await answer;
    } finally {
      // The request was refused, or is an earlier one once more.
      if (parts > 0 && !isTaken) await dropParts(host.context, receiptId);
    }
  });
}

/** Resolves a snapshot by the resource, then by the workspace, else leaves it for a person to decide. */
function resolutionOf(
  { external_resource_type: type, external_resource_id: id }: SnapshotFrame,
  places: readonly SnapshotPlace[],
): "exact" | "workspace" | "queued" {
  const isExact = type !== null &&
    places.some(({ resourceType, resourceId }) => resourceType === type && resourceId === id);
  if (isExact) return "exact";
  // Which of several it is, is for a person to say.
  const unnamed = places.filter(({ resourceType }) => resourceType === null);
  return unnamed.length === 1 || places.length === 1 ? "workspace" : "queued";
}
