import assert from "node:assert/strict";
import { uuid } from "../../standins/linear/state.ts";
import { ENG, faultOf, linearTest, OPS, placeOf } from "./rig.ts";

const ADA = uuid(1, 1);
const BUG = uuid(4, 1);
const UI = uuid(4, 10);
const IN_REVIEW = uuid(3, 6);

linearTest("an issue is read with everything that Linear says of it", async (rig) => {
  const { people } = rig.linear;
  const parent = people.add({ teamId: ENG, title: "Above" });
  const other = people.add({ teamId: OPS, title: "Elsewhere" });
  const made = people.add({
    teamId: ENG,
    title: "Größe 🎉",
    description: "* one\r\n* two",
    priority: 2,
    stateId: IN_REVIEW,
    assigneeId: ADA,
    parentId: parent.id,
    labelIds: [UI, BUG],
  });
  people.relate({ type: "blocks", issueId: made.id, relatedIssueId: other.id });
  people.relate({ type: "blocks", issueId: parent.id, relatedIssueId: made.id });
  const issue = await rig.issue(made.id);
  assert.deepEqual(issue.ref, {
    system: "linear",
    workspace: ENG,
    id: made.id,
    key: "ENG-2",
    url: "https://linear.app/acme/issue/ENG-2",
  });
  assert.equal(issue.title, "Größe 🎉");
  assert.equal(issue.body, "- one\n- two");
  assert.equal(issue.status, "in_review");
  assert.equal(issue.issue_type, "bug");
  assert.equal(issue.priority, 2);
  assert.deepEqual(issue.assignees, ["ada"]);
  assert.deepEqual(issue.labels, ["Bug", "ui"]);
  assert.equal(issue.parent_ref?.id, parent.id);
  assert.deepEqual(issue.links.map(({ type, ref }) => [type, ref.key]), [
    ["blocked_by", "ENG-1"],
    ["blocks", "OPS-1"],
  ]);
  assert.equal(issue.links[1]?.ref.workspace, OPS);
  assert.deepEqual(issue.provider_metadata["state"], {
    id: IN_REVIEW,
    name: "In Review",
    type: "started",
  });
});

linearTest("estimate and cycle are kept beside the issue", async (rig) => {
  const made = rig.linear.people.add({ teamId: ENG, title: "A" });
  rig.linear.workspace.issues.set(made.id, { ...made, estimate: 5, cycle: 12 });
  const { provider_metadata } = await rig.issue(made.id);
  assert.equal(provider_metadata["estimate"], 5);
  assert.equal(provider_metadata["cycle"], 12);
});

linearTest("an issue with more labels and links than a page holds is read whole", async (rig) => {
  const { people } = rig.linear;
  const labels = Array.from({ length: 120 }, (_, at) => people.createLabel(ENG, `l${at}`).id);
  const made = people.add({ teamId: ENG, title: "A", labelIds: labels });
  for (let at = 0; at < 60; at++) {
    const other = people.add({ teamId: ENG, title: `${at}` });
    people.relate({ type: "related", issueId: made.id, relatedIssueId: other.id });
    people.relate({ type: "blocks", issueId: other.id, relatedIssueId: made.id });
  }
  const issue = await rig.issue(made.id);
  assert.equal(new Set(issue.labels).size, 120);
  assert.equal(issue.links.filter(({ type }) => type === "relates_to").length, 60);
  assert.equal(issue.links.filter(({ type }) => type === "blocked_by").length, 60);
  const listed = (await rig.changes(null)).issues.find(({ ref }) => ref.id === made.id);
  assert.deepEqual(listed, issue);
});

linearTest(
  "a change of the title of another issue is no change of those that name it",
  async (rig) => {
    const { people } = rig.linear;
    const parent = people.add({ teamId: ENG, title: "Above" });
    const made = people.add({ teamId: ENG, title: "A", parentId: parent.id });
    people.relate({ type: "related", issueId: made.id, relatedIssueId: parent.id });
    const before = await rig.issue(made.id);
    people.edit(parent.id, { title: "Renamed" });
    assert.deepEqual(await rig.issue(made.id), before);
  },
);

linearTest(
  "an issue of another team, in the trash, or deleted is gone; an archived one is not",
  async (rig) => {
    const { linear, remote, access, place } = rig;
    const [moved, trashed, deleted, archived] = ["a", "b", "c", "d"].map((title) =>
      linear.people.add({ teamId: ENG, title }).id
    );
    assert.ok(moved && trashed && deleted && archived);
    linear.people.move(moved, OPS);
    linear.people.archive(trashed, true);
    linear.people.archive(archived, false);
    linear.workspace.issues.delete(deleted);
    for (const id of [moved, trashed, deleted]) {
      assert.equal(await remote.get(access, place, id), null);
    }
    assert.equal((await rig.issue(archived)).provider_metadata["archived_at"] === null, false);
    const there = await remote.get(access, placeOf(OPS, "OPS"), moved);
    assert.equal(there?.ref.key, "OPS-1");
    assert.deepEqual(there?.provider_metadata["previous_identifiers"], ["ENG-1"]);
  },
);

