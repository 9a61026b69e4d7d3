import type { ExternalRef } from "../../contract/issue.ts";
import { integer, type Row, text, textOrNull } from "./row.ts";
import { insertRow } from "./insert.ts";
import type { HostStore, Transaction } from "./store.ts";

/** An item that is to be delivered to a provider. */
export interface NewDelivery {
  readonly resourceId: string;
  readonly connectionId: string;
  /** The id of its issue, or the caller's name for a new one. */
  readonly externalId: string;
  /** The push that it is of; `null` for a comment. */
  readonly operationId: string | null;
  /** Its place in the push. */
  readonly place: number;
  /** In JSON. */
  readonly item: string;
  /** What both sides agreed on of the fields that it changes, in JSON; `null` for a new issue. */
  readonly shadow: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Whether it was made while no connection brought its resource; not unless given. */
  readonly isTakenUp?: boolean;
}

/** An item that waits for its delivery. */
export interface Delivery extends NewDelivery {
  readonly id: number;
  /** The issue, by what is stored beside the item. */
  readonly ref: ExternalRef;
  /** 0 when no call was made for it. */
  readonly attempt: number;
}

/** How a delivery ended, in JSON. */
export interface DeliveryEnd {
  readonly state: "delivered" | "failed";
  readonly result: string;
  readonly error: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const SELECT = `SELECT b.*, i.provider, r.workspace FROM outbox b
  JOIN resources r ON r.id = b.resource_id JOIN installations i ON i.id = r.installation_id`;

/** Returns the connection that delivers what is pushed to a resource; `null` when its issues live in this host. */
export async function connectionOf(store: HostStore, resourceId: string): Promise<string | null> {
  const row = await store.one("SELECT connection_id FROM resources WHERE id = ?", resourceId);
  return row === null ? null : textOrNull(row, "connection_id");
}

/** Adds an item. */
export async function insertDelivery(tx: Transaction, delivery: NewDelivery): Promise<void> {
  await insertRow(tx, "outbox", {
    resource_id: delivery.resourceId,
    connection_id: delivery.connectionId,
    external_id: delivery.externalId,
    operation_id: delivery.operationId,
    place: delivery.place,
    item: delivery.item,
    shadow: delivery.shadow,
    state: "waiting",
    attempt: 0,
    created_at: delivery.createdAt,
    // A full cycle tells of what was pushed.
    reported: delivery.operationId === null ? 1 : 0,
    taken_up: delivery.isTakenUp === true ? 1 : 0,
  });
}

/** Returns the first item of a connection that waits after `after`, or `null`. */
export async function nextDelivery(
  store: HostStore,
  connectionId: string,
  after: number,
): Promise<Delivery | null> {
  const row = await store.one(
    `${SELECT} WHERE b.connection_id = ? AND b.state = 'waiting' AND b.id > ? ORDER BY b.id LIMIT 1`,
    connectionId,
    after,
  );
  return row === null ? null : readDelivery(row);
}

/** Returns what waits for the same issue as a delivery, after it. One connection brings a resource. */
export async function laterDeliveries(tx: Transaction, first: Delivery): Promise<Delivery[]> {
  const rows = await tx.all(
    `${SELECT} WHERE b.resource_id = ? AND b.external_id = ? AND b.id > ? AND b.state = 'waiting'
     ORDER BY b.id`,
    first.resourceId,
    first.externalId,
    first.id,
  );
  return rows.map(readDelivery);
}

/**
 * Returns the first delivery of what a delivery repeats: those before it under the same name have failed, and may have
 * had their effect all the same.
 */
export async function firstDelivery(
  store: HostStore,
  { id, resourceId, externalId }: Delivery,
): Promise<{ readonly id: number; readonly wasTried: boolean }> {
  const row = await store.one(
    `SELECT MIN(id) AS first, MAX(attempt) AS attempts FROM outbox
     WHERE resource_id = ? AND external_id = ? AND id <= ? AND id > COALESCE(
       (SELECT MAX(id) FROM outbox WHERE resource_id = ? AND external_id = ? AND state = 'delivered'
          AND id < ?), 0)`,
    resourceId,
    externalId,
    id,
    resourceId,
    externalId,
    id,
  );
  return row === null
    ? { id, wasTried: false }
    : { id: integer(row, "first"), wasTried: integer(row, "attempts") > 0 };
}

/** Says what both sides agree on by now of the fields that a delivery changes. */
export async function setShadow(tx: Transaction, id: number, shadow: string): Promise<void> {
  await tx.run("UPDATE outbox SET shadow = ? WHERE id = ?", shadow, id);
}

/** Has an item ask for something else when it is tried again. */
export async function setItem(
  tx: Transaction,
  id: number,
  item: string,
  shadow: string,
): Promise<void> {
  await tx.run("UPDATE outbox SET item = ?, shadow = ? WHERE id = ?", item, shadow, id);
}

/** Records that calls are made for an item from now on, and how often they failed. */
export async function setAttempt(tx: Transaction, id: number, attempt: number): Promise<void> {
  await tx.run("UPDATE outbox SET attempt = ? WHERE id = ?", attempt, id);
}

/** Ends the delivery of an item. */
export async function endDelivery(tx: Transaction, id: number, end: DeliveryEnd): Promise<void> {
  await tx.run(
    "UPDATE outbox SET state = ?, result = ?, error = ?, ended_at = ? WHERE id = ? AND state = 'waiting'",
    end.state,
    end.result,
    end.error,
    end.at,
    id,
  );
}

/** Returns pushes that are open though all their items have ended, as when their connection was removed. */
export async function endedOperations(store: HostStore): Promise<string[]> {
  const rows = await store.all(
    `SELECT id FROM operations o WHERE state IN ('pending', 'running')
       AND EXISTS (SELECT 1 FROM outbox b WHERE b.operation_id = o.id)
       AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.operation_id = o.id AND b.state = 'waiting')`,
  );
  return rows.map((row) => text(row, "id"));
}

/** Returns whether anything of an operation waits. */
export async function isAnyWaiting(store: HostStore, operationId: string): Promise<boolean> {
  // Only the index of what waits has this order: one row of it is read, however many were delivered.
  const row = await store.one(
    `SELECT external_id FROM outbox WHERE operation_id = ? AND state = 'waiting'
     ORDER BY external_id LIMIT 1`,
    operationId,
  );
  return row !== null;
}

/** Counts what of a resource waits and was pushed up to a time. */
export async function countWaitingOf(
  store: HostStore,
  resourceId: string,
  until: number,
): Promise<number> {
  const row = await store.one(
    "SELECT COUNT(*) AS count FROM outbox WHERE resource_id = ? AND reported = 0 AND state = 'waiting' AND created_at <= ?",
    resourceId,
    until,
  );
  return row === null ? 0 : integer(row, "count");
}

/** An item that has ended, in JSON. */
export interface EndedDelivery extends Pick<Delivery, "ref" | "shadow"> {
  readonly item: string;
  /** `null` when the connection was removed before. */
  readonly result: string | null;
  readonly error: string | null;
  readonly isFailed: boolean;
}

/** Returns what the items of an operation have come to, in their order. */
export async function endedDeliveries(
  store: HostStore,
  operationId: string,
): Promise<EndedDelivery[]> {
  const rows = await store.all(
    `${SELECT} WHERE b.operation_id = ? ORDER BY b.place`,
    operationId,
  );
  return rows.map(readEnded);
}

/**
 * Counts as told what failed in a resource before `since`: by the result of its push. Milliseconds since 1970; `null` for
 * all that failed.
 */
export async function forgetFailed(
  tx: Transaction,
  resourceId: string,
  since: number | null,
): Promise<void> {
  const before = since === null ? "" : "AND ended_at < ?";
  await tx.run(
    `UPDATE outbox SET reported = 1
     WHERE resource_id = ? AND reported = 0 AND state = 'failed' ${before}`,
    resourceId,
    ...(since === null ? [] : [since]),
  );
}

/** Takes what has ended in a resource and no full cycle has told of yet, `limit` at most. */
export async function takeUnreported(
  tx: Transaction,
  resourceId: string,
  limit: number,
): Promise<EndedDelivery[]> {
  const rows = await tx.all(
    `${SELECT} WHERE b.resource_id = ? AND b.state <> 'waiting' AND b.reported = 0
     ORDER BY b.id LIMIT ?`,
    resourceId,
    limit,
  );
  for (const row of rows) {
    await tx.run("UPDATE outbox SET reported = 1 WHERE id = ?", integer(row, "id"));
  }
  return rows.map(readEnded);
}

/** Counts what a full cycle of a resource has to deliver or to tell of, up to `most`. */
export async function countUndelivered(
  store: HostStore,
  resourceId: string,
  most: number,
): Promise<number> {
  const row = await store.one(
    `SELECT COUNT(*) AS count FROM
       (SELECT 1 FROM outbox WHERE resource_id = ? AND reported = 0 LIMIT ?) AS unreported`,
    resourceId,
    most,
  );
  return row === null ? 0 : integer(row, "count");
}

/** Returns the team whose delivery it is, or `null` when there is none. */
export async function findDeliveryTeam(store: HostStore, id: number): Promise<string | null> {
  const row = await store.one(
    `SELECT i.team_id FROM outbox b JOIN resources r ON r.id = b.resource_id
     JOIN installations i ON i.id = r.installation_id WHERE b.id = ?`,
    id,
  );
  return row === null ? null : text(row, "team_id");
}

/** An item that has failed. */
export interface FailedDelivery extends Pick<Delivery, "connectionId" | "externalId" | "shadow"> {
  /** Why, in JSON, or in words. */
  readonly error: string | null;
}

/** Returns an item that has failed: where it was to go, and why it has; `null` when it has not failed. */
export async function failedDelivery(
  store: HostStore,
  id: number,
): Promise<FailedDelivery | null> {
  const row = await store.one(
    "SELECT connection_id, external_id, shadow, error FROM outbox WHERE id = ? AND state = 'failed'",
    id,
  );
  return row === null ? null : {
    connectionId: text(row, "connection_id"),
    externalId: text(row, "external_id"),
    shadow: textOrNull(row, "shadow"),
    error: textOrNull(row, "error"),
  };
}

/**
 * Lets an item that has failed wait again, as one that was tried; returns whether it had failed. The caller has made
 * sure that its connection is there, and stays.
 */
export async function reopenDelivery(tx: Transaction, id: number): Promise<boolean> {
  return await tx.run(
    `UPDATE outbox SET state = 'waiting', attempt = 1, result = NULL, error = NULL, ended_at = NULL,
       reported = CASE WHEN operation_id IS NULL THEN 1 ELSE 0 END
     WHERE id = ? AND state = 'failed'`,
    id,
  ) > 0;
}

function readEnded(row: Row): EndedDelivery {
  return {
    ref: refIn(row),
    shadow: textOrNull(row, "shadow"),
    item: text(row, "item"),
    result: textOrNull(row, "result"),
    error: textOrNull(row, "error"),
    isFailed: text(row, "state") === "failed",
  };
}

function readDelivery(row: Row): Delivery {
  return {
    id: integer(row, "id"),
    ref: refIn(row),
    resourceId: text(row, "resource_id"),
    connectionId: text(row, "connection_id"),
    externalId: text(row, "external_id"),
    operationId: textOrNull(row, "operation_id"),
    place: integer(row, "place"),
    item: text(row, "item"),
    shadow: textOrNull(row, "shadow"),
    createdAt: integer(row, "created_at"),
    isTakenUp: integer(row, "taken_up") === 1,
    attempt: integer(row, "attempt"),
  };
}

function refIn(row: Row): ExternalRef {
  return {
    system: text(row, "provider"),
    workspace: text(row, "workspace"),
    id: text(row, "external_id"),
  };
}
