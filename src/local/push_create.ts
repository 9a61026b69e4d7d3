import type { NormalizedIssue } from "../contract/issue.ts";
import { isoTime } from "../platform/clock.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import type { StoredIssue } from "../store/issues.ts";
import { type Connector, localIdOf } from "./connector.ts";
import type { SyncContext } from "./engine.ts";
import {
  differingFields,
  fieldsOf,
  type FieldValues,
  pickFields,
  SYNC_FIELDS,
  type SyncField,
  withFields,
} from "./fields.ts";
import type { PushProgress } from "./push.ts";

/**
 * Makes the issues at the tracker that exist only here, parents first, and gives them their new ids.
 * An issue that an interrupted push has made already is found by its reference and not made again.
 * Answers the new ids.
 */
export async function createPending(
  context: SyncContext,
  pending: readonly StoredIssue[],
  progress: PushProgress,
): Promise<ReadonlySet<string>> {
  const created = new Set<string>();
  let waiting = pending.filter(({ base }) => base === null).map(({ issue }) => issue);
  if (waiting.length === 0) return created;
  const made = await issuesMadeBefore(context);
  while (waiting.length > 0) {
    const ready = waiting.filter((issue) => !waitsForParent(context, issue));
    if (ready.length === 0) break;
    for (const { ref, title } of ready) {
      if (progress.isFull) {
        progress.complete = false;
        return created;
      }
      await context.checkStop?.();
      await progress.isolated(ref.id, title, async () => {
        const found = made.issues.get(ref.id) ?? null;
        if (found === null && made.cutOff !== null) throw notKnownToBeNew(made.cutOff);
        created.add(await createOne(context, ref.id, found));
        progress.counts.created++;
      });
    }
    waiting = waiting.filter((issue) => !ready.includes(issue));
  }
  for (const { ref, title } of waiting) {
    const message = "Its parent could not be created";
    progress.fail({ id: ref.id, title, fields: [], code: "parent_not_pushed", message });
  }
  return created;
}

async function issuesMadeBefore({ connector }: SyncContext): Promise<{
  readonly issues: ReadonlyMap<string, NormalizedIssue>;
  /** Why there may be others, where the tool said so. */
  readonly cutOff: string | null;
}> {
  const made = new Map<string, NormalizedIssue>();
  let missing: string | null = null;
  for await (const { issues, cutOff } of connector.list({ updatedSince: null })) {
    missing = cutOff ?? missing;
    for (const issue of issues) {
      const localId = localIdOf(issue);
      if (localId !== null) made.set(localId, issue);
    }
  }
  return { issues: made, cutOff: missing };
}

function notKnownToBeNew(cutOff: string): TrackerError {
  return new TrackerError({
    code: "listing_cut_off",
    message: "It may have been created before, and was not created again: the tool's list of " +
      `issues is cut off, as ${cutOff}`,
  });
}

async function createOne(
  context: SyncContext,
  localId: string,
  found: NormalizedIssue | null,
): Promise<string> {
  const { connector, store, onEvent } = context;
  const draft = store.issues.require(localId).issue;
  const wanted = fieldsOf(draft);
  const id = found?.ref.id ?? await connector.create(valuesToCreate(connector, wanted), localId);
  const fresh = found ?? await connector.get(id);
  if (fresh === null) {
    throw new TrackerError({
      code: "create_not_kept",
      message: `${connector.provider} made "${id}" but does not have it`,
    });
  }
  const conflicts = store.transaction(() => {
    adopt(context, localId, fresh);
    return found === null ? [] : keepOverwritten(context, fresh);
  });
  for (const field of conflicts) {
    onEvent({
      kind: "conflict",
      id,
      title: draft.title,
      field,
      ours: wanted[field],
      theirs: fieldsOf(fresh)[field],
      taken: "ours",
    });
  }
  onEvent({
    kind: "pushed",
    action: "created",
    id,
    localId,
    title: draft.title,
    changes: SYNC_FIELDS
      .filter((field) => !isEmpty(wanted[field]) && connector.refusal(field, wanted, null) === null)
      .map((field) => ({ field, from: null, to: wanted[field] })),
  });
  return id;
}

/** A parent that the tool cannot take would keep the whole issue from being made. */
function valuesToCreate(connector: Connector, wanted: FieldValues): FieldValues {
  return connector.refusal("parent", wanted, null) === null ? wanted : { ...wanted, parent: null };
}

/** Moves an issue made here, and all that names it, to the identity it has got. */
function adopt(context: SyncContext, localId: string, fresh: NormalizedIssue): void {
  const { store, clock } = context;
  const { issue, editedAt } = store.issues.require(localId);
  const { id } = fresh.ref;
  const ours = fieldsOf(issue);
  // What was left unset, and cannot be, is what the tool makes of it.
  const said = SYNC_FIELDS.filter((field) =>
    !isEmpty(ours[field]) || context.connector.refusal(field, ours, null) === null
  );
  store.issues.adopt(localId, {
    issue: withFields(fresh, pickFields(ours, said)),
    base: fresh,
    editedAt,
  });
  store.conflicts.rename(localId, id);
  store.mappings.rename(localId, id, isoTime(clock.now()));
  for (const other of store.issues.pendingNaming(localId)) {
    const renamed = withReference(other.issue, localId, fresh.ref);
    if (renamed !== other.issue) store.issues.put({ ...other, issue: renamed });
  }
}

function withReference(
  issue: NormalizedIssue,
  localId: string,
  ref: NormalizedIssue["ref"],
): NormalizedIssue {
  const isParent = issue.parent_ref?.id === localId;
  const isLinked = issue.links.some((link) => link.ref.id === localId);
  if (!isParent && !isLinked) return issue;
  return {
    ...issue,
    parent_ref: isParent ? ref : issue.parent_ref,
    links: issue.links.map((link) => link.ref.id === localId ? { ...link, ref } : link),
  };
}

/**
 * An issue that was found again may have been changed at the tracker since it was made. Ours goes over
 * it, as it would have then; the tracker's values are kept as conflicts. A value as the creation has left
 * it may be somebody's all the same where the times tell of a change: not every write moves them.
 */
function keepOverwritten(context: SyncContext, found: NormalizedIssue): SyncField[] {
  const { store, clock, connector } = context;
  const { id } = found.ref;
  const age = Math.abs(Date.parse(found.updated_at) - Date.parse(found.created_at));
  const ours = fieldsOf(store.issues.require(id).issue);
  const theirs = fieldsOf(found);
  const touched = differingFields(theirs, connector.asCreated(valuesToCreate(connector, ours)));
  const fields = differingFields(ours, theirs).filter((field) =>
    touched.includes(field) || (age > SAME_MOMENT_MS && !isEmpty(theirs[field]))
  );
  for (const field of fields) {
    store.conflicts.record({
      issueId: id,
      field,
      reason: "both_changed",
      base: null,
      ours: ours[field],
      theirs: theirs[field],
      taken: "ours",
    }, clock.now());
  }
  return fields;
}

/** Tools round their times to the second, up or down. */
const SAME_MOMENT_MS = 2_000;

function waitsForParent({ store }: SyncContext, issue: NormalizedIssue): boolean {
  const parent = store.issues.load(issue.ref.id)?.issue.parent_ref ?? null;
  return parent !== null && store.issues.load(parent.id)?.base === null;
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === "" || value === 0) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
