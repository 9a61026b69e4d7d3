import assert from "node:assert/strict";
import { merge, type MergeMeta } from "../../src/sync/merge.ts";
import { everyField } from "../../src/sync/ownership.ts";
import { OWN_CLOCK } from "../../src/sync/times.ts";
import { fieldValues } from "../support/issues.ts";

const SIMPLE = fieldValues();

const NO_TRAITS = { silent: [], single: [] };

function metaOf(times: Partial<MergeMeta>): MergeMeta {
  return {
    editedAt: {},
    seenAt: {},
    theirsUpdatedAt: 10,
    unsure: [],
    traits: NO_TRAITS,
    theirClock: OWN_CLOCK,
    now: 20,
    ...times,
  };
}

// Our edit, and the start of the last reading that still showed the tracker's old value.
for (
  const [name, edited, seen, silent, taken] of [
    ["after the issue's last change", 11, 5, false, "ours"],
    ["after the last change of an issue that this field does not move", 11, 5, true, null],
    ["at the time of the issue's last change", 10, 5, false, null],
    ["before the issue's last change", 9, 5, false, null],
    ["before the old value was last seen", 4, 5, false, "theirs"],
    ["before the old value was last seen, of a field that moves no time", 4, 5, true, "theirs"],
    ["when the old value was last seen", 5, 5, false, null],
    ["before the last change, the old value never having been seen", 9, null, false, null],
    ["after the last change, the old value never having been seen", 11, null, false, "ours"],
    ["at an unknown time", null, 5, false, null],
  ] as const
) {
  Deno.test(`newer_timestamp with our edit ${name} takes ${taken ?? "neither"}`, () => {
    const { conflicts, result, patchOurs, patchTheirs } = merge(
      SIMPLE,
      { ...SIMPLE, title: "Ours" },
      { ...SIMPLE, title: "Theirs" },
      everyField("shared"),
      "newer_timestamp",
      metaOf({
        editedAt: edited === null ? {} : { title: edited },
        seenAt: { title: seen },
        traits: { silent: silent ? ["title"] : [], single: [] },
      }),
    );
    assert.deepEqual(conflicts.map((conflict) => conflict.taken), [taken]);
    assert.equal(result.title, taken === "theirs" ? "Theirs" : "Ours");
    assert.deepEqual(
      [patchOurs, patchTheirs],
      [taken === "theirs" ? { title: "Theirs" } : {}, taken === "ours" ? { title: "Ours" } : {}],
    );
  });
}

for (
  const [strategy, taken] of [
    ["external_wins", "theirs"],
    ["local_wins", "ours"],
    ["manual_review", null],
  ] as const
) {
  Deno.test(`${strategy} asks no time and takes ${taken ?? "neither"}`, () => {
    const { conflicts } = merge(
      SIMPLE,
      { ...SIMPLE, title: "Ours" },
      { ...SIMPLE, title: "Theirs" },
      everyField("shared"),
      strategy,
      metaOf({ editedAt: { title: 11 } }),
    );
    assert.deepEqual(conflicts, [{
      field: "title",
      reason: "both_changed",
      base: "Base",
      ours: "Ours",
      theirs: "Theirs",
      taken,
    }]);
  });
}

Deno.test("a set of which the tracker holds one member is merged as one value", () => {
  const { conflicts } = merge(
    SIMPLE,
    { ...SIMPLE, assignees: ["ann"] },
    { ...SIMPLE, assignees: ["bob"] },
    everyField("shared"),
    "newer_timestamp",
    metaOf({ traits: { silent: [], single: ["assignees"] } }),
  );
  assert.deepEqual(conflicts.map(({ field, taken }) => [field, taken]), [["assignees", null]]);
});

Deno.test("two types of link that both sides gave the same two issues are a conflict", () => {
  const ref = { system: "beads", workspace: "w", id: "a" };
  const { conflicts } = merge(
    SIMPLE,
    { ...SIMPLE, links: [{ type: "blocked_by", ref }] },
    { ...SIMPLE, links: [{ type: "relates_to", ref }] },
    everyField("shared"),
    "newer_timestamp",
    metaOf({}),
  );
  assert.deepEqual(conflicts.map(({ field, taken }) => [field, taken]), [["links", null]]);
});

Deno.test("a link removed on one side and given another type on the other is a conflict", () => {
  const ref = { system: "beads", workspace: "w", id: "a" };
  const base = { ...SIMPLE, links: [{ type: "blocked_by" as const, ref }] };
  const retyped = { ...SIMPLE, links: [{ type: "relates_to" as const, ref }] };
  for (const [ours, theirs] of [[SIMPLE, retyped], [retyped, SIMPLE]] as const) {
    const { conflicts } = merge(
      base,
      ours,
      theirs,
      everyField("shared"),
      "newer_timestamp",
      metaOf({}),
    );
    assert.deepEqual(conflicts.map(({ field, taken }) => [field, taken]), [["links", null]]);
  }
});

Deno.test("without a base a member of one side alone may be added or removed, and is a conflict", () => {
  const { conflicts } = merge(
    null,
    { ...SIMPLE, labels: ["x", "y"] },
    { ...SIMPLE, labels: ["x"] },
    everyField("shared"),
    "newer_timestamp",
    metaOf({}),
  );
  assert.deepEqual(conflicts.map(({ field, taken }) => [field, taken]), [["labels", null]]);
});

Deno.test("other line ends are no change of a body", () => {
  const crlf = { ...SIMPLE, body: "a\r\nb" };
  const merged = merge(
    { ...SIMPLE, body: "a\nb" },
    { ...SIMPLE, body: "a\nb" },
    crlf,
    everyField("spec_kitty"),
    "newer_timestamp",
    metaOf({}),
  );
  assert.deepEqual([merged.patchTheirs, merged.conflicts], [{}, []]);
  assert.equal(merged.result.body, "a\r\nb");
});
