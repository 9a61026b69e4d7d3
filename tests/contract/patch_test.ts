import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import type { IssueLink } from "../../src/contract/mod.ts";
import { patchedIssue } from "../../src/contract/patch.ts";
import { anIssue, aRef } from "./samples.ts";

const BLOCKS: IssueLink = { type: "blocks", ref: aRef({ id: "iss_02" }) };

Deno.test("a patch sets what it names and leaves everything else alone", () => {
  const issue = anIssue({ body: "Seen on slow lines", labels: ["web"] });
  assert.deepEqual(patchedIssue(issue, {}), issue);
  assert.deepEqual(patchedIssue(issue, { body: null, priority: 1, labels: ["b"] }), {
    ...issue,
    body: null,
    priority: 1,
    labels: ["b"],
  });
});

Deno.test("members of a set keep their order, and new ones follow once each", () => {
  const issue = anIssue({ labels: ["c", "a", "b"] });
  const patch = { labels_add: ["d", "a", "d"], labels_remove: ["c", "x"] };
  assert.deepEqual(patchedIssue(issue, patch).labels, ["a", "b", "d"]);
});

Deno.test("a link is known by its kind and the issue it leads to, whatever else is said of that", () => {
  const named = { ...BLOCKS, ref: { ...BLOCKS.ref, key: "WEB-2", url: null } };
  const issue = anIssue({ links: [named] });
  assert.deepEqual(patchedIssue(issue, { links_add: [BLOCKS] }).links, [named]);
  assert.deepEqual(patchedIssue(issue, { links_remove: [BLOCKS] }).links, []);
  const other: IssueLink = { ...BLOCKS, type: "relates_to" };
  assert.deepEqual(patchedIssue(issue, { links_remove: [other] }).links, [named]);
});

Deno.test("custom fields are merged by name, and null removes one", () => {
  const issue = anIssue({ custom_fields: { estimate: 3, sprint: "s1", empty: null } });
  const custom_fields = { sprint: null, estimate: 5, toString: null, team: { id: 1 } };
  assert.deepEqual(patchedIssue(issue, { custom_fields }).custom_fields, {
    estimate: 5,
    empty: null,
    team: { id: 1 },
  });
});

Deno.test("additions and removals of different members end equal, in whatever order they come", () => {
  const members = fc.uniqueArray(fc.constantFrom(..."abcdefgh"), { maxLength: 8 });
  fc.assert(fc.property(members, members, members, (before, add, remove) => {
    const issue = anIssue({ labels: before });
    const ours = { labels_add: add };
    const theirs = { labels_remove: remove.filter((label) => !add.includes(label)) };
    const ends = [[ours, theirs], [theirs, ours]].map((patches) =>
      patches.reduce((now, patch) => patchedIssue(now, patch), issue).labels.toSorted()
    );
    assert.deepEqual(ends[0], ends[1]);
  }));
});
