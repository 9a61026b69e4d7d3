import assert from "node:assert/strict";
import { type NormalizedIssue, type Status, STATUSES } from "../../src/contract/issue.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import type { SyncedIssues } from "../../src/sync/editable_issues.ts";
import { differingFields, type FieldPatch, fieldsOf } from "../../src/sync/fields.ts";
import type { Strategy } from "../../src/sync/ownership.ts";
import type { SyncReport } from "../../src/sync/sync_report.ts";

/** What a person changes of an issue. */
export type Edit = Pick<FieldPatch, "title" | "status" | "labels" | "assignees"> & {
  readonly body?: string;
};

/** How a sync is started. */
export interface SyncStart {
  readonly kind: "pull" | "push" | "run";
  readonly full?: boolean;
  readonly limit?: number;
  readonly retry?: boolean;
}

/** A clone of the repository, with a cache and a clock of its own. */
export interface Clone {
  readonly service: SyncedIssues;
  /** Edits an issue by what is shown of it at that moment. */
  edit(id: string, editOf: (before: NormalizedIssue) => Edit): Promise<void>;
  /** Syncs; `null` when it was killed. */
  sync(start: SyncStart): Promise<SyncReport | null>;
}

/** The tracker, as a person uses it. */
export interface Tool {
  ids(): string[];
  show(id: string): NormalizedIssue;
  edit(id: string, edit: Edit): void;
  add(title: string): string;
  remove(id: string): void;
  /** Gives an issue another id, and returns it. */
  rename(id: string): string;
  /** The local id that an issue was created by. */
  referenceOf(id: string): string | null;
}

/** What goes wrong, and for how long. */
export interface Trouble {
  /** Called before each step: the clock goes on, and the next sync may be killed. */
  next(): void;
  /** From now on nothing goes wrong. */
  end(): void;
}

/** A simulation of two clones and a tracker. */
export interface ThreeSides {
  readonly clones: readonly Clone[];
  readonly tool: Tool;
  readonly trouble: Trouble;
  readonly strategy: Strategy;
  readonly chance: () => number;
  readonly steps: number;
  /** Statuses that people set; some that every tool has unless given. */
  readonly statuses?: readonly Status[];
  /** Whether both clones sync at once now and then. */
  readonly together: boolean;
}

const FIELDS = ["title", "body", "labels", "assignees"] as const;
const MOST_ISSUES = 25;
const MOST_ROUNDS = 12;

/** Lets three sides work, then rest, and checks that they agree and that nothing is lost. */
export async function simulate(options: ThreeSides): Promise<void> {
  const { clones, tool, trouble, chance, steps, statuses = STATUSES.slice(0, 5) } = options;
  const below = (n: number) => Math.floor(chance() * n);
  const oneOf = <T>(all: readonly T[]): T | undefined => all[below(all.length)];
  // Values that somebody wrote and nobody knowingly replaced; each is written only once.
  const alive = new Set<string>();
  const created = new Map<string, "there" | "removed">();
  const added = new Set<string>();
  let words = 0;
  const forget = (issue: NormalizedIssue, fields: readonly typeof FIELDS[number][] = FIELDS) => {
    for (const field of fields) for (const word of wordsOf(issue[field])) alive.delete(word);
  };
  const someEdit = (before: NormalizedIssue | null): Edit => {
    const word = `w${words++}`;
    const edit: Edit = [
      ...[{ title: word }, { body: word }, { status: oneOf(statuses) ?? "todo" }],
      ...[{ labels: [word] }, { assignees: [word] }, { title: word, labels: [] }],
    ][below(6)] ?? {};
    for (const field of FIELDS) {
      if (edit[field] === undefined) continue;
      if (before !== null) forget(before, [field]);
      for (const value of wordsOf(edit[field])) alive.add(value);
    }
    return edit;
  };
  const personAtTool = () => {
    const id = oneOf(tool.ids());
    const dice = below(20);
    if (id === undefined || (dice < 3 && tool.ids().length < MOST_ISSUES)) {
      added.add(tool.add(`t-${words++}`));
    } else if (dice === 3) {
      forget(tool.show(id));
      const reference = tool.referenceOf(id);
      if (reference !== null) created.set(reference, "removed");
      added.delete(id);
      tool.remove(id);
    } else if (dice === 4) {
      const to = tool.rename(id);
      if (added.delete(id)) added.add(to);
    } else tool.edit(id, someEdit(tool.show(id)));
  };
  const personAtClone = async ({ service, edit }: Clone) => {
    const open = (await service.conflicts()).filter(({ taken }) => taken === null);
    const issues = await service.issueList();
    const id = oneOf(issues)?.ref.id;
    const [conflict] = open;
    if (conflict !== undefined && below(3) === 0) {
      byPerson.add(`${clones.findIndex((one) => one.service === service)} ${conflict.id}`);
      await service.resolveConflict({ id: conflict.id, take: below(2) === 0 ? "ours" : "theirs" });
    } else if (id === undefined || (below(8) === 0 && issues.length < MOST_ISSUES)) {
      const made = await service.issueCreate({ title: `o-${words++}`, ...someEdit(null) });
      created.set(made.issue.ref.id, "there");
    } else {
      const before = new Set(alive);
      await edit(id, someEdit).catch((error) => {
        if (!(error instanceof TrackerError)) throw error;
        assert.ok(["field_owned_by_tracker", "issue_not_found"].includes(error.code), error.code);
        // Nothing was written: what was there stays.
        alive.clear();
        for (const value of before) alive.add(value);
      });
    }
  };
  const byPerson = new Set<string>();
  const someSync = (): SyncStart => ({
    kind: oneOf(["pull", "push", "run"] as const) ?? "run",
    ...(below(4) === 0 ? { limit: 3 } : {}),
    ...(below(6) === 0 ? { full: true } : {}),
    retry: below(2) === 0,
  });
  for (let step = 0; step < steps; step++) {
    trouble.next();
    const clone = oneOf(clones) ?? unreachable();
    const dice = below(10);
    if (dice < 3) personAtTool();
    else if (dice < 6) await personAtClone(clone);
    else if (dice < 9 || !options.together) await clone.sync(someSync());
    else await Promise.all(clones.map((one) => one.sync(someSync())));
    await judge(options, byPerson);
  }

  trouble.end();
  if (tool.ids().length === 0) {
    await believeNoEmptyList(clones);
    added.add(tool.add(`t-${words++}`));
  }
  let isQuiet = false;
  for (let round = 0; round < MOST_ROUNDS && !isQuiet; round++) {
    isQuiet = true;
    for (const clone of clones) {
      // All that was changed at the tracker is seen first: it may conflict with an edit of ours.
      await clone.sync({ kind: "pull", full: true });
      for (const { id, taken } of await clone.service.conflicts()) {
        const take = below(2) === 0 ? "ours" : "theirs";
        if (taken === null) await clone.service.resolveConflict({ id, take });
      }
      await giveUpGone(clone, forget, alive);
      const report = await clone.sync({ kind: "run", full: true, retry: true });
      isQuiet = isQuiet && report !== null && changesOf(report) === 0;
    }
  }
  assert.ok(isQuiet, "syncs come to rest once nobody edits");

  const kept = new Set<string>();
  for (const id of tool.ids()) {
    for (const field of FIELDS) for (const word of wordsOf(tool.show(id)[field])) kept.add(word);
  }
  for (const { service } of clones) {
    const conflicts = await service.conflicts();
    assert.deepEqual(conflicts.filter(({ taken }) => taken === null), []);
    for (const { ours, theirs } of conflicts) {
      for (const word of [...wordsOf(ours), ...wordsOf(theirs)]) kept.add(word);
    }
    const issues = new Map((await service.issueList()).map((issue) => [issue.ref.id, issue]));
    assert.deepEqual([...issues.keys()].sort(), tool.ids().sort());
    for (const [id, issue] of issues) {
      const theirs = tool.show(id);
      assert.deepEqual(differingFields(fieldsOf(issue), fieldsOf(theirs)), [], id);
    }
  }
  assert.deepEqual([...alive].filter((value) => !kept.has(value)), [], "no value is lost");
  const references = tool.ids().flatMap((id) => tool.referenceOf(id) ?? []);
  assert.equal(new Set(references).size, references.length, "nothing was created twice");
  const missing = [...created].filter(([id, state]) =>
    state === "there" && !references.includes(id)
  );
  assert.deepEqual(missing, [], "every issue that was created here is there");
  assert.equal(
    tool.ids().filter((id) => tool.referenceOf(id) === null).length,
    added.size,
    "every issue of the tracker is there once",
  );
}

