/** What holds of every sync of two sides. A run prints its seed; `TRACKER_TEST_SEED` gives another. */
import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { differingFields, fieldsOf } from "../../src/sync/fields.ts";
import { everyField } from "../../src/sync/ownership.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import { seedOf } from "../support/chance.ts";
import { memoryStore } from "../support/memory_store.ts";
import { withPlatform } from "../support/platform.ts";
import { SHARED } from "./scene.ts";
import {
  changes,
  clocks,
  fates,
  HOUR,
  settle,
  sidesOf,
  steps,
  strategies,
  take,
  TAKES,
} from "./steps.ts";
import { type Change, type Fate, tokensOf, TwoSides } from "./two_sides.ts";

const SEED = seedOf("TRACKER_TEST_SEED");
console.log(`    TRACKER_TEST_SEED=${SEED}`);

function property<T extends [unknown, ...unknown[]]>(
  name: string,
  runs: number,
  arbitraries: { [Key in keyof T]: fc.Arbitrary<T[Key]> },
  check: (...values: T) => void,
): void {
  Deno.test(name, () => {
    fc.assert(fc.property<T>(...arbitraries, check), { numRuns: runs, seed: SEED });
  });
}

property("without a change nothing changes", 500, [steps, clocks, strategies], (
  before,
  clocks,
  strategy,
) => {
  const sides = sidesOf(clocks, strategy);
  for (const step of before) take(sides, step);
  settle(sides, "ours");
  const { theirs } = sides;
  const known = sides.dump();
  sides.events.length = 0;
  sides.tick(HOUR);
  for (const { before, after } of [...sides.pull(), ...sides.push()]) {
    assert.deepEqual(after, before);
  }
  assert.equal(sides.theirs, theirs);
  assert.equal(sides.dump(), known);
  assert.deepEqual(sides.events, []);
});

property("taking a version in twice is the same as taking it in once", 500, [
  steps,
  clocks,
  strategies,
], (before, clocks, strategy) => {
  const sides = sidesOf(clocks, strategy);
  for (const step of before) take(sides, step);
  sides.pull();
  const once = sides.dump();
  sides.pull();
  assert.equal(sides.dump(), once);
});

property("an older title never replaces a newer one", 2_000, [steps, clocks], (all, clocks) => {
  const sides = sidesOf(clocks);
  for (const step of all) {
    for (const { side, before, after } of take(sides, step)) {
      if (before.title === after.title) continue;
      const [old, now] = [before, after].map(({ title }) => sides.born.get(title) ?? 0);
      assert.ok((now ?? 0) > (old ?? 0), `${after.title} over ${before.title} ${side}`);
    }
  }
});

property(
  "every value that a sync takes away is in a record, or was known where it was replaced",
  2_000,
  [
    steps,
    clocks,
    strategies,
    fc.constantFrom("shared", "external", "spec_kitty"),
  ],
  (all, clocks, strategy, owner) => {
    const rules = { ownership: everyField(owner), strategy };
    const sides = new TwoSides(memoryStore(), rules, clocks);
    for (const step of all) {
      for (const { side, before, after } of take(sides, step)) {
        const kept = tokensOf(after);
        const known = new Set(kept.flatMap((token) => ancestors(sides, token)));
        const records = JSON.stringify(sides.store.conflicts.list());
        for (const token of tokensOf(before)) {
          const isHere = kept.includes(token) || known.has(token) || sides.removed.has(token);
          assert.ok(
            isHere || records.includes(`"${token}`) || inText(records, token),
            `${token} ${side}`,
          );
        }
      }
    }
  },
);

property(
  "an edit that is made or dropped while its field is held leaves what it replaces in a record",
  500,
  [
    steps,
    clocks,
    changes,
    fc.boolean(),
  ],
  (all, clocks, change, isDropped) => {
    const sides = sidesOf(clocks, "manual_review");
    for (const step of all) take(sides, step);
    sides.editHere({ kind: "title" });
    sides.editThere({ kind: "title" });
    sides.pull();
    const { title } = sides.ours;
    sides.editHere({ kind: "title" });
    const second = sides.ours.title;
    if (isDropped) sides.discard();
    else sides.editHere(change);
    sides.pull();
    const records = JSON.stringify(sides.store.conflicts.list());
    for (const token of [title, second, sides.theirs.title]) {
      assert.ok(records.includes(`"${token}"`), token);
    }
  },
);

property("a held conflict changes neither side", 1_000, [steps, clocks, strategies], (
  all,
  clocks,
  strategy,
) => {
  const sides = sidesOf(clocks, strategy);
  for (const step of all) {
    const held = sides.store.conflicts.open().map(({ field }) => field);
    for (const { before, after, side } of take(sides, step)) {
      const still = sides.store.conflicts.open().map(({ field }) => field);
      const changed = differingFields(fieldsOf(before), fieldsOf(after));
      const wrong = changed.filter((field) => held.includes(field) && still.includes(field));
      assert.deepEqual(wrong, [], side);
    }
  }
});

