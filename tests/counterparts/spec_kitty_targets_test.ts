/** The published spec-kitty plans on in a mission that was started from `main` on a branch of its own. */
import assert from "node:assert/strict";
import { readAllPackages } from "../../src/missions/packages/read_packages.ts";
import { create } from "../missions/mission_calls.ts";
import { inEachProject, ran } from "./spec_kitty_project.ts";

/** The requirement and the task, by the names that the other program wants. */
const REQUIREMENT = ["FR", "001"].join("-");
const TASK = ["T", "001"].join("");

const PACKAGE = `---
work_package_id: WP01
title: Form
dependencies: []
requirement_refs:
- ${REQUIREMENT}
subtasks:
- ${TASK}
owned_files:
- src/form.ts
execution_mode: code_change
authoritative_surface: src/
---
# WP01
`;

Deno.test("the published spec-kitty finalizes the tasks of a mission on a new branch, and commits all of them there", async () => {
  await inEachProject({}, async (specKitty, project) => {
    // Its own missions have branches `kitty/mission-…`, which are not for others.
    await ran(specKitty, project, "agent", "mission", "create", "theirs", "--json");
    await project.git("add", "-A");
    await project.git("commit", "--quiet", "--allow-empty", "-m", "Theirs");
    await project.git("branch", "--force", "main", "work");
    await project.git("switch", "--quiet", "main");
    const made = await create(project, "fix-login", { branch: true });
    const directory = `kitty-specs/${made.featureSlug}`;
    const spec = `# Spec\n## Functional Requirements\n- ${REQUIREMENT}: It works.\n`;
    await project.write(`${directory}/spec.md`, spec);
    await project.write(
      `${directory}/tasks.md`,
      `# Tasks\n## WP01: Form\n**Requirements**: ${REQUIREMENT}\n- [ ] T${"001"} do\n`,
    );
    await project.write(`${directory}/tasks/WP01-form.md`, PACKAGE);
    await project.write("src/form.ts", "");
    await project.git("add", "-A");
    await project.git("commit", "--quiet", "-m", "Tasks");
    const args = ["agent", "mission", "finalize-tasks", "--mission", made.featureSlug, "--json"];
    assert.notEqual(await ran(specKitty, project, ...args), null, specKitty);
    // It leaves a file there for each mission that it takes for one of an older version.
    const left = await project.names(".kittify");
    assert.deepEqual(left.filter((name) => name.startsWith("legacy-warning")), [], specKitty);
    const changed = await project.git("status", "--porcelain", "--", directory);
    assert.equal(changed, "", specKitty);
    assert.equal(await project.git("symbolic-ref", "--short", "HEAD"), made.targetBranch);
    assert.equal(await project.git("log", "-1", "--format=%s", "main"), "Theirs");
    const missions = await readAllPackages(project.platform, project.root);
    const packages = missions.find(({ mission }) => mission.featureSlug === made.featureSlug);
    assert.deepEqual(packages?.packages.map(({ wpId, lane }) => [wpId, lane]), [
      ["WP01", "planned"],
    ]);
  });
});
