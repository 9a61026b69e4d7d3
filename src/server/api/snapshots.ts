import type { Hono } from "hono";
import { MAX_NESTING } from "../../contract/nesting.ts";
import { SNAPSHOTS_PATH } from "../../contract/paths.ts";
import type { SnapshotFrame, SnapshotReceipt } from "../../contract/snapshots.ts";
import { requireCaller } from "../http/auth.ts";
import { readJson } from "../http/body.ts";
import { at, type Host, type HostEnv } from "../http/context.ts";
import { answerOnce } from "../http/idempotency.ts";
import { readSnapshot } from "../http/snapshot_request.ts";
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
    const requested = await readSnapshot(host.platform.clock, body.value);
    return await answerOnce(host, call, caller, body, async (context) => {
      const { store } = context;
      const request = requested();
      const { provider, workspace } = request;
      const places = await snapshotPlaces(store, caller.team.id, provider, workspace);
      const receiptId = context.newId("rcpt");
      const resolution = resolutionOf(request, places);
      await insertSnapshot(store, {
        receiptId,
        teamId: caller.team.id,
        provider,
        workspace,
        resolution,
        json: body.text,
        receivedAt: context.now(),
      });
      const receipt: SnapshotReceipt = { receipt_id: receiptId, resolution };
      return { status: 200, json: JSON.stringify(receipt) };
    });
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
