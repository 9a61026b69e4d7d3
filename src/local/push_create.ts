import { blankIssue, type NormalizedIssue } from "../contract/issue.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { latestEdit } from "../store/edits.ts";
import type { StoredIssue } from "../store/issues.ts";
import { adopt, waitsForParent } from "../sync/adopt.ts";
import { type Connector, localIdOf } from "./connector.ts";
import type { SyncContext } from "./engine.ts";
import {
  fieldsOf,
  type FieldValues,
  patchedFields,
  SYNC_FIELDS,
  valuesOf,
  withFields,
} from "../sync/fields.ts";
import { noteSent, refuseDraft } from "../sync/sent_edits.ts";
import type { PushProgress } from "./push_progress.ts";
import type { SyncEvent } from "../sync/sync_report.ts";
import { isRefusal } from "./tool.ts";

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
  const drafts = pending.filter(({ base }) => base === null);
  for (const { issue, edits } of drafts) {
    const [reason] = Object.values(edits).flatMap(({ fault }) => fault?.message ?? []);
    if (reason === undefined) continue;
    const { ref: { id }, title } = issue;
    progress.refused.add(id);
    context.onEvent({ kind: "refused", id, title, field: null, reason });
  }
  let waiting = drafts.map(({ issue }) => issue).filter(({ ref }) => !progress.refused.has(ref.id));
  if (waiting.length === 0) return created;
  const made = await issuesMadeBefore(context);
  while (waiting.length > 0) {
    const ready = waiting.filter((issue) => !waitsForParent(context.store, issue));
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
    const failure = { code: "parent_not_pushed", message: "Its parent could not be created" };
    refuseDraft(context, ref.id, failure);
    progress.fail({ id: ref.id, title, fields: [], ...failure });
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
  const { connector, store, clock, onEvent } = context;
  const draft = store.issues.require(localId).issue;
  const wanted = fieldsOf(draft);
  const readAt = clock.now();
  const id = found?.ref.id ?? await create(context, localId, wanted);
  const fresh = found ?? await connector.get(id);
  if (fresh === null) {
    throw new TrackerError({
      code: "create_not_kept",
      message: `${connector.provider} created "${id}" but does not have it`,
    });
  }
  const conflicts: SyncEvent[] = [];
  store.transaction(() => {
    // Of an issue that was found again, the tracker's own is what differs from what was sent.
    const base = found === null ? fresh : withFields(fresh, createdValues(context, localId));
    if (found === null) leaveEmpty(context, localId);
    adopt(
      {
        ...context,
        side: connector,
        now: clock.now(),
        readAt,
        onEvent: (event) => conflicts.push(event),
      },
      localId,
      base,
      fresh,
    );
  });
  for (const event of conflicts) onEvent(event);
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

/** What was left empty here and can be is not what the tool makes of it, such as labels of the parent. */
function leaveEmpty({ connector, store, clock }: SyncContext, localId: string): void {
  const { issue, edits, ...stored } = store.issues.require(localId);
  const values = fieldsOf(issue);
  const at = latestEdit(edits) ?? clock.now();
  const empty = SYNC_FIELDS.filter((field) =>
    edits[field] === undefined && isEmpty(values[field]) &&
    connector.refusal(field, values, null) === null
  );
  const left = Object.fromEntries(empty.map((field) => [field, { at, made: true as const }]));
  store.issues.put({ ...stored, issue, edits: { ...left, ...edits } });
}

/** Has the tool make an issue. What it is made of is kept first, and a refusal after it. */
async function create(
  context: SyncContext,
  localId: string,
  wanted: FieldValues,
): Promise<string> {
  const { connector } = context;
  const values = valuesToCreate(connector, wanted);
  noteSent(context, localId, values);
  try {
    return await connector.create(values, localId);
  } catch (error) {
    if (error instanceof TrackerError && isRefusal(error)) refuseDraft(context, localId, error);
    throw error;
  }
}

/** What the tracker held of an issue right after it was made of what was sent. */
function createdValues({ connector, store }: SyncContext, localId: string): FieldValues {
  const { issue, edits } = store.issues.require(localId);
  const sent = valuesOf(
    Object.entries(edits).flatMap(([field, edit]) =>
      edit.sent === undefined ? [] : [[field, edit.sent] as const]
    ),
  );
  // What was not said when it was sent has been said since.
  const unsaid = fieldsOf(patchedFields(sent).length === 0 ? issue : blankIssue(issue.ref, ""));
  return connector.asCreated(valuesToCreate(connector, { ...unsaid, ...sent }));
}

/** A parent that the tool cannot take would keep the whole issue from being made. */
function valuesToCreate(connector: Connector, wanted: FieldValues): FieldValues {
  return connector.refusal("parent", wanted, null) === null ? wanted : { ...wanted, parent: null };
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === "" || value === 0) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
