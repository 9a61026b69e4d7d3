import type { NormalizedIssue } from "../../contract/issue.ts";
import type { Access, Remote, RemotePlace } from "../../providers/mod.ts";
import type { TransactionContext } from "../context/host_context.ts";
import { lastChange } from "../store/issues.ts";
import type { HostStore } from "../store/store.ts";
import { type Shown, shownForms, storeShown } from "./store_shown.ts";

/** A place at a provider that can be asked now. */
export interface ReachedPlace {
  readonly store: HostStore;
  readonly resourceId: string;
  readonly place: RemotePlace;
  readonly remote: Remote;
  readonly access: Access;
}

/** A place whose issues are read and stored. */
export interface StoredPlace extends ReachedPlace {
  /** Stores something in a transaction. */
  readonly slice: <T>(work: (context: TransactionContext) => Promise<T>) => Promise<T>;
}

/** How often issues are asked for once more that others store at the same time. */
export const MOST_REREADS = 3;

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
  return { issues: shownForms(issues), removed, mark, isListed: false };
}

/**
 * Stores what a provider showed, where it differs, and what `also` does, in one transaction; returns how many issues
 * changed here. Where the host cannot tell which is newer, what was shown or what it has, the provider is asked once more.
 */
export async function storeRead(
  work: StoredPlace,
  shown: readonly Shown[],
  also: (context: TransactionContext, changes: number) => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  let all = shown;
  for (let rereads = 0;; rereads++) {
    const { changes, unsure } = await work.slice(async (context) => {
      const isFinal = rereads === MOST_REREADS;
      const stored = await storeShown(context, work.resourceId, all, { isFinal });
      if (stored.unsure.length === 0) await also(context, stored.changes);
      return stored;
    });
    if (unsure.length === 0) return changes;
    const read = await readIssues(work, unsure);
    const isRead = new Set(unsure);
    all = [
      ...all.map((one) => ({
        ...one,
        issues: one.issues.filter(({ id }) => !isRead.has(id)),
        removed: one.removed.filter((id) => !isRead.has(id)),
      })),
      read,
    ];
  }
}
