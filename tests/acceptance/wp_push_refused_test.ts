/** A tracker whose workflow refuses the status of a work package: told by ticket, the rest done, and tried again. */
import assert from "node:assert/strict";
import { addSteps, writeMission } from "../missions/packages/push_scene.ts";
import { ends } from "../support/bound.ts";
import type { JiraWorld } from "./jira_setup.ts";
import type { World } from "../support/world.ts";
import { withBoundJira } from "./bound_setup.ts";

const MISSION = "014-sign-in";

interface Told {
  readonly code: number;
  /** Package, outcome, what was changed and why not. */
  readonly packages: readonly (readonly string[])[];
  readonly stderr: string;
}

async function push(world: World): Promise<Told> {
  const { code, stdout, stderr } = await world.here(["wp", "push", "--all", "--json"]);
  const { missions: [{ work_packages }] } = JSON.parse(stdout);
  return {
    code,
    stderr,
    packages: work_packages.map((one: {
      readonly wp_id: string;
      readonly outcome: string;
      readonly changed: readonly string[];
      readonly reasons: readonly { readonly code: string }[];
    }) => [one.wp_id, one.outcome, ...one.changed, ...one.reasons.map(({ code }) => code)]),
  };
}

const step = (wp: string, to: string, minute: number) => ({
  wp,
  to,
  at: `2026-03-02T10:0${minute}:00Z`,
  id: `01JNA0000000000000000000${minute}A`,
});

/** Has the workflow of Jira ask for a resolution before anything is done. */
function demandResolution({ jira, web }: JiraWorld): () => void {
  const before = web.transitions;
  const done = jira.state.statuses.filter(({ category }) => category === "done")
    .map(({ id }) => id);
  web.transitions = before.map((one) =>
    done.includes(one.to) ? { ...one, demands: { resolution: "Resolution" } } : one
  );
  return () => void (web.transitions = before);
}

Deno.test("a status that Jira refuses is told by its ticket, the others follow, and each `wp push` tries it again", () =>
  withBoundJira(async (scene) => {
    const { world, jira } = scene;
    await writeMission(world.project, MISSION, { WP01: {}, WP02: {} });
    assert.deepEqual((await push(world)).packages, [["WP01", "created"], ["WP02", "created"]]);
    const allow = demandResolution(scene);
    await addSteps(world.project, MISSION, [step("WP01", "done", 1), step("WP02", "claimed", 2)]);
    const moves = () => jira.writes.filter((write) => write.startsWith("transition"));
    const before = moves().length;

    const refused = await push(world);

    assert.equal(refused.code, 1);
    assert.deepEqual(refused.packages, [
      ["WP01", "failed", "transition_needs_fields"],
      ["WP02", "updated", "status"],
    ]);
    assert.match(
      refused.stderr,
      /WP01 \(WEB-3\): The step "[^"]+" to "[^"]+" asks for "Resolution"/,
    );
    // The events of the same steps are no reason to try it once more.
    assert.equal((await world.here(["events", "flush"])).code, 0);
    assert.deepEqual((await push(world)).packages, [
      ["WP01", "failed", "transition_needs_fields"],
      ["WP02", "unchanged"],
    ]);
    assert.equal(moves().length, before + 1, "WP02 alone was moved, once");

    allow();
    assert.deepEqual((await push(world)).packages, [
      ["WP01", "updated", "status"],
      ["WP02", "unchanged"],
    ]);
    assert.deepEqual((await push(world)).packages, [["WP01", "unchanged"], ["WP02", "unchanged"]]);
    assert.equal(moves().length, before + 2);
  }));

Deno.test("a ticket that Jira does not let begin where its package is, is created once and follows when it may", () =>
  withBoundJira(async (scene) => {
    const { world, jira } = scene;
    const allow = demandResolution(scene);
    await writeMission(world.project, MISSION, { WP01: {} });
    await addSteps(world.project, MISSION, [step("WP01", "done", 1)]);
    const count = jira.state.issues.size;

    const first = await ends(world, 0, ["wp", "push", "--all"]);
    assert.match(first.stdout, /WP01 +WEB-3 +created$/m, "not that it is done");
    assert.match(first.stderr, /WP01 \(WEB-3\): The provider did not take the status "done"/);
    const second = await push(world);
    assert.equal(second.code, 1);
    assert.deepEqual(second.packages, [["WP01", "failed", "transition_needs_fields"]]);
    allow();
    assert.deepEqual((await push(world)).packages, [["WP01", "updated", "status"]]);
    assert.equal(jira.state.issues.size, count + 1);
  }));
