import type { ExternalRef } from "../../contract/issue.ts";
import { isOwnIssue } from "../model/own_issue.ts";
import type { Resource } from "../model/resource.ts";
import { findIssue, findIssueRef, type StoredIssue } from "../store/issues.ts";
import { issueIdOfPackage } from "../store/packages.ts";
import type { HostStore } from "../store/store.ts";
import { isRemoved } from "../store/tombstones.ts";

/** Returns the issue that was created for an id of the caller's own, else the one that has this id itself. */
export async function issueOfCaller(
  store: HostStore,
  resource: Resource,
  callerId: string,
): Promise<StoredIssue | null> {
  const issueId = await issueIdOfPackage(store, resource.id, callerId);
  return await findIssue(store, resource.id, issueId ?? callerId);
}

/**
 * Returns the issue that a push names: by its id, by its key, by an id of the caller's own, or by the id that it had before
 * its provider took it. The id of a removed issue names no other one, whatever key that has.
 */
export async function issueOfPush(
  store: HostStore,
  resource: Resource,
  id: string,
): Promise<StoredIssue | null> {
  const found = await findIssue(store, resource.id, id) ?? await issueOfCaller(store, resource, id);
  if (found === null || found.issue.ref.id === id || isOwnIssue(id)) return found;
  return await isRemoved(store, resource.id, id) ? null : found;
}

/** Returns whether an issue, present or removed, has this name as its id or key. */
export async function isNameTaken(
  store: HostStore,
  resource: Resource,
  name: string,
): Promise<boolean> {
  return await findIssueRef(store, resource.id, name) !== null ||
    await isRemoved(store, resource.id, name);
}

/** Returns the reference of the issue with this id or key, or of the one created for this id of the caller's. */
export async function refOfName(
  store: HostStore,
  resource: Resource,
  name: string,
): Promise<ExternalRef | null> {
  return await findIssueRef(store, resource.id, name) ??
    (await issueOfCaller(store, resource, name))?.issue.ref ?? null;
}
