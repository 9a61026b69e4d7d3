import assert from "node:assert/strict";
import type { IssueLink } from "../../../src/contract/issue.ts";
import type { IssueChange } from "../../../src/providers/mod.ts";
import { uuid } from "../../standins/linear/state.ts";
import { ENG, faultOf, type LinearRig, linearTest, OPS } from "./rig.ts";

const ADA = uuid(1, 1);
const BUG = uuid(4, 1);
const UI = uuid(4, 10);
const CLIENT_ID = "0f5f2a44-6c2e-4c5b-8a54-0d2ac8d6f7aa";

function link(type: IssueLink["type"], id: string): IssueLink {
  return { type, ref: { system: "linear", workspace: ENG, id } };
}

async function change(rig: LinearRig, id: string, fields: IssueChange) {
  await rig.remote.change(rig.access, rig.place, await rig.issue(id), fields);
  return await rig.issue(id);
}

function add(rig: LinearRig, fields: Parameters<LinearRig["linear"]["people"]["add"]>[0] = {}) {
  return rig.linear.people.add({ teamId: ENG, title: "A", ...fields }).id;
}

linearTest("a new issue has our UUID as its id, and all of its fields", async (rig) => {
  const parent = add(rig);
  const created = await rig.remote.create(rig.access, rig.place, {
    clientId: CLIENT_ID,
    fields: {
      title: "New",
      body: "Text",
      status: "in_progress",
      priority: 1,
      assignees: ["max"],
      labels: ["UI", "brand new"],
      issue_type: "bug",
      parent_ref: { system: "linear", workspace: ENG, id: parent },
      links_add: [link("blocked_by", parent)],
    },
  });
  assert.equal(created.ref.id, CLIENT_ID);
  assert.deepEqual(created, await rig.issue(CLIENT_ID));
  assert.equal(created.body, "Text");
  assert.equal(created.status, "in_progress");
  assert.equal(created.priority, 1);
  assert.deepEqual(created.assignees, ["max"]);
  assert.deepEqual(created.labels, ["Bug", "brand new", "ui"]);
  assert.equal(created.issue_type, "bug");
  assert.equal(created.parent_ref?.id, parent);
  assert.deepEqual(created.links.map(({ type, ref }) => [type, ref.id]), [["blocked_by", parent]]);
});

linearTest("a creation whose answer was lost is found, and made whole", async (rig) => {
  const { linear, remote, access, place } = rig;
  const other = add(rig);
  const creation = {
    clientId: CLIENT_ID,
    fields: { title: "New", links_add: [link("relates_to", other)] },
  };
  assert.equal(await remote.findCreated(access, place, creation), null);
  linear.stepIn = ({ operation, phase }) => {
    if (operation === "CreateIssue" && phase === "after") throw new TypeError("connection reset");
  };
  assert.equal((await faultOf(remote.create(access, place, creation))).kind, "unreachable");
  const found = await remote.findCreated(access, place, creation);
  assert.equal(found?.title, "New");
  assert.deepEqual(found?.links.map(({ type }) => type), ["relates_to"]);
  const again = await remote.findCreated(access, place, creation);
  assert.deepEqual(again, found);
  assert.equal(linear.writes.filter((write) => write.startsWith("create")).length, 1);
  assert.equal(linear.writes.filter((write) => write.startsWith("relate")).length, 1);
});

linearTest("a change sends what it names, and nothing else", async (rig) => {
  const id = add(rig, { description: "Kept", priority: 3, labelIds: [UI], assigneeId: ADA });
  const after = await change(rig, id, { title: "B", priority: 1 });
  assert.deepEqual(rig.linear.writes, [`update ${id} priority title`]);
  assert.deepEqual([after.title, after.priority, after.body], ["B", 1, "Kept"]);
  assert.deepEqual([after.labels, after.assignees], [["ui"], ["ada"]]);
});

linearTest("a body, an assignee and a parent are taken away", async (rig) => {
  const parent = add(rig);
  const id = add(rig, { description: "Text", assigneeId: ADA, parentId: parent });
  const after = await change(rig, id, { body: null, assignees: [], parent_ref: null });
  assert.equal(after.body, null);
  assert.deepEqual(after.assignees, []);
  assert.equal(after.parent_ref, null);
});

linearTest(
  "labels are added and taken away one by one, so that those of others stay",
  async (rig) => {
    const { people } = rig.linear;
    const id = add(rig, { labelIds: [UI, BUG] });
    const before = await rig.issue(id);
    const theirs = people.createLabel(ENG, "theirs").id;
    people.edit(id, { addedLabelIds: [theirs] });
    await rig.remote.change(rig.access, rig.place, before, { labels: ["Bug", "new"] });
    assert.deepEqual((await rig.issue(id)).labels, ["Bug", "new", "theirs"]);
  },
);

linearTest(
  "a label is found in any case, and one of the team before one of the workspace",
  async (rig) => {
    const { workspace } = rig.linear;
    workspace.labels.set(uuid(4, 99), { id: uuid(4, 99), teamId: null, name: "UI" });
    const id = add(rig);
    await change(rig, id, { labels: ["uI"] });
    assert.deepEqual(workspace.issues.get(id)?.labelIds, [UI]);
  },
);

