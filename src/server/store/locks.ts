import { integer } from "./row.ts";
import type { Transaction } from "./store.ts";

/**
 * Row locks for what is read first and then written. They are held until the transaction ends. Of several, a
 * transaction takes that of a fact of the host first, then a team's, an installation's, a connection's, a resource's,
 * a user's, a code's, a session's; two of one kind in the order of their ids. On SQLite a transaction is alone, and
 * nothing has to be locked.
 */
async function lockRow(
  tx: Transaction,
  table: string,
  column: string,
  value: string,
): Promise<void> {
  if (tx.dialect === "sqlite") return;
  // Rows that only refer to this one, such as new issues of a resource, can still be added.
  await tx.one(`SELECT 1 AS locked FROM ${table} WHERE ${column} = ? FOR NO KEY UPDATE`, value);
}

/** Lets no other transaction change the issues of a resource: what is read of them stays so until the end. */
export async function lockResource(tx: Transaction, id: string): Promise<void> {
  await lockRow(tx, "resources", "id", id);
}

/**
 * Does the same; returns whether the resource is one that a connection has brought, and none brings now: its issues are
 * kept as both sides agreed on them before they are changed.
 */
export async function lockDetachable(tx: Transaction, id: string): Promise<boolean> {
  const locked = tx.dialect === "sqlite" ? "" : " FOR NO KEY UPDATE";
  const row = await tx.one(
    `SELECT connection_id IS NULL AND detached_change IS NOT NULL AS detached
     FROM resources WHERE id = ?${locked}`,
    id,
  );
  // The driver of PostgreSQL reads truth as a number.
  return row !== null && integer(row, "detached") === 1;
}

/** Locks several resources so, in an order that lets no two transactions wait for each other. */
export async function lockResources(tx: Transaction, ids: Iterable<string>): Promise<void> {
  for (const id of [...new Set(ids)].sort()) await lockResource(tx, id);
}

/** Lets no other transaction add resources and mappings to an installation. */
export async function lockInstallation(tx: Transaction, id: string): Promise<void> {
  await lockRow(tx, "installations", "id", id);
}

/** Lets no other transaction change or remove a connection. */
export async function lockConnection(tx: Transaction, id: string): Promise<void> {
  await lockRow(tx, "connections", "id", id);
}

/** Lets no other transaction add members and installations to a team. */
export async function lockTeam(tx: Transaction, id: string): Promise<void> {
  await lockRow(tx, "teams", "id", id);
}

/** Lets no other transaction rotate the tokens of a session, or end it. */
export async function lockFamily(tx: Transaction, id: string): Promise<void> {
  await lockRow(tx, "token_families", "id", id);
}

/** Lets no other transaction spend a device code or decide about it. */
export async function lockDeviceCode(tx: Transaction, deviceHash: string): Promise<void> {
  await lockRow(tx, "device_codes", "device_hash", deviceHash);
}

/** Lets no other transaction exchange an authorization code. */
export async function lockCode(tx: Transaction, hash: string): Promise<void> {
  await lockRow(tx, "authorization_codes", "hash", hash);
}

/** Lets no other transaction replace a fact of the whole host. */
export async function lockSetting(tx: Transaction, name: string): Promise<void> {
  await lockRow(tx, "host_settings", "name", name);
}
