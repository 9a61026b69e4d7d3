import { type ListedPage, type NewPlace, ProviderError } from "../../providers/mod.ts";
import { isOwnIssue } from "../model/own_issue.ts";
import type { Resource } from "../model/resource.ts";
import { lastChange } from "../store/issues.ts";
import { knownAmong, rememberSeen, unseenAfter } from "../store/known_issues.ts";
import { lockResource } from "../store/locks.ts";
import {
  endSweep,
  forgetSeen,
  renameResource,
  setSweep,
  type Sweep,
  type SyncedResource,
} from "../store/sync_state.ts";
import { EndlessList } from "./endless_list.ts";
import { readIssues, type StoredPlace, storeRead } from "./read_issue.ts";
import { shownForms } from "./store_shown.ts";

/** What a sweep depends on. */
export interface SweepWork extends StoredPlace {
  readonly synced: SyncedResource;
  /** Returns the time in milliseconds since 1970. */
  readonly now: () => number;
}

/** Issues that are read one by one between two transactions. */
const READ_AT_ONCE = 10;

/** Issues that are looked over at a time for those that the list did not show. */
const LOOKED_OVER = 500;

/**
 * Compares all issues of a resource with those at its provider: what the list does not show is asked for one by one, and
 * removed when it is gone; what it shows and the host does not have is stored. Each step is stored with the place at
 * which the sweep continues. Returns how many issues changed here.
 */
export async function sweepRound(work: SweepWork): Promise<number> {
  let sweep = work.synced.sweep ?? await begin(work);
  let total = 0;
  const pages = new EndlessList();
  while (sweep.checked === null) {
    const done: Step = await list(work, sweep, pages);
    total += done.changes;
    sweep = done.sweep;
  }
  for (let checked: string | null = sweep.checked; checked !== null;) {
    const done: Looked = await lookOver(work, sweep, checked);
    total += done.changes;
    checked = done.checked;
  }
  await work.slice(({ store }) => endSweep(store, work.resourceId, sweep.startedAt));
  return total;
}

interface Step {
  readonly changes: number;
  readonly sweep: Sweep;
}

interface Looked {
  readonly changes: number;
  /** Where the next look begins; `null` when all were looked at. */
  readonly checked: string | null;
}

/** Begins a sweep, and takes note of what the place is called now. */
async function begin(work: SweepWork): Promise<Sweep> {
  const { store, resourceId, remote, access, place, slice, synced } = work;
  const startedAt = work.now();
  const mark = await lastChange(store, resourceId);
  const now = await remote.readPlace(access, place);
  if (now === null) {
    const words = `"${synced.resource.label}" is not there, or the credential does not reach it`;
    throw new ProviderError({ kind: "rejected", code: "place_gone" }, words);
  }
  const sweep: Sweep = { mark, startedAt, cursor: null, checked: null };
  await slice(async ({ store }) => {
    await lockResource(store, resourceId);
    if (isRenamed(synced.resource, now)) {
      await renameResource(store, resourceId, now);
    }
    await forgetSeen(store, resourceId);
    await setSweep(store, resourceId, sweep);
  });
  return sweep;
}

function isRenamed(known: Resource, now: NewPlace): boolean {
  return known.key !== now.key || known.name !== now.name || known.label !== now.label ||
    known.url !== now.url || JSON.stringify(known.context) !== JSON.stringify(now.context);
}

/** Reads one page of the list. */
async function list(work: SweepWork, sweep: Sweep, pages: EndlessList): Promise<Step> {
  const { store, resourceId, remote, access, place } = work;
  const mark = await lastChange(store, resourceId);
  const page: ListedPage = await remote.listAll(access, place, sweep.cursor);
  pages.note(page);
  const { issues, cursor } = page;
  const shown = { issues: shownForms(issues), removed: [], mark, isListed: true };
  const whole = new Set(issues.map(({ ref }) => ref.id));
  const known = await knownAmong(store, resourceId, page.ids);
  const unknown = page.ids.filter((id) => !whole.has(id) && (known.get(id)?.json ?? null) === null);
  let changes = 0;
  for (let from = 0; from < unknown.length; from += READ_AT_ONCE) {
    const read = await readIssues(work, unknown.slice(from, from + READ_AT_ONCE));
    changes += await storeRead(work, [read]);
  }
  const after: Sweep = { ...sweep, cursor, checked: cursor === null ? "" : null };
  changes += await storeRead(work, [shown], async ({ store }) => {
    await rememberSeen(store, resourceId, page.ids);
    await setSweep(store, resourceId, after);
  });
  return { changes, sweep: after };
}

/** Looks at the next issues here, and asks for those of them that the list did not show. */
async function lookOver(work: SweepWork, sweep: Sweep, checked: string): Promise<Looked> {
  const { store, resourceId } = work;
  const looked = await unseenAfter(store, resourceId, checked, {
    mark: sweep.mark,
    limit: LOOKED_OVER,
  });
  const { through } = looked;
  // What the host has made itself is not at the provider yet.
  const unseen = looked.unseen.filter((id) => !isOwnIssue(id));
  if (through === null) return { changes: 0, checked: null };
  const asked = unseen.slice(0, READ_AT_ONCE);
  const next = unseen.length > asked.length ? asked.at(-1) ?? through : through;
  if (asked.length === 0) return { changes: 0, checked: next };
  const read = await readIssues(work, asked);
  const changes = await storeRead(work, [read], async ({ store }) => {
    await setSweep(store, resourceId, { ...sweep, checked: next });
  });
  return { changes, checked: next };
}
