/** Each provider writes the other fields of an issue whose assignees it refuses. */
import assert from "node:assert/strict";
import type { Access, RefusedField, Remote, RemotePlace } from "../../src/providers/mod.ts";
import { uuid } from "../standins/linear/state.ts";
import { atGitHub } from "./github/support.ts";
import { atGitLab } from "./gitlab/support.ts";
import { atJira, atServer } from "./jira/support.ts";
import { linearTest } from "./linear/rig.ts";
import { faultOf } from "./scene.ts";

const CLIENT_ID = "0f5f2a44-6c2e-4c5b-8a54-0d2ac8d6f7aa";

/** A provider with an issue that nobody is assigned to, and how it names somebody whom it knows. */
interface Reached {
  readonly known: string;
  readonly remote: Remote;
  readonly access: Access;
  readonly place: RemotePlace;
  readonly issueId: string;
}

/** Creates and changes an issue with an assignee whom nobody knows. */
async function refuses({ remote, access, place, issueId, known }: Reached): Promise<void> {
  const refused: RefusedField[] = [];
  const listening: Access = { ...access, onRefusedField: (field) => void refused.push(field) };
  const creation = { clientId: CLIENT_ID, fields: { title: "Made", assignees: ["nemo"] } };
  const made = await remote.create(listening, place, creation);
  const issue = await remote.get(access, place, issueId);
  assert.ok(issue !== null);
  await remote.change(listening, place, issue, { title: "Changed", assignees: ["nemo"] });
  const changed = await remote.get(access, place, issueId);
  assert.deepEqual([made.title, made.assignees], ["Made", []]);
  assert.deepEqual([changed?.title, changed?.assignees], ["Changed", []]);
  for (const { field, code, message } of refused) {
    assert.deepEqual([field, code], ["assignees", "assignee_unknown"]);
    assert.match(message, /"nemo"/);
  }
  assert.equal(refused.length, 2);
  // Beside people whom it knows, the unknown alone are left out.
  refused.length = 0;
  assert.ok(changed !== null);
  await remote.change(listening, place, changed, { assignees: ["nemo", known, "outis"] });
  const assigned = await remote.get(access, place, issueId);
  assert.equal(assigned?.assignees.length, 1);
  assert.deepEqual(refused.map(({ code }) => code), ["assignee_unknown"]);
  assert.match(refused[0]?.message ?? "", /"nemo".*"outis"/);
  const clientId = CLIENT_ID.replace("0f5f", "1f5f");
  const fields = { title: "Also made", assignees: [known, "nemo"] };
  const other = await remote.create(listening, place, { clientId, fields });
  assert.deepEqual([other.title, other.assignees], ["Also made", assigned?.assignees]);
  assert.equal(refused.length, 2);
  const unheard = remote.change(access, place, other, { assignees: [known, "nemo"] });
  assert.equal((await faultOf(unheard)).fault.kind, "rejected");
}

Deno.test("GitHub is sent the other fields of an issue whose assignee it does not know", () =>
  atGitHub(async ({ github, repository, ...reached }) => {
    const { number } = github.state.addIssue(repository, { title: "Old" }, 0);
    await refuses({ ...reached, issueId: String(number), known: "bo" });
  }));

Deno.test("GitLab is sent the other fields of an issue whose assignee it does not know", () =>
  atGitLab(async ({ gitlab, project, ...reached }) => {
    const { iid } = gitlab.state.addIssue(project, { title: "Old" }, 0);
    await refuses({ ...reached, issueId: String(iid), known: "bo" });
  }));

linearTest(
  "Linear is sent the other fields of an issue whose assignee it does not know",
  async (rig) => {
    const { id } = rig.linear.people.add({ teamId: uuid(2, 1), title: "Old" });
    await refuses({ ...rig, issueId: id, known: "ada" });
  },
);

for (const [name, at] of [["Jira Cloud", atJira], ["Jira Data Center", atServer]] as const) {
  Deno.test(`${name} is sent the other fields of an issue whose assignee it does not know`, () =>
    at(async ({ jira, project, ...reached }) => {
      const { id } = jira.add(project, { summary: "Old" });
      await refuses({ ...reached, issueId: id, known: "Bo Diddley" });
    }));
}

Deno.test("assignees that GitHub leaves out without a word are refused after the rest was written", () =>
  atGitHub(async ({ github, remote, access, place }) => {
    for (const token of github.state.tokens.values()) token.mayTriage = false;
    const refused: RefusedField[] = [];
    const listening: Access = { ...access, onRefusedField: (field) => void refused.push(field) };
    const creation = { clientId: CLIENT_ID, fields: { title: "Made", assignees: ["bo"] } };
    const made = await remote.create(listening, place, creation);
    assert.deepEqual([made.title, made.assignees], ["Made", []]);
    assert.deepEqual(refused.map(({ field, code }) => [field, code]), [["assignees", "not_taken"]]);
  }));

Deno.test("an assignee that is on no screen of Jira does not keep the other fields from being written", () =>
  atJira(async ({ jira, project, remote, access, place, get }) => {
    const { id } = jira.add(project, { summary: "Old" });
    project.editable.delete("assignee");
    const issue = await get(id);
    assert.ok(issue !== null);
    const refused: RefusedField[] = [];
    const listening: Access = { ...access, onRefusedField: (field) => void refused.push(field) };
    await remote.change(listening, place, issue, { title: "New", assignees: ["bo"] });
    assert.equal((await get(id))?.title, "New");
    assert.deepEqual(refused.map(({ code }) => code), ["field_not_editable"]);
  }));