/**
 * Nothing but a person, an owner or the strategy decides. With `newer_timestamp` that is what the clocks told, however
 * wrong they are: ours only when our clock at the edit was past the tracker's at its change, theirs only when our edit
 * was before a reading that still showed the old value.
 */
async function judge({ clones, strategy }: ThreeSides, byPerson: ReadonlySet<string>) {
  for (const [at, { service }] of clones.entries()) {
    for (const { id, taken, reason, times } of await service.conflicts()) {
      if (reason === "owner" || byPerson.has(`${at} ${id}`)) continue;
      if (taken !== "ours" && taken !== "theirs") continue;
      const { ours, theirs, seen } = times;
      const isAllowed = {
        external_wins: taken === "theirs",
        local_wins: taken === "ours",
        manual_review: false,
        newer_timestamp: ours !== null &&
          (taken === "ours" ? theirs !== null && ours > theirs : seen !== null && ours < seen),
      }[strategy];
      assert.ok(isAllowed, `${strategy} took ${taken}: ${JSON.stringify(times)}`);
    }
  }
}

/**
 * A list without any issue takes nothing away: it may be that of another place. What was removed at the tracker goes
 * once that has an issue again.
 */
async function believeNoEmptyList(clones: readonly Clone[]): Promise<void> {
  for (const { service, sync } of clones) {
    const before = await service.issueList();
    await sync({ kind: "pull", full: true });
    const after = await service.issueList();
    assert.deepEqual(after.map(({ ref }) => ref.id), before.map(({ ref }) => ref.id));
  }
}

/** Drops the edits of issues that are gone, as a person does who has read that they are. */
async function giveUpGone(
  { service }: Clone,
  forget: (issue: NormalizedIssue) => void,
  alive: Set<string>,
): Promise<void> {
  for (const { ref: { id } } of await service.issueList()) {
    const { issue, refused } = await service.issueShow(id);
    if (!refused.some(({ code }) => code === "issue_gone")) continue;
    forget(issue);
    for (const { wanted } of refused) for (const word of wordsOf(wanted)) alive.delete(word);
    await service.issueDiscard(id);
  }
}

function changesOf(report: SyncReport): number {
  if (report.kind === "run") return changesOf(report.pull) + changesOf(report.push);
  const { created, updated, held } = report;
  return created + updated + held + (report.kind === "pull" ? report.removed : 0);
}

/** The words of a value; each member of a set is one of its own. */
function wordsOf(value: unknown): string[] {
  const words = Array.isArray(value) ? value : [value];
  return words.flatMap((word) => typeof word === "string" ? word.split(/\s+/) : [])
    .filter((word) => word !== "");
}

function unreachable(): never {
  throw new Error("There is no clone");
}
