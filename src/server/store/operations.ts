import { insertRow } from "./insert.ts";
import { integer, text, textOrNull } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

/** An operation to be stored. */
export interface NewOperation {
  readonly id: string;
  readonly teamId: string;
  readonly userId: string;
  readonly bindingRef: string;
  /** In JSON. */
  readonly request: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** An operation that has not ended. */
export interface OpenOperation {
  readonly id: string;
  readonly userId: string;
  readonly bindingRef: string;
  /** In JSON. */
  readonly request: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** How far an operation is. */
export interface OperationState {
  readonly state: string;
  /** In JSON; `null` unless it is completed. */
  readonly result: string | null;
  /** In JSON; `null` unless it has failed. */
  readonly error: string | null;
  /** What it works on; `null` when the binding is there no more. */
  readonly resourceId: string | null;
}

/** Holds for an operation that has not ended. */
export const IS_OPEN = "state IN ('pending', 'running')";

/** Stores an operation that is to be started. */
export async function insertOperation(store: HostStore, operation: NewOperation): Promise<void> {
  await insertRow(store, "operations", {
    id: operation.id,
    team_id: operation.teamId,
    user_id: operation.userId,
    binding_ref: operation.bindingRef,
    request: operation.request,
    state: "pending",
    created_at: operation.createdAt,
  });
}

/** Returns how far an operation of a team is; `null` when the team has none with this id. */
export async function operationState(
  store: HostStore,
  teamId: string,
  id: string,
): Promise<OperationState | null> {
  const row = await store.one(
    `SELECT o.state, o.result, o.error, m.resource_id FROM operations o
     LEFT JOIN mappings m ON m.binding_ref = o.binding_ref WHERE o.id = ? AND o.team_id = ?`,
    id,
    teamId,
  );
  return row === null ? null : {
    state: text(row, "state"),
    result: textOrNull(row, "result"),
    error: textOrNull(row, "error"),
    resourceId: textOrNull(row, "resource_id"),
  };
}

/** Returns the operations that have not ended, oldest first. */
export async function openOperationIds(store: HostStore): Promise<string[]> {
  const rows = await store.all(`SELECT id FROM operations WHERE ${IS_OPEN} ORDER BY id`);
  return rows.map((row) => text(row, "id"));
}

/**
 * Returns open operations that were stored up to a time and have no job and no item in the outbox, oldest first,
 * `limit` at most.
 */
export async function orphanedOperations(
  store: HostStore,
  before: number,
  limit: number,
): Promise<{ readonly id: string; readonly teamId: string }[]> {
  const rows = await store.all(
    `SELECT id, team_id FROM operations o WHERE ${IS_OPEN} AND created_at <= ?
       AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.kind = 'operation' AND j.key = o.id AND j.state = 'open')
       AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.operation_id = o.id)
     ORDER BY id LIMIT ?`,
    before,
    limit,
  );
  return rows.map((row) => ({ id: text(row, "id"), teamId: text(row, "team_id") }));
}

/** Returns an operation, or `null` when it has ended. */
export async function openOperation(store: HostStore, id: string): Promise<OpenOperation | null> {
  const row = await store.one(
    `SELECT user_id, binding_ref, request, created_at FROM operations WHERE id = ? AND ${IS_OPEN}`,
    id,
  );
  return row === null ? null : {
    id,
    userId: text(row, "user_id"),
    bindingRef: text(row, "binding_ref"),
    request: text(row, "request"),
    createdAt: integer(row, "created_at"),
  };
}

/** Returns whether an operation has not ended. */
export async function isOperationOpen(store: HostStore, id: string): Promise<boolean> {
  return await store.one(`SELECT 1 FROM operations WHERE id = ? AND ${IS_OPEN}`, id) !== null;
}

/** Marks an operation as started. */
export async function markOperationRunning(store: HostStore, id: string): Promise<void> {
  await store.run(
    "UPDATE operations SET state = 'running' WHERE id = ? AND state = 'pending'",
    id,
  );
}

/** Opens an operation that has failed once more. */
export async function reopenOperation(tx: Transaction, id: string): Promise<void> {
  await tx.run(
    "UPDATE operations SET state = 'pending', error = NULL, ended_at = NULL WHERE id = ? AND state = 'failed'",
    id,
  );
}

/** Ends an operation with its result or its error in JSON, and deletes its items. */
export async function endOperation(
  tx: Transaction,
  id: string,
  end: {
    readonly state: "completed" | "failed";
    readonly json: string;
    /** Milliseconds since 1970. */
    readonly at: number;
  },
): Promise<void> {
  await tx.run(
    "UPDATE operations SET state = ?, result = ?, error = ?, ended_at = ? WHERE id = ?",
    end.state,
    end.state === "completed" ? end.json : null,
    end.state === "failed" ? end.json : null,
    end.at,
    id,
  );
  await tx.run("DELETE FROM operation_items WHERE operation_id = ?", id);
}

/** The outcome of one item of an operation, in JSON. */
export interface OperationItem {
  readonly item: string;
  readonly error: string | null;
}

/** Returns where an operation continues: after the last item that has had its effect. */
export async function nextItemPlace(store: HostStore, operationId: string): Promise<number> {
  const row = await store.one(
    "SELECT COALESCE(MAX(place) + 1, 0) AS next FROM operation_items WHERE operation_id = ?",
    operationId,
  );
  return row === null ? 0 : integer(row, "next");
}

/** Stores the outcome of an item of an operation. */
export async function insertOperationItem(
  tx: Transaction,
  operationId: string,
  item: OperationItem & { readonly place: number; readonly outcome: string },
): Promise<void> {
  await insertRow(tx, "operation_items", {
    operation_id: operationId,
    place: item.place,
    outcome: item.outcome,
    item: item.item,
    error: item.error,
  });
}

/** Returns what the items of an operation have come to, from `place` on, `limit` at most. */
export async function operationItems(
  store: HostStore,
  operationId: string,
  { place, limit }: { readonly place: number; readonly limit: number },
): Promise<OperationItem[]> {
  const rows = await store.all(
    `SELECT item, error FROM operation_items WHERE operation_id = ? AND place >= ?
     ORDER BY place LIMIT ?`,
    operationId,
    place,
    limit,
  );
  return rows.map((row) => ({ item: text(row, "item"), error: textOrNull(row, "error") }));
}

/** Returns how many items of an operation have come to `outcome`. */
export async function countItems(
  store: HostStore,
  operationId: string,
  outcome: string,
): Promise<number> {
  const row = await store.one(
    "SELECT COUNT(*) AS count FROM operation_items WHERE operation_id = ? AND outcome = ?",
    operationId,
    outcome,
  );
  return row === null ? 0 : integer(row, "count");
}
