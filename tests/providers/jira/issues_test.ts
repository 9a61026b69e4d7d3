import assert from "node:assert/strict";
import { atJira, paragraphs, placeAt } from "./support.ts";

Deno.test("an issue of Jira is shown in the words of all providers", () =>
  atJira(async ({ jira, project, ada, place, clock, get }) => {
    const epic = jira.add(project, { summary: "Checkout", typeId: "10100" });
    const issue = jira.add(project, {
      summary: "Pay by card",
      description: paragraphs("First.\n\nSecond."),
      statusId: jira.state.statusId("In Review"),
      typeId: "10103",
      priority: "High",
      assignee: ada.accountId,
      labels: ["web", "api"],
      parent: epic.id,
    });
    const shown = await get(issue.id);
    assert.deepEqual(shown, {
      ref: {
        system: "jira",
        workspace: place.externalId,
        id: issue.id,
        key: "WEB-2",
        url: "https://acme.atlassian.net/browse/WEB-2",
      },
      title: "Pay by card",
      body: "First.\n\nSecond.",
      status: "in_review",
      issue_type: "bug",
      priority: 2,
      assignees: ["Ada Lovelace"],
      labels: ["api", "web"],
      parent_ref: {
        system: "jira",
        workspace: place.externalId,
        id: epic.id,
        key: "WEB-1",
        url: "https://acme.atlassian.net/browse/WEB-1",
      },
      links: [],
      custom_fields: {},
      created_at: new Date(clock.now()).toISOString(),
      updated_at: new Date(clock.now()).toISOString(),
      provider_metadata: {
        status_name: "In Review",
        state: { id: "4", name: "In Review", category: "indeterminate" },
        type_name: "Bug",
        priority_name: "High",
        resolution: null,
        assignee: { id: ada.accountId, login: null, email: "ada@acme.test" },
        reporter: "Ada Lovelace",
        components: [],
        fix_versions: [],
        due_date: null,
        project_key: "WEB",
        other_links: [],
      },
    });
  }));

Deno.test("times in the zone of the credential's owner are shown as UTC", () =>
  atJira(async ({ jira, project, clock, get }) => {
    jira.zoneMinutes = 345;
    const { id } = jira.add(project, { summary: "In Kathmandu" });
    assert.equal((await get(id))?.updated_at, new Date(clock.now()).toISOString());
  }));

Deno.test("links are shown from both ends, and a kind without a name here is kept beside", () =>
  atJira(async ({ jira, project, get }) => {
    const [one, other, copy] = ["One", "Other", "Copy"].map((summary) =>
      jira.add(project, { summary })
    );
    assert.ok(one !== undefined && other !== undefined && copy !== undefined);
    const kinds = [["Blocks", one, other], ["Duplicate", one, copy], [
      "Cloners",
      one,
      copy,
    ]] as const;
    for (const [kind, from, to] of kinds) {
      const id = jira.state.nextId();
      jira.state.links.set(id, { id, kind, from: from.id, to: to.id });
    }
    const named = async (id: string) =>
      (await get(id))?.links.map(({ type, ref }) => `${type} ${ref.key}`);
    assert.deepEqual(await named(one.id), ["blocks WEB-2", "duplicates WEB-3"]);
    assert.deepEqual(await named(other.id), ["blocked_by WEB-1"]);
    assert.deepEqual(await named(copy.id), []);
    assert.deepEqual((await get(copy.id))?.provider_metadata["other_links"], [
      "is cloned by WEB-1",
      "is duplicated by WEB-1",
    ]);
  }));

Deno.test("an issue of another project is named by that project, and left out where it is hidden", () =>
  atJira(async ({ jira, project, get, clock }) => {
    const ops = jira.state.addProject("OPS");
    const issue = jira.add(project, { summary: "Here" });
    const there = jira.add(ops, { summary: "There" });
    const id = jira.state.nextId();
    jira.state.links.set(id, { id, kind: "Relates", from: issue.id, to: there.id });
    const links = async () => (await get(issue.id))?.links.map(({ ref }) => ref.workspace);
    assert.deepEqual(await links(), [placeAt(ops).externalId]);
    ops.isHidden = true;
    clock.advance(11 * 60_000);
    assert.deepEqual(await links(), []);
  }));

Deno.test("an issue that was moved or deleted is gone, and so is none of a project that is gone itself", () =>
  atJira(async ({ jira, project, get }) => {
    const ops = jira.state.addProject("OPS");
    const moved = jira.add(project, { summary: "Moved" });
    const deleted = jira.add(project, { summary: "Deleted" });
    jira.remove(moved, ops);
    jira.remove(deleted, null);
    assert.equal(await get(moved.id), null);
    assert.equal(await get(deleted.id), null);
    assert.equal(await get("not-of-jira"), null);
    project.isHidden = true;
    await assert.rejects(get(deleted.id), /The project "WEB" is not there/);
  }));

Deno.test("a project is found under the name that it has now", () =>
  atJira(async ({ remote, access, place, project }) => {
    project.key = "SHOP";
    const now = await remote.readPlace(access, place);
    assert.equal(now?.key, "SHOP");
    assert.equal(now?.label, "acme/SHOP");
    assert.equal(now?.externalId, place.externalId);
    project.isHidden = true;
    assert.equal(await remote.readPlace(access, place), null);
  }));
