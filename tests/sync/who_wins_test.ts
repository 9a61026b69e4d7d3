/**
 * Who wins: what a field holds after a change here, there, or on both sides, by when ours was made, by the kind of
 * field, by its owner and by the strategy. `earlier`: before the last reading that still showed the old value there.
 * `later`: after the issue's last change there. `unknown`: in between. A text is changed in lines that are apart, or
 * in the same line.
 */
import assert from "node:assert/strict";
import { editIssue } from "../../src/sync/edits.ts";
import { everyField, type FieldOwner, STRATEGIES } from "../../src/sync/ownership.ts";
import { fieldsOf, type SyncField } from "../../src/sync/fields.ts";
import { memoryStore } from "../support/memory_store.ts";
import { editsAt, takeIn, theirsAt } from "./scene.ts";

/** Changed here alone: ours stays, unless the other side owns the field. */
const HERE = `
    here     earlier   scalar      ours             ours           ours        ours
    here     earlier   set         ours             ours           ours        ours
    here     earlier   text apart  ours             ours           ours        ours
    here     earlier   text same   ours             ours           ours        ours
    here     later     scalar      ours             ours           ours        ours
    here     later     set         ours             ours           ours        ours
    here     later     text apart  ours             ours           ours        ours
    here     later     text same   ours             ours           ours        ours
    here     unknown   scalar      ours             ours           ours        ours
    here     unknown   set         ours             ours           ours        ours
    here     unknown   text apart  ours             ours           ours        ours
    here     unknown   text same   ours             ours           ours        ours`.trim();

/** Changed there alone: theirs is taken in, whichever side owns the field. */
const THERE = `
    there    earlier   scalar      theirs           theirs         theirs      theirs
    there    earlier   set         theirs           theirs         theirs      theirs
    there    earlier   text apart  theirs           theirs         theirs      theirs
    there    earlier   text same   theirs           theirs         theirs      theirs
    there    later     scalar      theirs           theirs         theirs      theirs
    there    later     set         theirs           theirs         theirs      theirs
    there    later     text apart  theirs           theirs         theirs      theirs
    there    later     text same   theirs           theirs         theirs      theirs
    there    unknown   scalar      theirs           theirs         theirs      theirs
    there    unknown   set         theirs           theirs         theirs      theirs
    there    unknown   text apart  theirs           theirs         theirs      theirs
    there    unknown   text same   theirs           theirs         theirs      theirs`.trim();

const TABLES = {
  shared: `
    changed  our edit  field       newer_timestamp  external_wins  local_wins  manual_review
    ${HERE}
    ${THERE}
    both     earlier   scalar      theirs           theirs         ours        held
    both     earlier   set         merged           merged         merged      merged
    both     earlier   text apart  merged           merged         merged      merged
    both     earlier   text same   theirs           theirs         ours        held
    both     later     scalar      ours             theirs         ours        held
    both     later     set         merged           merged         merged      merged
    both     later     text apart  merged           merged         merged      merged
    both     later     text same   ours             theirs         ours        held
    both     unknown   scalar      held             theirs         ours        held
    both     unknown   set         merged           merged         merged      merged
    both     unknown   text apart  merged           merged         merged      merged
    both     unknown   text same   held             theirs         ours        held
  `,
  ours: `
    changed  our edit  field       newer_timestamp  external_wins  local_wins  manual_review
    ${HERE}
    ${THERE}
    both     earlier   scalar      ours             ours           ours        ours
    both     earlier   set         ours             ours           ours        ours
    both     earlier   text apart  ours             ours           ours        ours
    both     earlier   text same   ours             ours           ours        ours
    both     later     scalar      ours             ours           ours        ours
    both     later     set         ours             ours           ours        ours
    both     later     text apart  ours             ours           ours        ours
    both     later     text same   ours             ours           ours        ours
    both     unknown   scalar      ours             ours           ours        ours
    both     unknown   set         ours             ours           ours        ours
    both     unknown   text apart  ours             ours           ours        ours
    both     unknown   text same   ours             ours           ours        ours
  `,
  theirs: `
    changed  our edit  field       newer_timestamp  external_wins  local_wins  manual_review
    here     earlier   scalar      theirs           theirs         theirs      theirs
    here     earlier   set         theirs           theirs         theirs      theirs
    here     earlier   text apart  theirs           theirs         theirs      theirs
    here     earlier   text same   theirs           theirs         theirs      theirs
    here     later     scalar      theirs           theirs         theirs      theirs
    here     later     set         theirs           theirs         theirs      theirs
    here     later     text apart  theirs           theirs         theirs      theirs
    here     later     text same   theirs           theirs         theirs      theirs
    here     unknown   scalar      theirs           theirs         theirs      theirs
    here     unknown   set         theirs           theirs         theirs      theirs
    here     unknown   text apart  theirs           theirs         theirs      theirs
    here     unknown   text same   theirs           theirs         theirs      theirs
    ${THERE}
    both     earlier   scalar      theirs           theirs         theirs      theirs
    both     earlier   set         theirs           theirs         theirs      theirs
    both     earlier   text apart  theirs           theirs         theirs      theirs
    both     earlier   text same   theirs           theirs         theirs      theirs
    both     later     scalar      theirs           theirs         theirs      theirs
    both     later     set         theirs           theirs         theirs      theirs
    both     later     text apart  theirs           theirs         theirs      theirs
    both     later     text same   theirs           theirs         theirs      theirs
    both     unknown   scalar      theirs           theirs         theirs      theirs
    both     unknown   set         theirs           theirs         theirs      theirs
    both     unknown   text apart  theirs           theirs         theirs      theirs
    both     unknown   text same   theirs           theirs         theirs      theirs
  `,
};

