import assert from "node:assert/strict";
import { parsePushItems, parseWith, PushItemSchema } from "../../src/contract/mod.ts";
import { aRef } from "./samples.ts";

Deno.test("good items come back as they went in", () => {
  const items = [
    { ref: aRef({ id: "local-1" }), action: "create", patch: { title: "New", body: null } },
    { ref: aRef(), action: "update", patch: { labels: ["a"], parent_ref: null, priority: 0 } },
    { ref: aRef(), action: "transition", target_status: "done" },
    { ref: aRef(), action: "update" },
    { ref: aRef(), action: "update", base_version: "7", patch: { labels_add: ["a"] } },
    { ref: aRef(), action: "transition", target_status: "done", base_version: "7" },
    {
      ref: aRef(),
      action: "update",
      patch: {
        assignees_add: ["ada"],
        assignees_remove: ["bob"],
        labels_remove: ["b"],
        links_add: [{ type: "blocks", ref: aRef({ id: "iss_02" }) }],
        links_remove: [],
        custom_fields: { estimate: 3, sprint: null },
      },
    },
  ];
  assert.deepEqual(parsePushItems(items), { ok: true, items });
  assert.deepEqual(parsePushItems([]), { ok: true, items: [] });
});

Deno.test("anything but a list is one fault of the list itself", () => {
  for (const json of [null, {}, "[]", 7]) {
    assert.deepEqual(parsePushItems(json), {
      ok: false,
      faults: [{ index: null, field: "", message: "must be a list of push items" }],
    });
  }
});

Deno.test("every fault of every item names its index and its field", () => {
  const outcome = parsePushItems([
    { ref: aRef(), action: "update" },
    { ref: { system: "linear", id: "1" }, action: "transition" },
    { ref: aRef(), action: "delete" },
    { ref: aRef(), action: "update", patch: { title: 7, colour: "red" } },
    "item",
    { ref: aRef() },
  ]);
  assert.deepEqual(outcome, {
    ok: false,
    faults: [
      { index: 1, field: "ref.workspace", message: "is missing" },
      { index: 1, field: "target_status", message: "is required by a transition" },
      {
        index: 2,
        field: "action",
        message: 'must be one of "create", "update", "transition", not "delete"',
      },
      { index: 3, field: "patch.title", message: "must be a string, not 7" },
      {
        index: 3,
        field: "patch.colour",
        message: "is not a known field; a patch takes title, body, priority, assignees, " +
          "assignees_add, assignees_remove, labels, labels_add, labels_remove, issue_type, " +
          "parent_ref, links_add, links_remove, custom_fields",
      },
      { index: 4, field: "", message: 'must be an object, not "item"' },
      { index: 5, field: "action", message: "is missing" },
    ],
  });
});

Deno.test("a transition to a status that does not exist is refused", () => {
  const item = { ref: aRef(), action: "transition", target_status: "closed" };
  const outcome = parsePushItems([item]);
  assert.ok(!outcome.ok);
  assert.equal(outcome.faults[0]?.field, "target_status");
});

Deno.test("a status cannot be set through a patch", () => {
  const parsed = parseWith(PushItemSchema, {
    ref: aRef(),
    action: "update",
    patch: { status: "done" },
  });
  assert.deepEqual(parsed, { ok: false, path: "patch.status", message: "is not a known field" });
});

Deno.test("a status in a patch is refused with the way to change one", () => {
  const outcome = parsePushItems([{ ref: aRef(), action: "update", patch: { status: "done" } }]);
  assert.deepEqual(outcome, {
    ok: false,
    faults: [{
      index: 0,
      field: "patch.status",
      message: 'cannot be set by a patch: use "action": "transition" with "target_status"',
    }],
  });
});

const BLOCKS = { type: "blocks", ref: aRef({ id: "iss_02" }) };

for (
  const [patch, field, message] of [
    [{ labels: ["a"], labels_add: ["b"] }, "labels_add", "cannot be given together with `labels`"],
    [
      { labels: [], labels_remove: ["b"] },
      "labels_remove",
      "cannot be given together with `labels`",
    ],
    [
      { assignees: ["ada"], assignees_add: [] },
      "assignees_add",
      "cannot be given together with `assignees`",
    ],
    [
      { labels_add: ["a", "b"], labels_remove: ["b"] },
      "labels_remove",
      "names a member that the same patch adds",
    ],
    [
      { links_add: [BLOCKS], links_remove: [{ ...BLOCKS, ref: { ...BLOCKS.ref, key: "WEB-2" } }] },
      "links_remove",
      "names a member that the same patch adds",
    ],
    [
      { links_add: [{ ...BLOCKS, type: "precedes" }] },
      "links_add[0].type",
      'must be one of "blocks", "blocked_by", "relates_to", "duplicates", not "precedes"',
    ],
    [{ labels_add: "a" }, "labels_add", 'must be a list, not "a"'],
    [{ custom_fields: ["a"] }, "custom_fields", "must be an object"],
  ] as const
) {
  Deno.test(`a patch of ${JSON.stringify(patch)} is a fault of its ${field}`, () => {
    assert.deepEqual(parsePushItems([{ ref: aRef(), action: "update", patch }]), {
      ok: false,
      faults: [{ index: 0, field: `patch.${field}`, message }],
    });
  });
}

Deno.test("a version that is no text is a fault of its item", () => {
  assert.deepEqual(parsePushItems([{ ref: aRef(), action: "update", base_version: 7 }]), {
    ok: false,
    faults: [{ index: 0, field: "base_version", message: "must be a string, not 7" }],
  });
});

Deno.test("a set that is null beside its changes is left alone, like any other field", () => {
  const patch = { labels: null, labels_add: ["a"], links_add: null };
  const outcome = parsePushItems([{ ref: aRef(), action: "update", patch }]);
  assert.deepEqual(outcome, {
    ok: true,
    items: [{ ref: aRef(), action: "update", patch: { labels_add: ["a"] } }],
  });
});
