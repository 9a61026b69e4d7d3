import assert from "node:assert/strict";
import type { IssueLink } from "../../../src/contract/issue.ts";
import { atJira, paragraphs, refusalOf, type Scene } from "./support.ts";

Deno.test("the fields of a change are written in one call, and read back", () =>
  atJira(async ({ jira, project, get, change }) => {
    const epic = jira.add(project, { summary: "Epic", typeId: "10100" });
    const { id } = jira.add(project, { summary: "Old", labels: ["keep", "drop"] });
    await change(id, {
      title: "New",
      body: "Text.",
      priority: 1,
      issue_type: "bug",
      assignees: ["Bo Diddley"],
      labels: ["keep", "add"],
      parent_ref: { system: "jira", workspace: "any", id: epic.id },
    });
    const shown = await get(id);
    assert.equal(shown?.title, "New");
    assert.equal(shown?.body, "Text.");
    assert.equal(shown?.priority, 1);
    assert.equal(shown?.issue_type, "bug");
    assert.deepEqual(shown?.assignees, ["Bo Diddley"]);
    assert.deepEqual(shown?.labels, ["add", "keep"]);
    assert.equal(shown?.parent_ref?.key, "WEB-1");
    assert.equal(jira.writes.length, 1);
  }));

Deno.test("labels are patched: what others add meanwhile stays", () =>
  atJira(async ({ jira, project, remote, access, place, get }) => {
    const issue = jira.add(project, { summary: "Labels", labels: ["one"] });
    const read = await get(issue.id);
    assert.ok(read !== null);
    jira.edit(issue, { labels: ["one", "theirs"] });
    await remote.change(access, place, read, { labels: ["ours"] });
    assert.deepEqual((await get(issue.id))?.labels, ["ours", "theirs"]);
  }));

Deno.test("an assignee, a parent and a body are taken away", () =>
  atJira(async ({ jira, project, ada, get, change }) => {
    const epic = jira.add(project, { summary: "Epic", typeId: "10100" });
    const { id } = jira.add(project, {
      summary: "Full",
      assignee: ada.accountId,
      parent: epic.id,
      description: paragraphs("Text."),
    });
    await change(id, { assignees: [], parent_ref: null, body: null });
    const shown = await get(id);
    assert.deepEqual(shown?.assignees, []);
    assert.equal(shown?.parent_ref, null);
    assert.equal(shown?.body, null);
  }));

