import { insertRow } from "./insert.ts";
import { PLACE_ID } from "./resources.ts";
import { integer, type Row, text, textOrNull } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

/** A snapshot to be stored. */
export interface NewSnapshot {
  readonly receiptId: string;
  readonly teamId: string;
  readonly provider: string;
  readonly workspace: string;
  readonly resolution: string;
  /** The request in JSON, as sent; only its first part where others are stored already. */
  readonly json: string;
  /** How many {@link SnapshotPart} follow. */
  readonly parts: number;
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
    parts: snapshot.parts,
    received_at: snapshot.receivedAt,
  });
}

/** A part of the text of a snapshot, but for the first. */
export interface SnapshotPart {
  readonly receiptId: string;
  /** From 1. */
  readonly part: number;
  readonly json: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

/** Stores a part of a snapshot that is stored after it. */
export async function insertSnapshotPart(store: HostStore, part: SnapshotPart): Promise<void> {
  await insertRow(store, "snapshot_parts", {
    receipt_id: part.receiptId,
    part: part.part,
    received_at: part.receivedAt,
    json: part.json,
  });
}

/** Removes the parts of a snapshot. */
export async function removeSnapshotParts(store: HostStore, receiptId: string): Promise<void> {
  await store.run("DELETE FROM snapshot_parts WHERE receipt_id = ?", receiptId);
}

/** Parts that are forgotten at once. */
const FORGOTTEN_AT_ONCE = 16;

/**
 * Removes some of the parts that came before `time` and whose snapshot was never stored. Returns whether there may be
 * more.
 */
export async function forgetLostParts(tx: Transaction, time: number): Promise<boolean> {
  const removed = await tx.run(
    `DELETE FROM snapshot_parts WHERE (receipt_id, part) IN (
       SELECT p.receipt_id, p.part FROM snapshot_parts p WHERE p.received_at <= ?
         AND NOT EXISTS (SELECT 1 FROM snapshots s WHERE s.receipt_id = p.receipt_id)
       LIMIT ${FORGOTTEN_AT_ONCE})`,
    time,
  );
  return removed === FORGOTTEN_AT_ONCE;
}

/** Returns the snapshots with their whole texts, the oldest first: `receipt_id`, `resolution`, `json`. */
export async function listSnapshots(store: HostStore): Promise<Row[]> {
  const rows = await store.all(
    "SELECT receipt_id, resolution, json, parts FROM snapshots ORDER BY receipt_id",
  );
  const whole: Row[] = [];
  for (const row of rows) {
    const parts = integer(row, "parts") === 0 ? [] : await store.all(
      "SELECT json FROM snapshot_parts WHERE receipt_id = ? ORDER BY part",
      text(row, "receipt_id"),
    );
    whole.push({ ...row, json: [row, ...parts].map((part) => text(part, "json")).join("") });
  }
  return whole;
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
