import type { Clock } from "../platform/clock.ts";
import type { StoredIssue } from "../store/issues.ts";
import { waitsForParent } from "../sync/adopt.ts";
import { refuseDraft } from "../sync/sent_edits.ts";
import type { SyncEvent } from "../sync/sync_report.ts";
import type { IssueStore } from "../store/issue_store.ts";
import { unansweredCreates } from "./edit_batches.ts";
import { createItem } from "./edit_items.ts";
import { keepCreate } from "./kept_creates.ts";
import {
  type EditsRun,
  inStore,
  itemContext,
  requireGoingOn,
  sendEdits,
  sendOpen,
} from "./edits_run.ts";
import { BATCH_SIZE } from "./sync_push.ts";

/**
 * Repeats the requests that created issues and were not answered, exactly as they were sent: a host may know a repeat by
 * its key alone. Those whose issues were all discarded since are forgotten.
 */
export async function repeatCreates(run: EditsRun): Promise<void> {
  const batches = await inStore(
    run.deps,
    (store) =>
      unansweredCreates(store).filter(({ key, edits }) => {
        const isWanted = edits.some(({ id }) => isDraft(store.issues.load(id)));
        if (!isWanted) store.pushes.close(key);
        return isWanted;
      }),
  );
  for (const batch of batches) {
    requireGoingOn(run);
    await sendOpen(run, batch, keepCreate);
  }
}

/** Creates the issues that were made here, parents first. */
export async function createDrafts(run: EditsRun): Promise<void> {
  const { deps, progress } = run;
  const tried = new Set<string>();
  while (true) {
    const ready = await inStore(
      deps,
      (store) =>
        draftsOf(store).filter(({ issue }) =>
          !tried.has(issue.ref.id) && !waitsForParent(store, issue)
        ),
    );
    if (ready.length === 0) break;
    const part = ready.slice(0, Math.min(BATCH_SIZE, progress.room));
    if (part.length === 0) {
      progress.complete = false;
      return;
    }
    for (const { issue } of part) tried.add(issue.ref.id);
    const edits = await inStore(deps, (store) => {
      const workspace = store.issues.workspace() ?? deps.workspace;
      if (workspace === null) return null;
      return part.flatMap(({ issue }) => {
        const draft = store.issues.load(issue.ref.id);
        return isDraft(draft) ? createItem(itemContext(run, store), draft, workspace) : [];
      });
    });
    if (edits === null) progress.tell(part.map(nowhereToCreate));
    else await sendEdits(run, "creates", edits, keepCreate);
  }
  progress.tell(await inStore(deps, (store) => refuseOrphans(store, deps.clock)));
}

/** Drafts that are to be created: none of their edits was refused. */
function draftsOf(store: IssueStore): readonly StoredIssue[] {
  return store.issues.pending().filter((stored) => isDraft(stored) && !isRefused(stored));
}

function isDraft(stored: StoredIssue | null): stored is StoredIssue {
  return stored !== null && stored.base === null;
}

function isRefused({ edits }: StoredIssue): boolean {
  return Object.values(edits).some(({ fault }) => fault !== undefined);
}

/** Refuses what is below an issue that was refused. */
function refuseOrphans(store: IssueStore, clock: Pick<Clock, "now">): readonly SyncEvent[] {
  const events: SyncEvent[] = [];
  while (true) {
    const orphans = draftsOf(store).filter(({ issue: { parent_ref } }) => {
      const parent = parent_ref === null ? null : store.issues.load(parent_ref.id);
      return isDraft(parent) && isRefused(parent);
    });
    if (orphans.length === 0) return events;
    for (const { issue: { ref: { id }, title } } of orphans) {
      const fault = { code: "parent_not_pushed", message: "Its parent could not be created" };
      refuseDraft({ store, clock }, id, fault);
      events.push({ kind: "failed", phase: "push", id, title, fields: [], ...fault });
    }
  }
}

/** No reference can be made in a resource of which nothing is known. */
function nowhereToCreate({ issue: { ref: { id }, title } }: StoredIssue): SyncEvent {
  return {
    kind: "failed",
    phase: "push",
    id,
    title,
    fields: [],
    code: "workspace_unknown",
    message:
      "It is not known how the host names the place of its issues: run `tracker sync pull` first",
  };
}
