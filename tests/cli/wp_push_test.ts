import assert from "node:assert/strict";
import { type LocalProject, withProject } from "../local/local_project.ts";
import { addSteps, writeMission } from "../missions/packages/push_scene.ts";
import { tracker } from "../support/cli.ts";

const MISSION = "001-search";

const push = ({ platform, root }: LocalProject, ...args: string[]) =>
  tracker(platform, "wp", "push", ...args, "--repo", root);

Deno.test("`wp push` and `wp list` say the status of a ticket in words", () =>
  withProject("bd", async (project) => {
    const { root, platform, bind } = project;
    await writeMission(root, MISSION, { WP01: {}, WP02: {} });
    await bind();
    const move = (wp: string, to: string, at: string) =>
      addSteps(root, MISSION, [{ wp, to, at, id: `${at}${wp}` }]);
    await move("WP01", "doing", "2026-03-02T10:00:00Z");
    const created = await push(project);
    assert.equal(created.code, 0, created.stderr);
    assert.match(created.stdout, /WP01 .* created, in progress$/m);
    await move("WP02", "doing", "2026-03-02T11:00:00Z");
    assert.match((await push(project)).stdout, /WP02 .* todo → in progress$/m);
    const listed = await tracker(platform, "wp", "list", "--repo", root);
    assert.match(listed.stdout, /WP01 .* in progress$/m);
  }));

Deno.test("`wp push --wp` repeats an id that no package has as it was given", () =>
  withProject("bd", async (project) => {
    await writeMission(project.root, MISSION, { WP01: {} });
    await project.bind();
    const said = await push(project, "--wp", "wp01", "--wp", "wp9", "--wp", "Form", "--json");
    assert.equal(said.code, 1);
    const { error } = JSON.parse(said.stderr);
    assert.equal(error.code, "work_package_not_found");
    assert.equal(error.message, 'There is no work package "wp9", "Form" in what was chosen');
    assert.deepEqual(error.details, { missing: ["wp9", "Form"], known: ["WP01"] });
    assert.equal(error.next_action, "What was chosen has WP01: see `tracker wp list`.");
    assert.equal((await push(project, "--wp", "wp01")).code, 0);
  }));
