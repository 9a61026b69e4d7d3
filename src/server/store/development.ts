import { type Row, text } from "./row.ts";
import { listSnapshots } from "./snapshots.ts";
import type { HostStore } from "./store.ts";

/** What a development host shows of its rows; none holds a secret. */
const SHOWN = {
  eventCounts: `SELECT node_id, COUNT(*) AS events, COUNT(DISTINCT lamport_clock) AS clocks,
    MAX(lamport_clock) AS last FROM events GROUP BY node_id ORDER BY node_id`,
  idempotency: "SELECT key, path, status FROM idempotency ORDER BY created_at, key",
  mappings: "SELECT * FROM mappings ORDER BY binding_ref",
  operations: "SELECT id, binding_ref, state FROM operations ORDER BY id",
  deviceCodes: "SELECT user_code, state FROM device_codes ORDER BY expires_at",
  resources: `SELECT r.id, i.provider, r.key, r.label, COUNT(issues.id) AS issues FROM resources r
    JOIN installations i ON i.id = r.installation_id
    LEFT JOIN issues ON issues.resource_id = r.id GROUP BY r.id, i.provider ORDER BY i.provider, r.label`,
} as const;

/** Documents that a development host shows as they were sent. */
const DOCUMENTS = {
  events: "SELECT json FROM events ORDER BY received_at, lamport_clock, event_id",
  origins: "SELECT json FROM origin_links ORDER BY id",
} as const;

/** Returns what can be read of a development host, by the columns' names. */
export async function shownRows(store: HostStore, what: keyof typeof SHOWN): Promise<Row[]> {
  return (await store.all(SHOWN[what])).map((row) => ({ ...row }));
}

/** Returns what was sent to a development host. */
export async function shownDocuments(
  store: HostStore,
  what: keyof typeof DOCUMENTS,
): Promise<unknown[]> {
  return (await store.all(DOCUMENTS[what])).map((row): unknown => JSON.parse(text(row, "json")));
}

/** Returns the snapshots a development host was sent, with what became of them. */
export async function shownSnapshots(store: HostStore): Promise<Row[]> {
  return (await listSnapshots(store)).map((row) => {
    const body: unknown = JSON.parse(text(row, "json"));
    return { receipt_id: text(row, "receipt_id"), resolution: text(row, "resolution"), body };
  });
}

/** Lets every access token expire; returns how many there were. */
export async function expireAccessTokens(store: HostStore, now: number): Promise<number> {
  return await store.run("UPDATE access_tokens SET expires_at = ?", now);
}

/** Revokes every session; returns how many there were. */
export async function revokeSessions(store: HostStore, now: number): Promise<number> {
  return await store.run("UPDATE token_families SET revoked_at = ?", now);
}

const CONNECTED = {
  installations: "DELETE FROM installations WHERE id = ?",
  resources: "DELETE FROM resources WHERE installation_id = ?",
  user_link: "DELETE FROM user_links WHERE installation_id = ?",
} as const;

/** What of an installation can be removed. */
export type Disconnected = keyof typeof CONNECTED;

/** Removes an installation, its resources or its links to users; returns how many rows there were. */
export async function disconnect(
  store: HostStore,
  installationId: string,
  what: Disconnected,
): Promise<number> {
  return await store.run(CONNECTED[what], installationId);
}

/** Returns all users' ids. */
export async function userIds(store: HostStore): Promise<string[]> {
  const rows = await store.all("SELECT id FROM users ORDER BY id");
  return rows.map((row) => text(row, "id"));
}

/** Sets the display name of a team. */
export async function nameTeam(store: HostStore, id: string, name: string): Promise<void> {
  await store.run("UPDATE teams SET name = ? WHERE id = ?", name, id);
}