const OWNERS: Readonly<Record<keyof typeof TABLES, FieldOwner>> = {
  shared: "shared",
  ours: "spec_kitty",
  theirs: "external",
};

/** When the old value was last seen, when the issue was changed there, and when that was met. */
const [SEEN, CHANGED, MET] = [20, 30, 50];

const EDITED: Readonly<Record<string, number>> = { earlier: 15, later: 40, unknown: 25 };

/** The values of each kind of field: before, ours, theirs, and both. */
const KINDS: Readonly<Record<string, readonly [SyncField, unknown, unknown, unknown, unknown]>> = {
  "scalar": ["title", "Base", "Ours", "Theirs", null],
  "set": ["labels", ["old"], ["old", "ours"], ["theirs"], ["theirs", "ours"]],
  "text apart": ["body", "a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC"],
  "text same": ["body", "a\nb\nc", "A\nb\nc", "x\nb\nc", null],
};

for (
  const [owner, table] of [["shared", TABLES.shared], ["ours", TABLES.ours], [
    "theirs",
    TABLES.theirs,
  ]] as const
) {
  for (const [changed, when, kind, ...outcomes] of rowsOf(table)) {
    Deno.test(`a ${kind} field of ${owner}, changed ${changed}, our edit ${when}: ${outcomes.join(", ")}`, () => {
      assert.deepEqual(
        STRATEGIES.map((strategy) => outcomeOf(OWNERS[owner], strategy, changed, when, kind)),
        outcomes,
      );
    });
  }
}

Deno.test("the table has every cell", () => {
  const rows = Object.values(TABLES).flatMap(rowsOf);
  assert.equal(new Set(rows.map((row) => row.slice(0, 3).join())).size, 3 * 3 * 4);
  assert.equal(rows.length, 3 * 3 * 3 * 4);
  assert.ok(rows.every((row) => row.length === 3 + STRATEGIES.length));
});

function rowsOf(table: string): [string, string, string, ...string[]][] {
  const [, ...rows] = table.trim().split("\n");
  return rows.map((row) => {
    const [changed = "", when = "", kind = "", ...outcomes] = row.trim().split(/\s{2,}/);
    return [changed, when, kind, ...outcomes];
  });
}

/** Makes the changes, takes in what the other side has then, and says what came of them. */
function outcomeOf(
  owner: FieldOwner,
  strategy: typeof STRATEGIES[number],
  changed: string,
  when: string,
  kind: string,
): string {
  const [field, before, ours, theirs, both] = KINDS[kind] ?? raise(kind);
  const store = memoryStore();
  takeIn(store, theirsAt(1, { [field]: before }), 5);
  if (changed !== "there") {
    editIssue(editsAt(store, EDITED[when] ?? raise(when)), "a", { [field]: ours });
  }
  takeIn(store, theirsAt(1, { [field]: before }), SEEN);
  const now = changed === "here"
    ? theirsAt(1, { [field]: before })
    : theirsAt(CHANGED, { [field]: theirs });
  takeIn(store, now, MET, { rules: { ownership: everyField(owner), strategy } });
  const stored = store.issues.require("a");
  const value = fieldsOf(stored.issue)[field];
  const isWaiting = stored.edits[field] !== undefined;
  const records = store.conflicts.list();
  const mine = changed === "there" ? before : ours;
  const other = changed === "here" ? before : theirs;
  if (records.some(({ taken }) => taken === null)) {
    assert.deepEqual([value, isWaiting], [mine, true], "a held conflict leaves ours as it is");
    return "held";
  }
  const isLost = (one: unknown) =>
    JSON.stringify(one) !== JSON.stringify(before) && JSON.stringify(one) !== JSON.stringify(value);
  const lost = JSON.stringify(value) === JSON.stringify(both) ? [] : [mine, other].filter(isLost);
  assert.deepEqual(
    records.map((record) => [record.base, record.ours, record.theirs, record.taken]),
    lost.map((one) => [before, mine, other, one === mine ? "theirs" : "ours"]),
    "what was lost is in a record",
  );
  if (JSON.stringify(value) === JSON.stringify(both)) {
    assert.equal(isWaiting, true, "what both come to waits for a push");
    return "merged";
  }
  if (JSON.stringify(value) === JSON.stringify(mine)) {
    assert.equal(isWaiting, true, "ours waits for a push");
    return "ours";
  }
  assert.deepEqual([value, isWaiting], [other, false]);
  return "theirs";
}

function raise(name: string): never {
  throw new Error(`The table says "${name}"`);
}
