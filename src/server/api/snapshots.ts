import type { Hono } from "hono";
import { MAX_NESTING } from "../../contract/nesting.ts";
import { SNAPSHOTS_PATH } from "../../contract/paths.ts";
import {
  type SnapshotReceipt,
  type SnapshotRequest,
  SnapshotRequestSchema,
} from "../../contract/snapshots.ts";
import { requireCaller } from "../http/auth.ts";
import { at, type Host, type HostEnv } from "../http/context.ts";
import type { HostData } from "../store/host_data.ts";
import { answerOnce } from "../http/idempotency.ts";
import { parseRequest } from "../http/http_error.ts";
import { readJson } from "../http/body.ts";

/** Most bytes of a snapshot: a whole project in one body. */
const MAX_SNAPSHOT_BYTES = 64 * 1024 * 1024;

/** What a snapshot may hold. */
const SNAPSHOT_LIMITS = { levels: MAX_NESTING, values: 4_000_000 };

/** Adds the snapshot publish. Hosted API, Tracker snapshots. */
export function addSnapshotRoutes(app: Hono<HostEnv>, host: Host): void {
  const { data } = host;
  app.post(at(SNAPSHOTS_PATH), async (call) => {
    const caller = await requireCaller(host, call);
    const body = await readJson(call, MAX_SNAPSHOT_BYTES, SNAPSHOT_LIMITS);
    return await answerOnce(host, call, caller, body, () => {
      const request = parseRequest(SnapshotRequestSchema, body.value);
      const receipt: SnapshotReceipt = {
        receipt_id: data.newId("rcpt"),
        resolution: placeOf(data, caller.team.id, request),
      };
      data.run(
        `INSERT INTO snapshots (receipt_id, team_id, provider, workspace, resolution, json, received_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        receipt.receipt_id,
        caller.team.id,
        request.provider,
        request.workspace,
        receipt.resolution,
        body.text,
        data.now(),
      );
      return { status: 200, json: JSON.stringify(receipt) };
    });
  });
}

/** By the resource, then by the workspace, then for a person to decide. */
function placeOf(
  data: HostData,
  teamId: string,
  request: SnapshotRequest,
): SnapshotReceipt["resolution"] {
  const { provider, workspace, external_resource_type: type, external_resource_id: id } = request;
  const places = data.all(
    `SELECT resource_type, resource_id FROM snapshot_routes
     WHERE team_id = ?1 AND provider = ?2 AND workspace = ?3
     UNION SELECT r.resource_type, r.external_id FROM mappings m
     JOIN resources r ON r.id = m.resource_id JOIN installations i ON i.id = r.installation_id
     WHERE i.team_id = ?1 AND i.provider = ?2 AND r.workspace = ?3 AND m.state = 'active'`,
    teamId,
    provider,
    workspace,
  );
  const isExact = type !== null &&
    places.some((place) => place["resource_type"] === type && place["resource_id"] === id);
  if (isExact) return "exact";
  // Which of several it is, is for a person to say.
  const unnamed = places.filter((place) => place["resource_type"] === null);
  return unnamed.length === 1 || places.length === 1 ? "workspace" : "queued";
}
