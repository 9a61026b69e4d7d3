import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import {
  differingFields,
  type FieldValues,
  patchedFields,
  sameValue,
  SYNC_FIELDS,
  type SyncField,
} from "../../src/sync/fields.ts";
import { merge, type MergeMeta } from "../../src/sync/merge.ts";
import { everyField, FIELD_OWNERS, type Ownership, STRATEGIES } from "../../src/sync/ownership.ts";
import { SET_FIELDS } from "../../src/sync/sets.ts";
import { ISSUE_TYPES, LINK_TYPES, PRIORITIES, STATUSES } from "../../src/contract/issue.ts";
import { fieldValues } from "../support/issues.ts";

const refs = fc.constantFrom("a", "b", "c").map((id) => ({
  system: "beads",
  workspace: "w",
  id,
}));
const names = fc.uniqueArray(fc.constantFrom("ann", "bob", "eve"));

// Few values each, so that sides often agree by chance.
const values: fc.Arbitrary<FieldValues> = fc.record({
  title: fc.constantFrom("One", "Two", "Three"),
  body: fc.constantFrom(null, "", "Text"),
  status: fc.constantFrom(...STATUSES),
  issue_type: fc.constantFrom(...ISSUE_TYPES),
  priority: fc.constantFrom(...PRIORITIES),
  assignees: names,
  labels: names,
  parent: fc.option(refs),
  links: fc.uniqueArray(
    fc.record({ type: fc.constantFrom(...LINK_TYPES), ref: refs }),
    { selector: ({ type, ref }) => `${type} ${ref.id}` },
  ),
  custom_fields: fc.dictionary(fc.constantFrom("p", "q"), fc.constantFrom<unknown>(1, "x", null), {
    noNullPrototype: true,
  }),
}, { noNullPrototype: true });

const owners = fc.constantFrom(...FIELD_OWNERS);
const ownerships: fc.Arbitrary<Ownership> = fc.record({
  title: owners,
  body: owners,
  status: owners,
  issue_type: owners,
  priority: owners,
  assignees: owners,
  labels: owners,
  parent: owners,
  links: owners,
  custom_fields: owners,
});
const strategies = fc.constantFrom(...STRATEGIES);
const moments = fc.integer({ min: 0, max: 9 });
const byField = fc.option(moments, { nil: undefined }).chain((every) =>
  fc.constant(
    every === undefined ? {} : Object.fromEntries(SYNC_FIELDS.map((field) => [field, every])),
  )
);
const metas: fc.Arbitrary<MergeMeta> = fc.record({
  editedAt: byField,
  seenAt: byField,
  theirsUpdatedAt: moments,
  unsure: fc.constant([]),
  traits: fc.record({
    silent: fc.subarray([...SYNC_FIELDS]),
    single: fc.subarray([...SET_FIELDS]),
  }),
}, { noNullPrototype: true });

/** Fields of which both sides are kept when they meet. */
function mergedAsSets({ traits }: MergeMeta): readonly SyncField[] {
  return SET_FIELDS.filter((field) => !traits.single.includes(field));
}

/** The members of a set, each as a text. */
function members(values: FieldValues, field: SyncField): string[] {
  const value = values[field];
  return Array.isArray(value) ? value.map((member) => JSON.stringify(member)) : [];
}

function property(
  name: string,
  check: (
    sides: { base: FieldValues; ours: FieldValues; theirs: FieldValues },
    ownership: Ownership,
    strategy: typeof STRATEGIES[number],
    meta: MergeMeta,
  ) => void,
): void {
  Deno.test(name, () => {
    const sides = fc.record({ base: values, ours: values, theirs: values });
    fc.assert(fc.property(sides, ownerships, strategies, metas, check), { numRuns: 500 });
  });
}

