import assert from "node:assert/strict";
import { atJira, CLIENT_ID, refusalOf } from "./support.ts";

Deno.test("an issue is created with everything, and moved through its workflow", () =>
  atJira(async ({ jira, project, create }) => {
    const epic = jira.add(project, { summary: "Epic", typeId: "10100" });
    const other = jira.add(project, { summary: "Other" });
    const issue = await create({
      title: "New",
      body: "Text.",
      priority: 2,
      issue_type: "story",
      assignees: ["ada@acme.test"],
      labels_add: ["web"],
      parent_ref: { system: "jira", workspace: "any", id: epic.id },
      links_add: [{ type: "blocks", ref: { system: "jira", workspace: "any", id: other.id } }],
      status: "in_progress",
    });
    assert.equal(issue.ref.key, "WEB-3");
    assert.equal(issue.status, "in_progress");
    assert.equal(issue.issue_type, "story");
    assert.equal(issue.body, "Text.");
    assert.deepEqual(issue.labels, ["web"]);
    assert.deepEqual(issue.assignees, ["Ada Lovelace"]);
    assert.equal(issue.parent_ref?.key, "WEB-1");
    assert.deepEqual(issue.links.map(({ type, ref }) => `${type} ${ref.key}`), ["blocks WEB-2"]);
  }));

Deno.test("without a type it is a task, and a subtask below what is no epic", () =>
  atJira(async ({ jira, project, remote, access, place, create }) => {
    const story = jira.add(project, { summary: "Story", typeId: "10101" });
    assert.equal((await create({ title: "Task" })).issue_type, "task");
    const parent_ref = { system: "jira", workspace: "any", id: story.id };
    const subtask = await remote.create(access, place, {
      clientId: crypto.randomUUID(),
      fields: { title: "Part", parent_ref },
    });
    assert.equal(subtask.issue_type, "subtask");
  }));

Deno.test("a subtask without a parent is refused by name, and nothing is written", () =>
  atJira(async ({ jira, create }) => {
    const refusal = await refusalOf(create({ title: "Part", issue_type: "subtask" }));
    assert.equal(refusal.code, "invalid_parent");
    assert.match(refusal.words, /give a parent/);
    assert.deepEqual(jira.writes, []);
  }));

Deno.test("a new issue whose screen demands more is refused by name", () =>
  atJira(async ({ jira, project, create }) => {
    project.demanded.set("customfield_10055", "Customer");
    const refusal = await refusalOf(create({ title: "New" }));
    assert.equal(refusal.code, "fields_required");
    assert.match(refusal.words, /asks for "Customer"/);
    assert.deepEqual(jira.writes, []);
  }));

Deno.test("what the create screen lacks is refused by name", () =>
  atJira(async ({ project, create }) => {
    for (const id of ["priority", "labels", "assignee", "parent", "description"]) {
      project.creatable.delete(id);
    }
    const cases = [
      { priority: 1 as const },
      { labels: ["web"] },
      { assignees: ["ada"] },
      { body: "Text." },
    ];
    for (const fields of cases) {
      const { code } = await refusalOf(create({ title: "New", ...fields }));
      assert.equal(code, "field_not_editable");
    }
  }));

Deno.test("a status that the workflow does not lead to is left out by name: the issue is there", () =>
  atJira(async ({ project, remote, place, ...scene }) => {
    project.transitions = [
      { id: "21", name: "Resolve", from: "any", to: "5", demands: { resolution: "Resolution" } },
    ];
    const told: string[] = [];
    const access = { ...scene.access, onNote: (words: string) => told.push(words) };
    const fields = { title: "New", status: "done" as const };
    const issue = await remote.create(access, place, { clientId: CLIENT_ID, fields });
    assert.equal(issue.status, "todo");
    assert.deepEqual(told, ['The step "Resolve" to "Done" asks for "Resolution": take it at Jira']);
  }));

Deno.test("an issue whose answer was lost is found by its marker, also before a search shows it", () =>
  atJira(async ({ jira, project, remote, access, place, create }) => {
    const creation = { clientId: CLIENT_ID, fields: { title: "New", status: "done" as const } };
    jira.add(project, { summary: "Another" });
    assert.equal(await remote.findCreated(access, place, creation), null);
    jira.stepIn = ({ call, phase }) => {
      if (call === "POST /rest/api/3/issue" && phase === "after") throw new Error("Reset");
    };
    jira.index.lagMs = 60_000;
    // Jira leaves numbers out.
    project.lastNumber += 3;
    await assert.rejects(create({ title: "New" }));
    jira.stepIn = () => {};
    const found = await remote.findCreated(access, place, creation);
    assert.equal(found?.ref.key, "WEB-5");
    assert.equal(found?.status, "done");
    jira.index.lagMs = 0;
    assert.equal((await remote.findCreated(access, place, creation))?.ref.key, "WEB-5");
    assert.equal(jira.writes.filter((write) => write.startsWith("create")).length, 1);
  }));

Deno.test("a link that was not made before the answer was lost is made when the issue is found", () =>
  atJira(async ({ jira, project, remote, access, place }) => {
    const other = jira.add(project, { summary: "Other" });
    const ref = { system: "jira", workspace: "any", id: other.id };
    const creation = {
      clientId: CLIENT_ID,
      fields: { title: "New", links_add: [{ type: "relates_to" as const, ref }] },
    };
    jira.stepIn = ({ call, phase }) => {
      if (call === "POST /rest/api/3/issueLink" && phase === "before") throw new Error("Reset");
    };
    await assert.rejects(remote.create(access, place, creation));
    jira.stepIn = () => {};
    const found = await remote.findCreated(access, place, creation);
    assert.deepEqual(found?.links.map(({ ref }) => ref.key), ["WEB-1"]);
  }));

Deno.test("a new issue that was moved away before it is found is gone", () =>
  atJira(async ({ jira, remote, access, place, create }) => {
    const ops = jira.state.addProject("OPS");
    const issue = await create({ title: "New" });
    const made = jira.state.issues.get(issue.ref.id);
    assert.ok(made !== undefined);
    jira.remove(made, ops);
    const creation = { clientId: CLIENT_ID, fields: { title: "New" } };
    assert.equal(await remote.findCreated(access, place, creation), null);
  }));

Deno.test("a new issue that is moved away before it is read has no step taken elsewhere", () =>
  atJira(async ({ jira, create }) => {
    const ops = jira.state.addProject("OPS");
    jira.stepIn = ({ call, phase }) => {
      if (call !== "POST /rest/api/3/issue" || phase !== "after") return;
      for (const made of jira.state.issues.values()) jira.remove(made, ops);
    };
    const refusal = await refusalOf(create({ title: "New", status: "done" }));
    assert.equal(refusal.code, "issue_not_found");
    assert.deepEqual(jira.writes, ["create WEB-1"]);
  }));
