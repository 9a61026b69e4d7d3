import {
  blankIssue,
  type ExternalRef,
  type IssueLink,
  type NormalizedIssue,
} from "../../contract/issue.ts";
import { packageOfName } from "../../contract/work_packages.ts";
import type { IssueChange } from "../../providers/mod.ts";
import type { TransactionContext } from "../context/host_context.ts";
import { isOwnIssue } from "../model/own_issue.ts";
import type { Resource } from "../model/resource.ts";
import { issuesNaming, replaceIssue } from "../store/detached.ts";
import { storeIssue } from "../store/issues.ts";
import { mapPackage } from "../store/packages.ts";
import type { HostStore } from "../store/store.ts";
import { removeIssue } from "../store/tombstones.ts";
import { refOfName } from "./named_issue.ts";

/** What an issue that the host has made itself is created with at its provider: what it has of its own. */
export async function creationFields(
  store: HostStore,
  resource: Resource,
  issue: NormalizedIssue,
): Promise<IssueChange & { readonly title: string }> {
  const blank = blankIssue(issue.ref, issue.created_at);
  const { title, body, status, issue_type, priority, assignees, labels, links } = issue;
  const parent = issue.parent_ref === null
    ? null
    : await refOfName(store, resource, issue.parent_ref.id);
  return {
    title,
    ...(body === blank.body ? {} : { body }),
    ...(status === blank.status ? {} : { status }),
    ...(issue_type === blank.issue_type ? {} : { issue_type }),
    ...(priority === blank.priority ? {} : { priority }),
    ...(assignees.length === 0 ? {} : { assignees }),
    ...(labels.length === 0 ? {} : { labels }),
    ...(parent === null ? {} : { parent_ref: parent }),
    ...(links.length === 0 ? {} : { links_add: await linksNow(store, resource, links) }),
  };
}

/** Returns links that lead to what was made of the issues, or of the work packages, which they name. */
export async function linksNow(
  store: HostStore,
  resource: Resource,
  links: readonly IssueLink[],
): Promise<IssueLink[]> {
  const now: IssueLink[] = [];
  for (const { type, ref } of links) {
    const isName = isOwnIssue(ref.id) || packageOfName(ref.id) !== null;
    const made = isName ? await refOfName(store, resource, ref.id) : null;
    now.push({ type, ref: made ?? ref });
  }
  return now;
}

/**
 * Has what the provider made of an issue of the host's own stand for it, also where others name it. Runs in the caller's
 * transaction, which holds the resource and has stored what was made.
 */
export async function replaceOwn(
  { store, now }: TransactionContext,
  resourceId: string,
  id: string,
  made: ExternalRef,
): Promise<void> {
  for (const naming of await issuesNaming(store, resourceId, id)) {
    await storeIssue(store, resourceId, renamed(naming, id, made), false, { at: now() });
  }
  await replaceIssue(store, { resourceId, id, by: made.id, at: now() });
  // Who has learned the id before may go on to use it.
  await mapPackage(store, { resourceId, packageId: id, issueId: made.id, at: now() });
  await removeIssue(store, resourceId, id, now());
}

/** An issue that names another one under the reference that this has now. */
function renamed(issue: NormalizedIssue, id: string, ref: ExternalRef): NormalizedIssue {
  return {
    ...issue,
    parent_ref: issue.parent_ref?.id === id ? ref : issue.parent_ref,
    links: issue.links.map((link) => link.ref.id === id ? { ...link, ref } : link),
  };
}