/** Both sides after the patches have been applied. */
function applied(
  { ours, theirs }: { ours: FieldValues; theirs: FieldValues },
  merged: ReturnType<typeof merge>,
): { ours: FieldValues; theirs: FieldValues } {
  return {
    ours: { ...ours, ...merged.patchOurs },
    theirs: { ...theirs, ...merged.patchTheirs },
  };
}

property("without any change nothing changes", ({ base }, ownership, strategy, meta) => {
  const merged = merge(base, base, base, ownership, strategy, meta);
  assert.deepEqual(merged, { result: base, patchOurs: {}, patchTheirs: {}, conflicts: [] });
});

property("a change of one side alone is taken and is no conflict", (sides, _, strategy, meta) => {
  const { base, ours, theirs } = sides;
  const shared = everyField("shared");
  const fromTheirs = merge(base, base, theirs, shared, strategy, meta);
  assert.deepEqual(differingFields(fromTheirs.result, theirs), []);
  assert.deepEqual([fromTheirs.conflicts, fromTheirs.patchTheirs], [[], {}]);
  const fromOurs = merge(base, ours, base, shared, strategy, meta);
  assert.deepEqual(differingFields(fromOurs.result, ours), []);
  assert.deepEqual([fromOurs.conflicts, fromOurs.patchOurs], [[], {}]);
});

property("syncing twice is the same as syncing once", (sides, ownership, strategy, meta) => {
  const first = merge(sides.base, sides.ours, sides.theirs, ownership, strategy, meta);
  const after = applied(sides, first);
  // The new base is what both sides agree on, and the old value where a person has to decide.
  const held = first.conflicts.filter(({ taken }) => taken === null).map(({ field }) => field);
  const base = { ...after.theirs, ...heldValues(sides.base, held) };
  const second = merge(base, after.ours, after.theirs, ownership, strategy, meta);
  assert.deepEqual([second.patchOurs, second.patchTheirs], [{}, {}]);
  assert.deepEqual(second.conflicts, first.conflicts.filter(({ taken }) => taken === null));
});

property("afterwards both sides agree on every field that nobody has to decide", (
  sides,
  ownership,
  strategy,
  meta,
) => {
  const merged = merge(sides.base, sides.ours, sides.theirs, ownership, strategy, meta);
  const after = applied(sides, merged);
  const held = merged.conflicts.filter(({ taken }) => taken === null).map(({ field }) => field);
  assert.deepEqual(differingFields(after.ours, after.theirs), held);
  assert.deepEqual(differingFields(after.ours, merged.result), []);
});

property(
  "an owned field that both sides changed has its owner's value",
  (sides, ownership, strategy, meta) => {
    const { result } = merge(sides.base, sides.ours, sides.theirs, ownership, strategy, meta);
    for (const field of SYNC_FIELDS) {
      if (ownership[field] === "shared") continue;
      const isEditedHere = !sameValue(field, sides.base[field], sides.ours[field]) ||
        meta.unsure.includes(field);
      const isOurs = ownership[field] === "spec_kitty" && isEditedHere;
      const owner = isOurs ? sides.ours : sides.theirs;
      assert.ok(sameValue(field, result[field], owner[field]), field);
    }
  },
);

property("no changed value is lost without a conflict that holds it", (
  sides,
  ownership,
  strategy,
  meta,
) => {
  const { base, ours, theirs } = sides;
  const merged = merge(base, ours, theirs, ownership, strategy, meta);
  const after = applied(sides, merged);
  for (const field of SYNC_FIELDS) {
    const conflict = merged.conflicts.find((one) => one.field === field);
    const isMerged = ownership[field] === "shared" && mergedAsSets(meta).includes(field);
    if (isMerged && conflict === undefined) continue;
    for (const [side, mine] of [["ours", ours], ["theirs", theirs]] as const) {
      const isKept = [base, after.ours, after.theirs]
        .some((one) => sameValue(field, one[field], mine[field]));
      if (!isKept) assert.deepEqual(conflict?.[side], mine[field], `${side} ${field}`);
    }
  }
});

