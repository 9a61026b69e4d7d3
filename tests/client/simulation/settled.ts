/** What has to be so once nobody edits any more and everything that waited was decided. */
import assert from "node:assert/strict";
import type { NormalizedIssue } from "../../../src/contract/issue.ts";
import type { FieldEdits } from "../../../src/store/edits.ts";
import type { StoredIssue } from "../../../src/store/issues.ts";
import { GONE } from "../../../src/sync/sync_report.ts";
import {
  differingFields,
  fieldsOf,
  SYNC_FIELDS,
  type SyncField,
} from "../../../src/sync/fields.ts";
import type { Clone } from "./clone.ts";
import type { Scene } from "./episode.ts";
import { QUIET } from "./line.ts";
import { allWords, wordsOf } from "./words.ts";
import { discardEdits, settleConflict } from "./worker.ts";

/** Rounds after which everything has to have come to rest. */
const ROUNDS = 10;

/** Has both clones sync and their people decide until nothing changes, and holds what is left against what was written. */
export async function settle(scene: Scene): Promise<void> {
  const { clones, ledger } = scene;
  ledger.tell("-- nobody edits any more --");
  let [last, before] = ["", ""];
  for (let round = 0; round < ROUNDS; round++) {
    for (const clone of clones) await calmDown(scene, clone, round);
    const now = await stateOf(scene);
    if (now === before) return await check(scene);
    [last, before] = [before, now];
  }
  const actual = await stateOf(scene);
  assert.deepEqual(JSON.parse(actual), JSON.parse(last), "It does not come to rest");
}

async function calmDown(scene: Scene, clone: Clone, round: number): Promise<void> {
  const { chance, ledger } = scene;
  await scene.sync(clone, "pull all", QUIET);
  const service = await clone.open();
  for (const conflict of await service.conflicts()) {
    if (conflict.taken !== null) continue;
    const take = chance.once(2) ? "ours" as const : "theirs" as const;
    await settleConflict({ ledger, clone }, service, conflict, take);
  }
  await scene.sync(clone, "push", QUIET);
  // What the host refuses again and again is given up.
  if (round > 0) {
    for (const { issue, base, edits } of await pendingAt(clone)) {
      const refused = SYNC_FIELDS.filter((field) => isRefused(edits[field]?.fault?.code));
      if (refused.length === 0) continue;
      const { id } = issue.ref;
      if (base === null) {
        // What is named by others is not given up before those are free of it.
        for (const [other, naming] of await pendingOn(clone, id)) {
          await discardEdits({ ledger, clone }, service, other, naming);
        }
      }
      await discardEdits({ ledger, clone }, service, id, base === null ? [] : refused);
    }
  }
  await scene.sync(clone, "run", QUIET);
  await scene.sync(clone, "pull all", QUIET);
}

function isRefused(code: string | undefined): boolean {
  return code !== undefined && code !== GONE.code;
}

/** Issues with unsent edits that name an issue, and the fields that do. */
async function pendingOn(
  clone: Clone,
  id: string,
): Promise<readonly (readonly [issue: string, fields: readonly SyncField[]])[]> {
  return (await pendingAt(clone)).flatMap(({ issue, base, edits }) => {
    const naming = SYNC_FIELDS.filter((field) =>
      edits[field] !== undefined &&
      (field === "parent"
        ? issue.parent_ref?.id === id
        : field === "links" && issue.links.some(({ ref }) => ref.id === id))
    );
    return base === null || naming.length === 0 ? [] : [[issue.ref.id, naming] as const];
  });
}

async function pendingAt(clone: Clone): Promise<readonly StoredIssue[]> {
  return await clone.look((store) => store.issues.pending()) ?? [];
}

async function stateOf({ clones, resource }: Scene): Promise<string> {
  const parts: unknown[] = [[...await resource.issues()]];
  for (const clone of clones) {
    parts.push(
      await clone.look((store) => [
        [...store.issues.ids()].sort().map((id) => {
          const { issue, base, edits } = store.issues.require(id);
          return [fieldsOf(issue), base, withoutFaultTimes(edits)];
        }),
        store.conflicts.list(),
      ]),
    );
  }
  return JSON.stringify(parts);
}

/** What is refused again is the same, whenever it was. */
function withoutFaultTimes(edits: FieldEdits): unknown {
  return Object.entries(edits).map(([field, { fault, ...edit }]) => [field, edit, fault?.code]);
}

async function check(scene: Scene): Promise<void> {
  const { clones, ledger, resource } = scene;
  const there = await resource.issues();
  const kept = new Set([...there.values()].flatMap((issue) => [...allWords(issue)]));
  for (const clone of clones) {
    await clone.look((store) => {
      assert.deepEqual(store.conflicts.open(), [], "everything is decided");
      for (const { field, base, ours, theirs } of store.conflicts.list()) {
        for (const value of [base, ours, theirs]) {
          for (const word of wordsOf(field, value)) kept.add(word);
        }
      }
      const here = [...store.issues.ids()].map((id) => store.issues.require(id));
      for (const stored of here) checkIssue(clone, stored, there);
      for (const { issue } of here) for (const word of allWords(issue)) kept.add(word);
      const missing = [...there.keys()].filter((id) => store.issues.load(id) === null);
      assert.deepEqual(missing, [], `${clone.name} has every issue of the host`);
    });
  }
  const lost = [...ledger.alive()].filter(([word]) => !kept.has(word));
  assert.deepEqual(lost, [], "no value is lost");
  const made = [...ledger.created.values()];
  assert.equal(new Set(made).size, made.length, "two issues did not become one");
  const unmade = [...ledger.drafts].filter((id) => !ledger.created.has(id));
  assert.deepEqual(unmade, [], "every issue that was made at a clone is made at the host");
  const strangers = [...there.keys()].filter((id) => !ledger.origins.has(id) && !made.includes(id));
  assert.deepEqual(strangers, [], "nothing was created that nobody has made");
}

/** An issue of a clone is as it is at the host; or the host does not have it any more, and it holds edits. */
function checkIssue(
  { name }: Clone,
  { issue, base, edits }: StoredIssue,
  there: ReadonlyMap<string, NormalizedIssue>,
): void {
  const { id } = issue.ref;
  const theirs = there.get(id);
  const pending = Object.values(edits);
  if (theirs === undefined) {
    assert.ok(pending.length > 0, `${id} is gone, and ${name} has it without an edit`);
    const untold = pending.filter(({ fault }) => fault?.code !== GONE.code);
    assert.deepEqual(untold, [], `${id} is gone, and ${name} says so`);
    return;
  }
  assert.deepEqual(pending, [], `${name} has nothing left to send of ${id}`);
  const differing = differingFields(fieldsOf(issue), fieldsOf(theirs));
  assert.deepEqual(differing, [], `${name} and the host agree on ${id}`);
  assert.ok(base !== null);
  assert.deepEqual(differingFields(fieldsOf(base), fieldsOf(theirs)), [], `${name} knows ${id}`);
}
