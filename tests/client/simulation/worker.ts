import { TrackerError } from "../../../src/platform/tracker_error.ts";
import type { NormalizedIssue } from "../../../src/contract/issue.ts";
import { blankIssue } from "../../../src/contract/issue.ts";
import type { HostedTrackerService } from "../../../src/client/service.ts";
import type { StoredConflict } from "../../../src/store/conflicts.ts";
import { fieldsOf, patchedFields, SYNC_FIELDS, type SyncField } from "../../../src/sync/fields.ts";
import type { Chance } from "../../support/chance.ts";
import type { Clone } from "./clone.ts";
import type { Ledger } from "./ledger.ts";
import { editOf, somePatch, wordsOf } from "./words.ts";

/** What somebody at a clone works with. */
export interface WorkerOptions {
  readonly chance: Chance;
  readonly ledger: Ledger;
  readonly clone: Clone;
  readonly fields: readonly SyncField[];
}

/** The person at a clone does something that needs no host: edits, creates, discards or settles a conflict. */
export async function work(options: WorkerOptions): Promise<void> {
  const { chance, ledger, clone } = options;
  ledger.next();
  const service = await clone.open();
  const issues = await service.issueList();
  const open = (await service.conflicts()).filter(({ taken }) => taken === null);
  const dice = chance.below(12);
  if (open.length > 0 && dice < 4) await settle(options, service, chance.pick(open));
  else if (issues.length === 0 || (dice === 4 && issues.length < 6)) {
    await create(options, service, issues);
  } else if (dice === 5) await discard(options, service, chance.pick(issues));
  else await edit(options, service, issues);
}

async function edit(
  { chance, ledger, clone, fields }: WorkerOptions,
  service: HostedTrackerService,
  issues: readonly NormalizedIssue[],
): Promise<void> {
  const { id } = chance.hot(issues.toSorted((a, b) => a.ref.id < b.ref.id ? -1 : 1)).ref;
  const { issue, refused } = await service.issueShow(id);
  const others = issues.map(({ ref }) => ref).filter((ref) => ref.id !== id);
  const seen = fieldsOf(issue);
  const patch = somePatch({ chance, word: ledger.word, others, fields }, seen);
  ledger.tell(`${clone.name} edits ${id}: ${JSON.stringify(patch)}`);
  const isDone = await allowed(ledger, () => service.issueEdit(id, editOf(patch)));
  if (!isDone) return;
  const wanted = refused.filter(({ field }) => patchedFields(patch).some((one) => one === field))
    .flatMap(({ field, wanted }) => wordsOf(field, wanted));
  ledger.givenUp(wanted);
  ledger.edited(clone.name, clone.clock.era, id, [seen], patch);
}

async function create(
  { chance, ledger, clone, fields }: WorkerOptions,
  service: HostedTrackerService,
  issues: readonly NormalizedIssue[],
): Promise<void> {
  const blank = fieldsOf(blankIssue({ system: "linear", workspace: "", id: "" }, ""));
  const others = issues.map(({ ref }) => ref);
  const pen = { chance, word: ledger.word, others, fields };
  const patch = { ...somePatch(pen, blank), title: ledger.word() };
  const { issue } = await service.issueCreate({ ...editOf(patch), title: patch.title });
  const { id } = issue.ref;
  ledger.tell(`${clone.name} creates ${id}: ${JSON.stringify(patch)}`);
  ledger.drafts.add(id);
  ledger.edited(clone.name, clone.clock.era, id, [], patch);
}

async function discard(
  { chance, ledger, clone }: WorkerOptions,
  service: HostedTrackerService,
  { ref: { id } }: NormalizedIssue,
): Promise<void> {
  const { pending, isNew } = await service.issueShow(id);
  if (!isNew && pending.length === 0) return;
  const fields = isNew || chance.once(2) ? [] : [chance.pick(pending).field];
  await discardEdits({ ledger, clone }, service, id, fields);
}

/** Drops edits, and with them what was written there. */
export async function discardEdits(
  { ledger, clone }: Pick<WorkerOptions, "ledger" | "clone">,
  service: HostedTrackerService,
  id: string,
  fields: readonly SyncField[],
): Promise<void> {
  const values = await clone.look((store) => {
    const stored = store.issues.find(id);
    return stored === null ? null : fieldsOf(stored.issue);
  });
  ledger.tell(`${clone.name} discards ${fields.join(", ") || "all"} of ${id}`);
  const isDone = await allowed(ledger, async () => {
    const { removed } = await service.issueDiscard(id, fields);
    if (removed) ledger.drafts.delete(id);
  });
  if (!isDone || values === null) return;
  for (const field of fields.length === 0 ? SYNC_FIELDS : fields) {
    ledger.givenUp(wordsOf(field, values[field]));
  }
}

async function settle(
  { chance, ledger, clone }: WorkerOptions,
  service: HostedTrackerService,
  conflict: StoredConflict,
): Promise<void> {
  const take = chance.pick(["ours", "theirs", "ours", "theirs", "base", "both"] as const);
  await settleConflict({ ledger, clone }, service, conflict, take);
}

/** Settles a conflict: both values are in its record, whichever is taken. */
export async function settleConflict(
  { ledger, clone }: Pick<WorkerOptions, "ledger" | "clone">,
  service: HostedTrackerService,
  { id, issueId, field, ours, theirs }: StoredConflict,
  take: "ours" | "theirs" | "base" | "both",
): Promise<void> {
  ledger.tell(
    `${clone.name} takes ${take} of ${JSON.stringify({ id, issueId, field, ours, theirs })}`,
  );
  const isDone = await allowed(ledger, () => service.resolveConflict({ id, take }));
  const known = SYNC_FIELDS.find((name) => name === field);
  if (isDone && known !== undefined) ledger.decided(clone.name, clone.clock.era, issueId, known);
}

/** Returns whether something was allowed. */
async function allowed(ledger: Ledger, act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (!(error instanceof TrackerError) || !ALLOWED.includes(error.code)) throw error;
    ledger.tell(`  refused: ${error.message}`);
    return false;
  }
}

const ALLOWED: readonly string[] = [
  "field_owned_by_tracker",
  "invalid_edit",
  "not_a_set",
  "base_unknown",
  // Taken away by the sync that it is done beside.
  "issue_not_found",
];