property("a shared set has what either side added and not what either removed", (
  sides,
  _,
  strategy,
  meta,
) => {
  const { base, ours, theirs } = sides;
  const merged = merge(base, ours, theirs, everyField("shared"), strategy, meta);
  for (const field of mergedAsSets(meta)) {
    if (merged.conflicts.some((one) => one.field === field)) continue;
    const [before, mine, other] = [base, ours, theirs].map((side) => members(side, field));
    const expected = [...new Set([...mine ?? [], ...other ?? []])].filter((member) => {
      const isHere = [mine, other].filter((side) => side?.includes(member)).length;
      return before?.includes(member) === true ? isHere === 2 : isHere > 0;
    });
    assert.deepEqual(members(merged.result, field).sort(), expected.sort(), field);
  }
});

property(
  "every shared field that both sides changed apart is a conflict, sets excepted",
  (sides, _, strategy, meta) => {
    const { base, ours, theirs } = sides;
    const { conflicts } = merge(base, ours, theirs, everyField("shared"), strategy, meta);
    const met = differingFields(ours, theirs).filter((field) =>
      !sameValue(field, base[field], ours[field]) && !sameValue(field, base[field], theirs[field])
    );
    // Two types of link between the same two issues cannot both be kept.
    const sets = mergedAsSets(meta).filter((field) =>
      !conflicts.some((one) => one.field === field && field === "links")
    );
    assert.deepEqual(
      conflicts.map(({ field }) => field),
      met.filter((field) => !sets.includes(field)),
    );
    for (const conflict of conflicts) {
      assert.deepEqual(
        [conflict.ours, conflict.theirs],
        [ours[conflict.field], theirs[conflict.field]],
      );
    }
  },
);

property("manual review never changes ours where both sides changed", (sides, _, __, meta) => {
  const { base, ours, theirs } = sides;
  const merged = merge(base, ours, theirs, everyField("shared"), "manual_review", meta);
  for (const { field, taken } of merged.conflicts) {
    assert.equal(taken, null);
    assert.ok(sameValue(field, merged.result[field], ours[field]));
    assert.ok(!patchedFields(merged.patchOurs).includes(field));
    assert.ok(!patchedFields(merged.patchTheirs).includes(field));
  }
});

property(
  "without a base every difference counts as changed on both sides",
  (sides, _, strategy, meta) => {
    const { ours, theirs } = sides;
    const merged = merge(null, ours, theirs, everyField("shared"), strategy, meta);
    assert.deepEqual(merged.conflicts.map(({ field }) => field), differingFields(ours, theirs));
  },
);

const SIMPLE = fieldValues();

Deno.test("order and spelling of sets and references say nothing", () => {
  const ref = { system: "beads", workspace: "w", id: "a" };
  const a: FieldValues = {
    ...SIMPLE,
    labels: ["x", "y"],
    body: "",
    parent: { ...ref, key: "A" },
    links: [{ type: "blocks", ref }, { type: "relates_to", ref }],
    custom_fields: { p: { x: 1, y: 2 }, q: 1 },
  };
  const b: FieldValues = {
    ...SIMPLE,
    labels: ["y", "x"],
    body: null,
    parent: ref,
    links: [{ type: "relates_to", ref: { ...ref, url: "u" } }, { type: "blocks", ref }],
    custom_fields: { q: 1, p: { y: 2, x: 1 } },
  };
  assert.deepEqual(differingFields(a, b), []);
  assert.deepEqual(differingFields(a, { ...b, custom_fields: { q: 1 }, parent: null }), [
    "parent",
    "custom_fields",
  ]);
});

function heldValues(
  base: FieldValues,
  held: readonly (keyof FieldValues)[],
): Partial<FieldValues> {
  return Object.fromEntries(
    Object.entries(base).filter(([name]) => held.some((field) => field === name)),
  );
}