Deno.test("what Jira cannot hold is refused by name, and nothing is written", () =>
  atJira(async ({ jira, project, change }) => {
    const { id } = jira.add(project, {
      summary: "Issue",
      description: { ...paragraphs("x"), more: { type: "media" } },
    });
    const other: IssueLink = {
      type: "blocks",
      ref: { system: "github", workspace: "1", id: "1", key: "a/b#1" },
    };
    const gone: IssueLink = { type: "blocks", ref: { system: "jira", workspace: "w", id: "99" } };
    const cases: readonly [Parameters<Scene["change"]>[1], string, RegExp][] = [
      [{ labels: ["two words"] }, "label_invalid", /"two words"/],
      [{ priority: 0 }, "priority_not_mapped", /no priority for "none", only Highest, High/],
      [{ issue_type: "chore" }, "unsupported_type", /"chore".*Story, Task, Bug/],
      [{ assignees: ["nobody"] }, "assignee_unknown", /"nobody"/],
      [{ assignees: ["Ada Lovelace", "Bo Diddley"] }, "too_many_assignees", /one person/],
      [{ title: "x".repeat(256) }, "title_too_long", /255/],
      [{ custom_fields: { points: 3 } }, "field_not_supported", /custom fields/],
      [{ links_add: [other] }, "link_unknown", /a\/b#1/],
      [{ links_add: [gone] }, "link_unknown", /"99"/],
      [{ parent_ref: other.ref }, "invalid_parent", /github/],
      [{ body: "\u0000" }, "body_not_supported", /description/],
    ];
    for (const [fields, code, names] of cases) {
      const refusal = await refusalOf(change(id, fields));
      assert.equal(refusal.code, code);
      assert.match(refusal.words, names);
    }
    assert.deepEqual(jira.writes, []);
  }));

Deno.test("what a description loses is told, and what was not edited is not sent", () =>
  atJira(async (scene) => {
    const { jira, project, remote, place, get } = scene;
    const { id } = jira.add(project, {
      summary: "Issue",
      description: { ...paragraphs("Text."), more: { type: "media" } },
    });
    const read = await get(id);
    assert.ok(read !== null);
    const told: string[] = [];
    const access = { ...scene.access, onNote: (words: string) => told.push(words) };
    await remote.change(access, place, read, { body: "Text." });
    assert.deepEqual([told, jira.writes], [[], []]);
    await remote.change(access, place, read, { body: "Without it." });
    assert.deepEqual(told, ["Jira keeps the text in a form of its own: a picture"]);
    assert.deepEqual(jira.writes, ["update WEB-1 description"]);
  }));

Deno.test("a field that is on no screen is refused by name before anything is written", () =>
  atJira(async ({ jira, project, change }) => {
    const { id } = jira.add(project, { summary: "Issue" });
    project.editable.delete("priority");
    const refusal = await refusalOf(change(id, { title: "New", priority: 1, status: "done" }));
    assert.equal(refusal.code, "field_not_editable");
    assert.match(refusal.words, /priority of WEB-1/);
    assert.equal(jira.writes.filter((write) => write.startsWith("update")).length, 0);
  }));

Deno.test("what is edited nowhere but after the step is written after it", () =>
  atJira(async ({ jira, project, get, change }) => {
    jira.state.locked.add(jira.state.statusId("Done"));
    const { id } = jira.add(project, { summary: "Closed", statusId: jira.state.statusId("Done") });
    await change(id, { title: "Open once more", status: "in_progress" });
    const shown = await get(id);
    assert.equal(shown?.title, "Open once more");
    assert.equal(shown?.status, "in_progress");
    assert.match(jira.writes.join("\n"), /^transition .*\nupdate .*$/);
  }));

Deno.test("of people who are called alike none is assigned", () =>
  atJira(async ({ jira, project, ada, change, get }) => {
    const second = jira.state.addPerson("ada2", "Ada Lovelace", "other@acme.test");
    const { id } = jira.add(project, { summary: "Issue" });
    const refusal = await refusalOf(change(id, { assignees: ["Ada Lovelace"] }));
    assert.equal(refusal.code, "assignee_unknown");
    assert.match(refusal.words, /2 people/);
    const account = async () => (await get(id))?.provider_metadata["assignee"];
    await change(id, { assignees: ["other@acme.test"] });
    assert.deepEqual(await account(), {
      id: second.accountId,
      login: null,
      email: "other@acme.test",
    });
    await change(id, { assignees: [ada.accountId] });
    assert.deepEqual(await account(), { id: ada.accountId, login: null, email: "ada@acme.test" });
  }));

Deno.test("links are made and taken away from either end", () =>
  atJira(async ({ jira, project, get, change }) => {
    const [one, other] = ["One", "Other"].map((summary) => jira.add(project, { summary }));
    assert.ok(one !== undefined && other !== undefined);
    const ref = { system: "jira", workspace: "any", id: other.id };
    await change(one.id, {
      links_add: [{ type: "blocked_by", ref }, { type: "relates_to", ref }],
    });
    const named = async (id: string) =>
      (await get(id))?.links.map(({ type, ref }) => `${type} ${ref.key}`);
    assert.deepEqual(await named(one.id), ["blocked_by WEB-2", "relates_to WEB-2"]);
    assert.deepEqual(await named(other.id), ["blocks WEB-1", "relates_to WEB-1"]);
    await change(other.id, {
      links_remove: [{ type: "blocks", ref: { system: "jira", workspace: "any", id: one.id } }],
    });
    assert.deepEqual(await named(one.id), ["relates_to WEB-2"]);
  }));

Deno.test("an issue that is gone meanwhile is said to be", () =>
  atJira(async ({ jira, project, remote, access, place, get }) => {
    const issue = jira.add(project, { summary: "Issue" });
    const read = await get(issue.id);
    assert.ok(read !== null);
    jira.remove(issue, null);
    const refusal = await refusalOf(remote.change(access, place, read, { title: "New" }));
    assert.equal(refusal.code, "issue_not_found");
  }));

Deno.test("an issue that was moved to another project meanwhile is not written there", () =>
  atJira(async ({ jira, project, remote, access, place, get }) => {
    const issue = jira.add(project, { summary: "Issue" });
    const read = await get(issue.id);
    assert.ok(read !== null);
    jira.remove(issue, jira.state.addProject("OPS"));
    const refusal = await refusalOf(remote.change(access, place, read, { title: "New" }));
    assert.equal(refusal.code, "issue_not_found");
    assert.deepEqual(jira.writes, []);
  }));

Deno.test("an issue that goes just before its step is said to be gone", () =>
  atJira(async ({ jira, project, change }) => {
    const issue = jira.add(project, { summary: "Issue" });
    jira.stepIn = ({ isWrite, phase }) => {
      if (isWrite && phase === "before") jira.remove(issue, null);
    };
    const refusal = await refusalOf(change(issue.id, { status: "done" }));
    assert.equal(refusal.code, "issue_not_found");
  }));

for (const end of ["one", "other"] as const) {
  Deno.test(`which issue has gone just before two are linked is said: the ${end}`, () =>
    atJira(async ({ jira, project, change }) => {
      const one = jira.add(project, { summary: "One" });
      const other = jira.add(project, { summary: "Other" });
      jira.stepIn = ({ call, phase }) => {
        if (call !== "POST /rest/api/3/issueLink" || phase !== "before") return;
        jira.remove(end === "one" ? one : other, null);
      };
      const ref = { system: "jira", workspace: "any", id: other.id, key: "WEB-2" };
      const refusal = await refusalOf(change(one.id, { links_add: [{ type: "blocks", ref }] }));
      const { code, words } = refusal;
      assert.deepEqual(
        [code, words],
        end === "one"
          ? ["issue_not_found", "The issue is gone from Jira"]
          : ["link_unknown", 'Jira has no issue "WEB-2" to link'],
      );
    }));
}

Deno.test("an issue goes below one of the next level only, and what Jira refuses is refused in its words", () =>
  atJira(async ({ jira, project, change, create, place }) => {
    const bug = jira.add(project, { summary: "Bug", typeId: "10103" });
    const story = jira.add(project, { summary: "Story", typeId: "10101" });
    const epic = jira.add(project, { summary: "Epic", typeId: "10100" });
    const below = ({ id }: { readonly id: string }) => ({
      parent_ref: { system: "jira", workspace: place.workspace, id },
    });
    const words = /does not belong to appropriate hierarchy/;
    for (const parent of [bug, story]) {
      const { code, words: why } = await refusalOf(change(story.id, below(parent)));
      assert.deepEqual([code, words.test(why)], ["not_taken", true], why);
    }
    const made = create({ title: "New", issue_type: "story", ...below(bug) });
    assert.match((await refusalOf(made)).words, words);
    assert.deepEqual(jira.writes, []);
    await change(story.id, below(epic));
    await create({ title: "Part", ...below(bug) });
    const parents = [...jira.state.issues.values()].map(({ parent }) => parent);
    assert.deepEqual(parents, [null, epic.id, null, bug.id]);
    const moved = await refusalOf(change(epic.id, { issue_type: "task" }));
    assert.match(moved.words, /child work items of another level/);
  }));