linearTest(
  "a type is a label: the one of another type goes, the one of this type comes",
  async (rig) => {
    const id = add(rig, { labelIds: [BUG, UI] });
    const story = await change(rig, id, { issue_type: "story" });
    assert.equal(story.issue_type, "story");
    assert.deepEqual(story.labels, ["story", "ui"]);
    const task = await change(rig, id, { issue_type: "task" });
    assert.equal(task.issue_type, "task");
    assert.deepEqual(task.labels, ["ui"]);
  },
);

linearTest("links are made and taken away, from whichever side they were made", async (rig) => {
  const { people } = rig.linear;
  const id = add(rig);
  const [one, two, three] = [add(rig), add(rig), add(rig)];
  people.relate({ type: "related", issueId: one, relatedIssueId: id });
  people.relate({ type: "blocks", issueId: two, relatedIssueId: id });
  const after = await change(rig, id, {
    links_remove: [link("relates_to", one), link("blocked_by", two)],
    links_add: [link("duplicates", three), link("blocks", one)],
  });
  assert.deepEqual(after.links.map(({ type, ref }) => [type, ref.id]), [
    ["blocks", one],
    ["duplicates", three],
  ]);
  const same = await change(rig, id, { links_add: [link("blocks", one)] });
  assert.deepEqual(same.links, after.links);
});

linearTest("a status is written as the state that the connection's table names", async (rig) => {
  const id = add(rig);
  const after = await change(rig, id, { status: "blocked" });
  assert.equal(after.status, "blocked");
  assert.equal(after.provider_metadata["status_name"], "Ready");
}, { statusWords: { blocked: ["ready"] } });

linearTest("a state that the connection names and the team does not have is named", async (rig) => {
  const id = add(rig);
  const issue = await rig.issue(id);
  const fault = await faultOf(
    rig.remote.change(rig.access, rig.place, issue, { status: "blocked" }),
  );
  assert.equal(
    fault.words,
    'The team "ENG" has no state "On hold" or "Stuck", which the connection names for "blocked"',
  );
}, { statusWords: { blocked: ["On hold", "Stuck"] } });

interface Refusal {
  readonly change: IssueChange;
  readonly code: string;
  readonly words: RegExp;
}

const STRANGE = { system: "jira", workspace: "acme", id: "7", key: "WEB-7" };

const REFUSALS: readonly Refusal[] = [
  {
    change: { status: "blocked" },
    code: "status_not_mapped",
    words: /"ENG" has no state for "blocked"/,
  },
  { change: { assignees: ["eve"] }, code: "assignee_unknown", words: /no active person "eve"/ },
  {
    change: { assignees: ["ada", "max"] },
    code: "too_many_assignees",
    words: /one person, not to 2/,
  },
  { change: { custom_fields: { a: 1 } }, code: "field_not_supported", words: /no custom fields/ },
  { change: { parent_ref: STRANGE }, code: "link_unknown", words: /"WEB-7" is an issue of jira/ },
  {
    change: { links_add: [{ type: "blocks", ref: STRANGE }] },
    code: "link_unknown",
    words: /"WEB-7" is an issue of jira/,
  },
  {
    change: { links_add: [link("blocks", uuid(9, 999))] },
    code: "link_unknown",
    words: /no issue/,
  },
];

for (const { change: fields, code, words } of REFUSALS) {
  linearTest(
    `${JSON.stringify(fields)} is refused as ${code}, and nothing is written`,
    async (rig) => {
      const id = add(rig);
      const all = { title: "B", ...fields };
      const fault = await faultOf(
        rig.remote.change(rig.access, rig.place, await rig.issue(id), all),
      );
      assert.ok(fault.kind === "rejected");
      assert.equal(fault.code, code);
      assert.match(fault.words, words);
      assert.deepEqual(rig.linear.writes, []);
    },
  );
}

linearTest(
  "people are found by display name, mail and full name, and never guessed",
  async (rig) => {
    const { people: workspace } = rig.linear.workspace;
    const id = add(rig);
    const twin = { isAssignable: true, active: true, admin: false, name: "Max Ernst" };
    workspace.set(uuid(1, 3), {
      ...twin,
      id: uuid(1, 3),
      displayName: "max2",
      email: "m2@a.example",
    });
    for (
      const [given, found] of [["ADA", "ada"], ["max@acme.example", "max"], ["Ada Lovelace", "ada"]]
    ) {
      assert.deepEqual((await change(rig, id, { assignees: [given ?? ""] })).assignees, [found]);
    }
    const issue = await rig.issue(id);
    const both = await faultOf(
      rig.remote.change(rig.access, rig.place, issue, { assignees: ["Max Ernst"] }),
    );
    assert.match(both.words, /2 people at Linear are called "Max Ernst"/);
    workspace.set(uuid(1, 3), {
      ...twin,
      id: uuid(1, 3),
      displayName: "bot",
      email: "b@a.example",
      isAssignable: false,
    });
    const bot = await faultOf(
      rig.remote.change(rig.access, rig.place, issue, { assignees: ["bot"] }),
    );
    assert.match(bot.words, /assigns nothing to "bot"/);
  },
);

