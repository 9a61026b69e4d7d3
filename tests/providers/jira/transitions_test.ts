import assert from "node:assert/strict";
import type { FakeTransition } from "../../standins/jira/state.ts";
import { atJira, refusalOf, type Scene } from "./support.ts";

/** Begins where nothing has been done, in a workflow of these steps. */
function inWorkflow({ jira, project }: Scene, transitions: readonly FakeTransition[]) {
  project.transitions = transitions;
  return jira.add(project, { summary: "Issue" });
}

Deno.test("a global step is taken from wherever the issue is", () =>
  atJira(async (scene) => {
    const { id } = inWorkflow(scene, [
      { id: "11", name: "Start", from: ["1"], to: "3" },
      { id: "99", name: "Drop", from: "any", to: "6" },
    ]);
    await scene.change(id, { status: "canceled" });
    assert.equal((await scene.get(id))?.status, "canceled");
    assert.deepEqual(scene.jira.writes, ["transition WEB-1 99"]);
  }));

Deno.test("a step whose screen demands a resolution is refused by name", () =>
  atJira(async (scene) => {
    const { id } = inWorkflow(scene, [
      { id: "21", name: "Resolve", from: "any", to: "5", demands: { resolution: "Resolution" } },
    ]);
    const refusal = await refusalOf(scene.change(id, { title: "New", status: "done" }));
    assert.equal(refusal.code, "transition_needs_fields");
    assert.match(refusal.words, /"Resolve" to "Done" asks for "Resolution"/);
    assert.deepEqual(scene.jira.writes, []);
  }));

Deno.test("a step that asks for nothing is taken before one that does", () =>
  atJira(async (scene) => {
    const { id } = inWorkflow(scene, [
      { id: "21", name: "Resolve", from: "any", to: "5", demands: { resolution: "Resolution" } },
      { id: "22", name: "Finish", from: "any", to: "5" },
    ]);
    await scene.change(id, { status: "done" });
    assert.deepEqual(scene.jira.writes, ["transition WEB-1 22"]);
  }));

Deno.test("a step that a condition forbids is refused by name", () =>
  atJira(async (scene) => {
    const { id } = inWorkflow(scene, [
      { id: "21", name: "Approve", from: "any", to: "5", isForbidden: true },
    ]);
    const refusal = await refusalOf(scene.change(id, { status: "done" }));
    assert.equal(refusal.code, "transition_forbidden");
    assert.match(refusal.words, /condition.*"Approve" to "Done"/);
    assert.deepEqual(scene.jira.writes, []);
  }));

Deno.test("where no step leads is refused with where the steps lead", () =>
  atJira(async (scene) => {
    const { id } = inWorkflow(scene, [{ id: "11", name: "Start", from: ["1"], to: "3" }]);
    const refusal = await refusalOf(scene.change(id, { status: "done" }));
    assert.equal(refusal.code, "status_not_reachable");
    assert.match(refusal.words, /From "To Do" the workflow leads to "In Progress"/);
    scene.project.transitions = [];
    const stuck = await refusalOf(scene.change(id, { status: "done" }));
    assert.match(stuck.words, /leads to no other status/);
  }));

Deno.test("a step that a validator refuses is refused in Jira's words", () =>
  atJira(async (scene) => {
    const { id } = inWorkflow(scene, [
      { id: "21", name: "Finish", from: "any", to: "5", isRefused: true },
    ]);
    const refusal = await refusalOf(scene.change(id, { status: "done" }));
    assert.equal(refusal.code, "not_taken");
    assert.match(refusal.words, /All subtasks have to be done first/);
  }));

Deno.test("the connection's table says which status is written, and how one is read", () =>
  atJira(async (scene) => {
    const { jira, project, remote, place, get } = scene;
    const { id } = jira.add(project, { summary: "Issue" });
    const access = { ...scene.access, statusWords: { in_progress: ["in review"], todo: ["Done"] } };
    const read = await get(id);
    assert.ok(read !== null);
    await remote.change(access, place, read, { status: "in_progress" });
    assert.equal((await remote.get(access, place, id))?.status, "in_progress");
    assert.equal((await get(id))?.status, "in_review");
    await remote.change(access, place, read, { status: "todo" });
    assert.equal((await get(id))?.provider_metadata["status_name"], "Done");
  }));
