import type { NormalizedIssue } from "../../contract/issue.ts";
import type { Access, Remote, RemotePlace } from "../../providers/mod.ts";
import { lastChange } from "../store/issues.ts";
import { removedAmong } from "../store/known_issues.ts";
import type { HostStore } from "../store/store.ts";
import { type Shown, shownForms } from "./store_shown.ts";

/** A place at a provider that can be asked now. */
export interface ReachedPlace {
  readonly store: HostStore;
  readonly resourceId: string;
  readonly place: RemotePlace;
  readonly remote: Remote;
  readonly access: Access;
}

/** Reads single issues at the provider. One that is not there counts as removed. */
export async function readIssues(
  { store, resourceId, place, remote, access }: ReachedPlace,
  ids: readonly string[],
): Promise<Shown> {
  const mark = await lastChange(store, resourceId);
  const issues: NormalizedIssue[] = [];
  const removed: string[] = [];
  for (const id of ids) {
    const issue = await remote.get(access, place, id);
    if (issue === null) removed.push(id);
    else issues.push(issue);
  }
  return { issues: shownForms(issues), removed, mark };
}

/**
 * Returns what a list showed, page by page, with each issue that was removed here read once more: a list of the provider
 * may lag behind what the host has seen.
 */
export async function withoutGone(
  reached: ReachedPlace,
  pages: readonly Shown[],
): Promise<readonly Shown[]> {
  const { store, resourceId } = reached;
  const ids = pages.flatMap(({ issues }) => issues.map(({ id }) => id));
  const gone = await removedAmong(store, resourceId, ids);
  if (gone.size === 0) return pages;
  const read = await readIssues(reached, [...gone]);
  const there = new Map(read.issues.map((issue) => [issue.id, issue]));
  return pages.map((page) => ({
    ...page,
    issues: page.issues.flatMap((issue) => {
      if (!gone.has(issue.id)) return [issue];
      const now = there.get(issue.id);
      return now === undefined ? [] : [now];
    }),
  }));
}
