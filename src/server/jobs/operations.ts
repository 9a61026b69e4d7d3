import { parseWith } from "../../contract/parse.ts";
import type { PushItem } from "../../contract/push.ts";
import { spliceJson } from "../../contract/splice_json.ts";
import * as v from "valibot";
import type { HostContext, TransactionContext } from "../context/host_context.ts";
import type { ProjectMapping } from "../model/binding.ts";
import { hostError } from "../model/host_error.ts";
import type { Resource } from "../model/resource.ts";
import type { Caller } from "../model/user.ts";
import { mappingByRef } from "../store/bindings.ts";
import { statusOfResource } from "../store/connection_status.ts";
import type { KeyedWrite } from "../store/idempotency.ts";
import {
  endOperation,
  insertOperation,
  type OpenOperation,
  openOperation,
  operationState,
} from "../store/operations.ts";
import { resourceById } from "../store/resources.ts";
import type { HostStore } from "../store/store.ts";
import { enqueue } from "./queue.ts";

/** Work that continues after its call was answered 202. */
export type OperationRequest =
  | { readonly kind: "push"; readonly items: readonly PushItem[] }
  | { readonly kind: "run"; readonly pull_first: boolean; readonly limit: number };

/** An operation as stored; each item is parsed when it is applied. */
export type StoredRequest =
  | { readonly kind: "push"; readonly items: readonly unknown[] }
  | { readonly kind: "run"; readonly pull_first: boolean; readonly limit: number };

/** The key that another call worked on when an operation was accepted; see `settleKey`. */
interface Keyed {
  readonly key?: KeyedWrite | undefined;
}

const KeySchema: v.GenericSchema<unknown, KeyedWrite> = v.object({
  teamId: v.string(),
  key: v.string(),
  path: v.string(),
  bodyHash: v.string(),
});

const StoredRequestSchema: v.GenericSchema<unknown, StoredRequest & Keyed> = v.variant("kind", [
  v.object({
    kind: v.literal("push"),
    items: v.array(v.unknown()),
    key: v.optional(KeySchema),
  }),
  v.object({
    kind: v.literal("run"),
    pull_first: v.boolean(),
    limit: v.number(),
    key: v.optional(KeySchema),
  }),
]);

/** Stores an operation and the job that does it, in the caller's transaction; returns its id. */
export async function storeOperation(
  context: TransactionContext,
  caller: Caller,
  bindingRef: string,
  request: OperationRequest & Keyed,
): Promise<string> {
  const id = context.newId("op");
  await insertOperation(context.store, {
    id,
    teamId: caller.team.id,
    userId: caller.user.id,
    bindingRef,
    request: JSON.stringify(request),
    createdAt: context.now(),
  });
  await enqueue(context, { kind: "operation", key: id, teamId: caller.team.id });
  return id;
}

/**
 * Returns an operation of the caller's team as OperationResult in JSON (wire.md, Asynchronous operations).
 *
 * @throws {HostError} `operation_not_found`.
 */
export async function operationJson(
  { store }: HostContext,
  caller: Caller,
  id: string,
): Promise<string> {
  const found = await operationState(store, caller.team.id, id);
  if (found === null) throw hostError("operation_not_found", `No operation "${id}"`);
  const { state, resourceId } = found;
  const isOpen = state === "pending" || state === "running";
  const connection = isOpen && resourceId !== null
    ? await statusOfResource(store, resourceId)
    : null;
  const head = JSON.stringify({
    operation_id: id,
    status: state,
    ...(connection === null ? {} : { connection }),
  });
  return spliceJson(head, { result: found.result ?? "null", error: found.error ?? "null" });
}

/** An operation that has not ended. */
export interface Work extends Omit<OpenOperation, "request"> {
  readonly request: StoredRequest & Keyed;
}

/** Reads an operation; returns `null` when it has ended. */
export async function workOf(store: HostStore, id: string): Promise<Work | null> {
  const operation = await openOperation(store, id);
  if (operation === null) return null;
  const request: unknown = JSON.parse(operation.request);
  const parsed = parseWith(StoredRequestSchema, request);
  if (!parsed.ok) throw new TypeError(`The stored operation is broken: "${parsed.path}"`);
  return { ...operation, request: parsed.value };
}

/**
 * Returns where the work of an operation goes.
 *
 * @throws {HostError} `binding_not_found` when the mapping was deleted meanwhile.
 */
export async function routeOf(
  store: HostStore,
  { bindingRef }: Work,
): Promise<{ readonly mapping: ProjectMapping; readonly resource: Resource }> {
  const mapping = await mappingByRef(store, bindingRef);
  if (mapping === null || mapping.state === "deleted") {
    throw hostError("binding_not_found", `No mapping has the reference "${bindingRef}"`);
  }
  return { mapping, resource: await resourceById(store, mapping.resourceId) };
}

/** Ends an operation, with its result or its error in JSON. */
export async function endWork(
  context: HostContext,
  id: string,
  state: "completed" | "failed",
  json: string,
): Promise<void> {
  const end = { state, json, at: context.now() };
  await context.store.transaction((tx) => endOperation(tx, id, end));
}