property("after every conflict is settled both sides agree", 1_000, [
  steps,
  clocks,
  strategies,
  fc.constantFrom(...TAKES),
], (all, clocks, strategy, decide) => {
  const sides = sidesOf(clocks, strategy);
  for (const step of all) take(sides, step);
  settle(sides, decide);
  assert.deepEqual(differingFields(fieldsOf(sides.ours), fieldsOf(sides.theirs)), []);
  assert.deepEqual(sides.store.conflicts.open(), []);
  assert.deepEqual(sides.store.issues.pending(), []);
});

Deno.test("in a database, too, both sides agree after every conflict is settled", () =>
  withPlatform({}, (platform) =>
    fc.assert(
      fc.asyncProperty(steps, clocks, strategies, async (all, clocks, strategy) => {
        using store = await IssueStore.openEmpty(platform);
        const rules = { ...SHARED, strategy };
        const sides = [new TwoSides(store, rules, clocks), sidesOf(clocks, strategy)] as const;
        for (const step of all) for (const one of sides) take(one, step);
        const [here, there] = sides.map((one): unknown => JSON.parse(one.dump()));
        assert.deepEqual(here, there, "both stores keep the same");
        settle(sides[0], "ours");
        assert.deepEqual(differingFields(fieldsOf(sides[0].ours), fieldsOf(sides[0].theirs)), []);
      }),
      { numRuns: 100, seed: SEED },
    )));

property("labels of two clones come to the same set, whatever the order", 500, [
  fc.array(
    fc.tuple(fc.boolean(), changes.filter(({ kind }) => kind === "add" || kind === "remove")),
    {
      maxLength: 8,
    },
  ),
  fc.array(fc.tuple(fc.boolean(), fates), { maxLength: 8 }),
  clocks,
], (edits, order, clocks) => {
  const clones = [
    sidesOf(clocks, "newer_timestamp", "one"),
    sidesOf(clocks, "newer_timestamp", "other"),
  ] as const;
  const [one, other] = clones;
  for (const [isFirst, change] of edits) (isFirst ? one : other).editHere(change);
  const wanted = clones.map(({ ours }) => ours.labels.filter((label) => label !== "base"));
  const isKept = clones.every(({ ours }) => ours.labels.includes("base"));
  const sync = (from: TwoSides, to: TwoSides, fate: Fate) => {
    from.push(fate);
    to.theirs = from.theirs;
    to.tick(HOUR);
  };
  for (const [isFirst, fate] of order) isFirst ? sync(one, other, fate) : sync(other, one, fate);
  for (let round = 0; round < 2; round++) {
    sync(one, other, "answered");
    sync(other, one, "answered");
  }
  one.pull();
  const expected = [...new Set([...isKept ? ["base"] : [], ...wanted.flat()])].sort();
  for (const { ours } of clones) assert.deepEqual([...ours.labels].sort(), expected);
  assert.deepEqual(clones.flatMap(({ events }) => events), []);
});

property(
  "what was sent and not answered is no conflict with itself or with an edit after it",
  1_000,
  [
    fc.array(changes, { minLength: 1, maxLength: 4 }),
    fc.constantFrom<Fate>("lost before", "lost after"),
    fc.array(changes, { maxLength: 4 }),
    fc.array(changes, { maxLength: 3 }),
    clocks,
    strategies,
  ],
  (mine, fate, others, again, clocks, strategy) => {
    const sides = sidesOf(clocks, strategy);
    for (const change of mine) sides.editHere(change);
    const touched = new Set([...mine, ...again].map(placeOf));
    sides.push(fate);
    // The other side changes something else, in the same sets and texts.
    for (const change of others) {
      const isSet = change.kind === "add" || change.kind === "remove";
      if (isSet || !touched.has(placeOf(change))) sides.editThere(change);
    }
    const removedBefore = new Set(sides.removed);
    for (const change of again) sides.editHere(change);
    const { title } = sides.ours;
    sides.pull();
    sides.push();
    assert.deepEqual(sides.events, []);
    assert.deepEqual(differingFields(fieldsOf(sides.ours), fieldsOf(sides.theirs)), []);
    assert.deepEqual(sides.store.conflicts.list(), []);
    if (touched.has("title")) assert.equal(sides.theirs.title, title);
    const removed = [...sides.removed].filter((label) => !removedBefore.has(label));
    assert.deepEqual(sides.theirs.labels.filter((label) => removed.includes(label)), []);
  },
);

function placeOf(change: Change): string {
  return change.kind === "line" ? `line ${change.at % 5}` : change.kind;
}

function ancestors(sides: TwoSides, token: string): string[] {
  const before = sides.over.get(token);
  return before === undefined ? [] : [before, ...ancestors(sides, before)];
}

/** Whether a recorded text has a line. */
function inText(records: string, token: string): boolean {
  return records.includes(`\\n${token}`) || records.includes(`${token}\\n`);
}
