import type { Hono } from "hono";
import * as v from "valibot";
import { HostedProviderSchema } from "../../contract/routing.ts";
import { isoTime } from "../../platform/clock.ts";
import { providerOf } from "../../providers/mod.ts";
import { inTransaction, type TransactionContext } from "../context/host_context.ts";
import { readJson } from "../http/body.ts";
import { type Host, type HostEnv, sendJson } from "../http/context.ts";
import { parseRequest } from "../http/http_error.ts";
import { HostError } from "../model/host_error.ts";
import type { Resource } from "../model/resource.ts";
import { moveComments } from "../store/comments.ts";
import { findIssue, storeIssue, takeIssueNumber } from "../store/issues.ts";
import { lockResource, lockResources } from "../store/locks.ts";
import { findResource } from "../store/resources.ts";
import type { HostStore } from "../store/store.ts";
import { removeIssue } from "../store/tombstones.ts";

/** Adds the levers that delete an issue, and that move one to another resource, as people do at a tracker. */
export function addIssueLevers(app: Hono<HostEnv>, { context }: Host): void {
  app.post("/dev/issues/remove", async (call) => {
    const wanted = parseRequest(RemoveSchema, (await readJson(call)).value);
    const resource = await requireResource(context.store, wanted.provider, wanted.resource);
    const removed = await inTransaction(
      context,
      (context) => remove(context, resource, wanted.keys),
    );
    return sendJson({ removed });
  });
  app.post("/dev/issues/move", async (call) => {
    const wanted = parseRequest(MoveSchema, (await readJson(call)).value);
    const [from, to] = [
      await requireResource(context.store, wanted.provider, wanted.resource),
      await requireResource(context.store, wanted.provider, wanted.to),
    ];
    const key = await inTransaction(context, (context) => move(context, from, to, wanted.key));
    return sendJson({ key });
  });
}

/**
 * Returns the resource of this id, key, name or label.
 *
 * @throws {HostError} `validation_error`.
 */
export async function requireResource(
  store: HostStore,
  provider: Resource["provider"],
  name: string,
): Promise<Resource> {
  const resource = await findResource(store, provider, name);
  if (resource !== null) return resource;
  throw new HostError({ code: "validation_error", message: `No resource "${name}"` });
}

async function remove(
  { store, now }: TransactionContext,
  resource: Resource,
  keys: readonly string[],
): Promise<number> {
  await lockResource(store, resource.id);
  let removed = 0;
  for (const key of keys) {
    const found = await findIssue(store, resource.id, key);
    if (found === null) continue;
    if (await removeIssue(store, resource.id, found.issue.ref.id, now())) removed += 1;
  }
  return removed;
}

/** Moves an issue, which keeps its id and gets a new key, as trackers do; returns that key. */
async function move(
  { store, now }: TransactionContext,
  from: Resource,
  to: Resource,
  key: string,
): Promise<string | null> {
  await lockResources(store, [from.id, to.id]);
  const found = await findIssue(store, from.id, key);
  if (found === null) {
    throw new HostError({ code: "validation_error", message: `No issue "${key}"` });
  }
  const { issue } = found;
  const comments = { resourceId: from.id, issueId: issue.ref.id };
  await moveComments(store, comments, to.id);
  await removeIssue(store, from.id, issue.ref.id, now());
  const number = await takeIssueNumber(store, to.id);
  const ref = providerOf(to.provider).refOf(to, number, issue.ref.id);
  const moved = { ...issue, ref, parent_ref: null, updated_at: isoTime(now()) };
  await storeIssue(store, to.id, moved, false, { at: now() });
  return ref.key ?? null;
}

const RemoveSchema = v.strictObject({
  provider: HostedProviderSchema,
  resource: v.string(),
  keys: v.array(v.string()),
});

const MoveSchema = v.strictObject({
  provider: HostedProviderSchema,
  resource: v.string(),
  key: v.string(),
  to: v.string(),
});
