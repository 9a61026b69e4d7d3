import { insertRow } from "./insert.ts";
import { PLACE_ID } from "./resources.ts";
import { textOrNull } from "./row.ts";
import type { HostStore } from "./store.ts";

/** A snapshot to be stored. */
export interface NewSnapshot {
  readonly receiptId: string;
  readonly teamId: string;
  readonly provider: string;
  readonly workspace: string;
  readonly resolution: string;
  /** The request in JSON, as sent. */
  readonly json: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

/** Stores a snapshot. */
export async function insertSnapshot(store: HostStore, snapshot: NewSnapshot): Promise<void> {
  await insertRow(store, "snapshots", {
    receipt_id: snapshot.receiptId,
    team_id: snapshot.teamId,
    provider: snapshot.provider,
    workspace: snapshot.workspace,
    resolution: snapshot.resolution,
    json: snapshot.json,
    received_at: snapshot.receivedAt,
  });
}

/** A destination of a team's snapshots of a workspace: a resource, or the workspace as a whole. */
export interface SnapshotPlace {
  /** `null` for the workspace as a whole. */
  readonly resourceType: string | null;
  readonly resourceId: string | null;
}

/** Returns the places of a workspace: its routes, and the resources that are bound. */
export async function snapshotPlaces(
  store: HostStore,
  teamId: string,
  provider: string,
  workspace: string,
): Promise<SnapshotPlace[]> {
  const rows = await store.all(
    `SELECT resource_type, resource_id FROM snapshot_routes
     WHERE team_id = ? AND provider = ? AND workspace = ?
     UNION SELECT r.resource_type, ${PLACE_ID} FROM mappings m
     JOIN resources r ON r.id = m.resource_id JOIN installations i ON i.id = r.installation_id
     WHERE i.team_id = ? AND i.provider = ? AND r.workspace = ? AND m.state = 'active'`,
    teamId,
    provider,
    workspace,
    teamId,
    provider,
    workspace,
  );
  return rows.map((row) => ({
    resourceType: textOrNull(row, "resource_type"),
    resourceId: textOrNull(row, "resource_id"),
  }));
}

/** Adds a route for the snapshots of a workspace. */
export async function insertSnapshotRoute(
  store: HostStore,
  route: SnapshotPlace & {
    readonly teamId: string;
    readonly provider: string;
    readonly workspace: string;
  },
): Promise<void> {
  await insertRow(store, "snapshot_routes", {
    team_id: route.teamId,
    provider: route.provider,
    workspace: route.workspace,
    resource_type: route.resourceType,
    resource_id: route.resourceId,
  });
}
