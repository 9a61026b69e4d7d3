import {
  blankIssue,
  type ExternalRef,
  type IssueLink,
  type NormalizedIssue,
} from "../../contract/issue.ts";
import { type IssueChange, ProviderError } from "../../providers/mod.ts";
import type { Resource } from "../model/resource.ts";
import { isOwnIssue } from "../model/own_issue.ts";
import { findIssue, storeIssue } from "../store/issues.ts";
import { lockResource } from "../store/locks.ts";
import type { HostStore } from "../store/store.ts";
import {
  type ChangedIssue,
  changedSince,
  type DetachedResource,
  endDetached,
  replaceIssue,
} from "../store/detached.ts";
import { removeIssue } from "../store/tombstones.ts";
import { mergePatch } from "../sync/merge_patch.ts";
import { refOfName } from "../sync/named_issue.ts";
import type { AtProvider } from "./at_provider.ts";
import { clientIdOf } from "./client_id.ts";
import type { JobRun } from "./job_kind.ts";
import { enqueue } from "./queue.ts";

/**
 * Sends what was made and changed in a resource while no connection brought it: what was made here is created at the
 * provider, and of an issue that both sides have changed, the later one counts. What the provider does not take stays
 * here, and the log says why. From then on the resource is read as any other.
 */
export async function takeUp(
  run: JobRun,
  at: AtProvider,
  detached: DetachedResource,
): Promise<void> {
  const { context: { store, platform: { terminal } } } = run;
  const { resource, since } = detached;
  const changed = await changedSince(store, resource.id, since);
  const naming = namingOwn(changed);
  for (const { id } of changed) {
    // What it names may have been created since.
    const issue = (await findIssue(store, resource.id, id))?.issue;
    if (issue === undefined) continue;
    try {
      if (isOwnIssue(id)) await createThere(run, at, resource, issue, naming.get(id) ?? []);
      else await changeThere(run, at, resource, issue);
    } catch (error) {
      const isOfIssue = error instanceof ProviderError &&
        (error.fault.kind === "rejected" || error.fault.kind === "failing");
      if (!isOfIssue) throw error;
      terminal.stderr.write(
        `"${issue.ref.key ?? id}" of "${resource.label}", changed without a connection, ` +
          `was not sent: ${error.message}\n`,
      );
    }
  }
  await at.slice(async (context) => {
    await endDetached(context.store, resource.id);
    const { teamId } = at.connection;
    for (const kind of ["sync.changes", "sync.sweep"] as const) {
      await enqueue(context, { kind, key: resource.id, teamId });
    }
  });
}

/** Returns which issues name each issue that the host has made itself, as their parent or by a link. */
function namingOwn(changed: readonly ChangedIssue[]): ReadonlyMap<string, readonly string[]> {
  const naming = new Map<string, string[]>();
  for (const { id, issue: { parent_ref, links } } of changed) {
    for (const named of new Set([parent_ref?.id ?? "", ...links.map(({ ref }) => ref.id)])) {
      if (isOwnIssue(named)) naming.set(named, [...naming.get(named) ?? [], id]);
    }
  }
  return naming;
}

/** An issue that names another one under the reference that this has now. */
function renamed(issue: NormalizedIssue, id: string, ref: ExternalRef): NormalizedIssue {
  return {
    ...issue,
    parent_ref: issue.parent_ref?.id === id ? ref : issue.parent_ref,
    links: issue.links.map((link) => link.ref.id === id ? { ...link, ref } : link),
  };
}

async function createThere(
  run: JobRun,
  { remote, access, slice }: AtProvider,
  resource: Resource,
  issue: NormalizedIssue,
  naming: readonly string[],
): Promise<void> {
  const { context: { store } } = run;
  const { id } = issue.ref;
  const clientId = await clientIdOf(resource.id, id);
  const creation = { clientId, fields: await creationFields(store, resource, issue) };
  const found = await remote.findCreated(access, resource, creation);
  if (found === null) await run.slice(() => Promise.resolve());
  const made = found ?? await remote.create(access, resource, creation);
  await slice(async (context) => {
    const { store, now } = context;
    await lockResource(store, resource.id);
    await storeIssue(store, resource.id, made, false, now());
    for (const other of naming) {
      const found = await findIssue(store, resource.id, other);
      if (found === null) continue;
      const after = renamed(found.issue, id, made.ref);
      await storeIssue(store, resource.id, after, false, now());
    }
    await replaceIssue(store, { resourceId: resource.id, id, by: made.ref.id, at: now() });
    await removeIssue(store, resource.id, id, now());
  });
}

/** What a new issue is created with: what it has of its own. */
async function creationFields(
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

/** Links lead to what was made of their issues. */
async function linksNow(
  store: HostStore,
  resource: Resource,
  links: readonly IssueLink[],
): Promise<IssueLink[]> {
  const now: IssueLink[] = [];
  for (const { type, ref } of links) {
    now.push({ type, ref: await refOfName(store, resource, ref.id) ?? ref });
  }
  return now;
}

async function changeThere(
  run: JobRun,
  { remote, access, slice }: AtProvider,
  resource: Resource,
  issue: NormalizedIssue,
): Promise<void> {
  const { id } = issue.ref;
  const theirs = await remote.get(access, resource, id);
  const fields = theirs === null ? {} : fieldsToSend(issue, theirs);
  if (theirs !== null && Object.keys(fields).length > 0) {
    await run.slice(() => Promise.resolve());
    await remote.change(access, resource, theirs, fields);
  }
  const after = theirs === null ? null : await remote.get(access, resource, id);
  await slice(async ({ store, now }) => {
    await lockResource(store, resource.id);
    if (after === null) await removeIssue(store, resource.id, id, now());
    else await storeIssue(store, resource.id, after, false, now());
  });
}

function fieldsToSend(ours: NormalizedIssue, theirs: NormalizedIssue): IssueChange {
  if (Date.parse(theirs.updated_at) >= Date.parse(ours.updated_at)) return {};
  const { title, body, status, issue_type, priority, assignees, labels, parent_ref } = ours;
  const whole = { title, body, status, issue_type, priority, assignees, labels, parent_ref };
  return mergePatch({}, theirs, whole).fields;
}