linearTest(
  "a first round lists everything, archived issues too, and names what is in the trash",
  async (rig) => {
    const { people } = rig.linear;
    const ids = Array.from(
      { length: 120 },
      (_, at) => people.add({ teamId: ENG, title: `${at}` }).id,
    );
    people.add({ teamId: OPS, title: "of another team" });
    people.archive(ids[3] ?? "", false);
    people.archive(ids[4] ?? "", true);
    const { issues, removed, highWater, pages } = await rig.changes(null);
    const there = new Set(issues.map(({ ref }) => ref.id));
    assert.deepEqual(there, new Set(ids.filter((id) => id !== ids[4])));
    assert.deepEqual(removed, [ids[4]]);
    assert.equal(pages, 3);
    assert.equal(highWater, rig.linear.workspace.issues.get(ids[4] ?? "")?.updatedAt);
  },
);

linearTest("a later round lists what changed since, and a minute more", async (rig) => {
  const { people } = rig.linear;
  const ids = Array.from({ length: 5 }, (_, at) => {
    rig.clock.advance(50_000);
    return people.add({ teamId: ENG, title: `${at}` }).id;
  });
  const first = await rig.changes(null);
  rig.clock.advance(3_600_000);
  people.edit(ids[0] ?? "", { title: "edited" });
  const { issues, highWater } = await rig.changes(first.highWater);
  assert.deepEqual(issues.map(({ ref }) => ref.id), [ids[0], ids[4], ids[3]]);
  assert.equal(highWater, issues[0]?.updated_at);
});

linearTest(
  "a thousand issues of one moment are listed, and lists show what reading shows",
  async (rig) => {
    const { workspace, people } = rig.linear;
    const at = new Date(rig.clock.now()).toISOString();
    for (let number = 0; number < 130; number++) {
      const issue = people.add({ teamId: ENG, title: `${number}`, labelIds: [UI] });
      workspace.issues.set(issue.id, { ...issue, updatedAt: at, createdAt: at });
    }
    const { issues } = await rig.changes(null);
    assert.equal(new Set(issues.map(({ ref }) => ref.id)).size, 130);
    const [first] = issues;
    assert.deepEqual(first, await rig.issue(first?.ref.id ?? ""));
  },
);

linearTest("a round whose place in the list is gone begins again", async (rig) => {
  const { remote, access, place, linear } = rig;
  const at = new Date(rig.clock.now()).toISOString();
  for (let number = 0; number < 130; number++) {
    const issue = linear.people.add({ teamId: ENG, title: `${number}` });
    linear.workspace.issues.set(issue.id, { ...issue, updatedAt: at });
  }
  const one = await remote.listChanged(access, place, { since: null, cursor: null });
  const two = await remote.listChanged(access, place, { since: null, cursor: one.cursor });
  linear.workspace.issues.delete(two.issues.at(-1)?.ref.id ?? "");
  const fault = await faultOf(
    remote.listChanged(access, place, { since: null, cursor: two.cursor }),
  );
  assert.equal(fault.kind, "rejected");
});

linearTest("a sweep shows all issues whole, also what changed without a sign", async (rig) => {
  const { remote, access, place, linear } = rig;
  const ids = Array.from(
    { length: 60 },
    (_, at) => linear.people.add({ teamId: ENG, title: `${at}`, labelIds: [UI] }).id,
  );
  linear.people.archive(ids[7] ?? "", true);
  const label = linear.workspace.labels.get(UI);
  assert.ok(label !== undefined);
  label.name = "look";
  const seen: string[] = [];
  const labels = new Set<string>();
  for (let cursor: string | null = null;;) {
    const page = await remote.listAll(access, place, cursor);
    assert.deepEqual(page.ids, page.issues.map(({ ref }) => ref.id));
    seen.push(...page.ids);
    for (const issue of page.issues) for (const name of issue.labels) labels.add(name);
    cursor = page.cursor;
    if (cursor === null) break;
  }
  assert.deepEqual(new Set(seen), new Set(ids.filter((id) => id !== ids[7])));
  assert.deepEqual([...labels], ["look"]);
});

linearTest("a team is read under the name that it has now, and is gone when it is", async (rig) => {
  const { remote, access, place, linear } = rig;
  const team = linear.workspace.teams.get(ENG);
  assert.ok(team !== undefined);
  team.key = "CORE";
  team.name = "Core";
  const now = await remote.readPlace(access, place);
  assert.deepEqual(now, {
    externalId: ENG,
    workspace: ENG,
    key: "CORE",
    name: "Core",
    label: "acme/CORE",
    url: "https://linear.app/acme/team/CORE",
    workflow: "open",
    context: { workspace_name: "Acme", team_key: "CORE", team_name: "Core" },
  });
  linear.workspace.teams.delete(ENG);
  assert.equal(await remote.readPlace(access, place), null);
});