linearTest("what Linear itself refuses is told in its words", async (rig) => {
  const id = add(rig);
  for (const status of [200, 400]) {
    rig.linear.errorStatus = status;
    const above = { system: "linear", workspace: ENG, id };
    const fault = await faultOf(
      rig.remote.change(rig.access, rig.place, await rig.issue(id), { parent_ref: above }),
    );
    assert.ok(fault.kind === "rejected");
    assert.equal(fault.code, "not_taken");
    assert.match(fault.words, /cannot be a parent of itself/);
  }
});

linearTest("comments are listed, the oldest first, and added", async (rig) => {
  const { remote, access, place } = rig;
  const id = add(rig);
  const adding = (number: number, body: string) => ({
    clientId: `00000000-0000-4000-8000-00000000000${number}`,
    body,
  });
  await remote.comments?.add(access, place, id, adding(1, "one"));
  await remote.comments?.add(access, place, id, adding(2, "two"));
  const added = await remote.comments?.add(access, place, id, adding(3, "three"));
  assert.equal(added?.id, adding(3, "").clientId);
  assert.deepEqual(await remote.comments?.findAdded(access, place, id, adding(3, "")), added);
  assert.equal(await remote.comments?.findAdded(access, place, id, adding(4, "three")), null);
  const comments = await remote.comments?.list(access, place, id) ?? [];
  assert.deepEqual(comments.map(({ body }) => body), ["one", "two", "three"]);
  assert.deepEqual(comments.at(-1), added);
  assert.equal(added?.author, "ada");
});

linearTest("thousands of comments are listed", async (rig) => {
  const { remote, access, place, linear } = rig;
  const id = add(rig);
  const first = Date.UTC(2026, 0, 1);
  for (let n = 0; n < 4_100; n++) {
    const at = new Date(first + n).toISOString();
    const comment = { id: `c${n}`, issueId: id, body: `Comment ${n}`, userId: null };
    linear.workspace.comments.set(comment.id, { ...comment, createdAt: at, updatedAt: at });
  }
  const listed = await remote.comments?.list(access, place, id) ?? [];
  assert.equal(listed.length, 4_100);
  assert.equal(listed.at(-1)?.body, "Comment 4099");
});

linearTest("a comment says when it was written, and when it was edited last", async (rig) => {
  const { remote, access, place, linear } = rig;
  const id = add(rig);
  const at = { createdAt: "2026-01-01T00:00:00.000Z", updatedAt: "2026-01-02T00:00:00.000Z" };
  linear.workspace.comments.set("c", { id: "c", issueId: id, body: "Edited", userId: null, ...at });
  const [edited] = await remote.comments?.list(access, place, id) ?? [];
  assert.deepEqual([edited?.createdAt, edited?.updatedAt], [at.createdAt, at.updatedAt]);
});

linearTest("an issue that was moved to another team is written there by its id", async (rig) => {
  const id = add(rig);
  const before = await rig.issue(id);
  rig.linear.people.move(id, OPS);
  await rig.remote.change(rig.access, rig.place, before, { title: "B" });
  assert.equal(rig.linear.workspace.issues.get(id)?.title, "B");
});

linearTest("a link to what is gone once the new issue is there is left out", async (rig) => {
  const [gone, other] = [add(rig), add(rig)];
  rig.linear.stepIn = ({ operation, phase }) => {
    if (operation === "CreateIssue" && phase === "after") rig.linear.workspace.issues.delete(gone);
  };
  const created = await rig.remote.create(rig.access, rig.place, {
    clientId: CLIENT_ID,
    fields: { title: "New", links_add: [link("blocks", gone), link("blocks", other)] },
  });
  assert.deepEqual(created.links.map(({ ref }) => ref.id), [other]);
});

for (
  const [words, remove] of [
    ["put into the trash", ({ linear }: LinearRig, id: string) => linear.people.archive(id, true)],
    ["moved to another team", ({ linear }: LinearRig, id: string) => linear.people.move(id, OPS)],
  ] as const
) {
  linearTest(
    `a creation whose issue was ${words} meanwhile is told so, and not written`,
    async (rig) => {
      const { linear, remote, access, place } = rig;
      const fields = { title: "New", links_add: [link("blocks", add(rig))] };
      const creation = { clientId: CLIENT_ID, fields };
      linear.stepIn = ({ operation, phase }) => {
        if (operation === "CreateIssue" && phase === "after") throw new TypeError("reset");
      };
      assert.equal((await faultOf(remote.create(access, place, creation))).kind, "unreachable");
      remove(rig, CLIENT_ID);
      const fault = await faultOf(remote.findCreated(access, place, creation));
      assert.match(fault.words, /^The new issue \S+ is gone from the team$/);
      assert.equal(linear.writes.length, 1);
    },
  );
}
