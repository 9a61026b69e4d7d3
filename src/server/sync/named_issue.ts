import type { ExternalRef } from "../../contract/issue.ts";
import type { Resource } from "../model/resource.ts";
import { findIssue, findIssueRef, type StoredIssue } from "../store/issues.ts";
import { issueIdOfPackage } from "../store/packages.ts";
import type { Transaction } from "../store/store.ts";

/** Returns the issue that was created for an id of the caller's own, else the one that has this id itself. */
export async function issueOfCaller(
  tx: Transaction,
  resource: Resource,
  callerId: string,
): Promise<StoredIssue | null> {
  const issueId = await issueIdOfPackage(tx, resource.id, callerId);
  return await findIssue(tx, resource.id, issueId ?? callerId);
}

/** Returns the reference of the issue with this id or key, or of the one created for this id of the caller's. */
export async function refOfName(
  tx: Transaction,
  resource: Resource,
  name: string,
): Promise<ExternalRef | null> {
  return await findIssueRef(tx, resource.id, name) ??
    (await issueOfCaller(tx, resource, name))?.issue.ref ?? null;
}
