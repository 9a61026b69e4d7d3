/** A mission of this program's making is worked on, pushed and merged with the published spec-kitty 3.1. */
import assert from "node:assert/strict";
import { LocalTrackerService } from "../../src/local/service.ts";
import { create } from "../missions/mission_calls.ts";
import { type TestProject, withProject } from "../missions/support.ts";
import { installStandIn } from "../standins/stand_in.ts";
import { tracker } from "../support/cli.ts";
import { specKitties } from "../support/spec_kitty.ts";
import { initialised, ran } from "./spec_kitty_project.ts";

/** The requirement of the tasks, by the name that the other program wants. */
const REQUIREMENT = ["FR", "001"].join("-");

const packageText = (at: number) =>
  `---
work_package_id: WP0${at}
title: Part ${at}
dependencies: []
requirement_refs: [${REQUIREMENT}]
subtasks: [T00${at}]
owned_files: [src/p${at}.ts]
execution_mode: code_change
authoritative_surface: src/
---
# WP0${at}
`;

Deno.test("a mission made here goes through the lanes of spec-kitty 3.1 and is merged, and pushes touch none of its files", async () => {
  let tried = 0;
  for (const specKitty of await specKitties()) {
    await withProject({ config: null }, async (project) => {
      if (!/\b3\.1\./.test(await ran(specKitty, project, "--version") ?? "")) return;
      if (!await initialised(specKitty, project)) return;
      tried++;
      await workOnAndMerge(specKitty, project);
    });
  }
  if (tried === 0) console.log("skipped: there is no spec-kitty 3.1");
});

async function workOnAndMerge(specKitty: string, project: TestProject): Promise<void> {
  const { platform, root } = project;
  const { command, cwd } = installStandIn(platform.home, "bd");
  await new LocalTrackerService({ platform, root }).bind({
    provider: "beads",
    workspace: "main",
    credentials: { command, cwd },
    doctrineMode: "split_ownership",
  });
  await project.git("add", "-A");
  await project.git("commit", "--quiet", "-m", "Bind");
  const { featureSlug: mission, targetBranch } = await create(project, "login");
  const directory = `kitty-specs/${mission}`;
  const kitty = async (...args: string[]) => {
    const said = await ran(specKitty, project, ...args, "--mission", mission);
    assert.notEqual(said, null, args.join(" "));
    return said ?? "";
  };
  const ours = async (...args: string[]) => {
    const { code, stdout, stderr } = await tracker(platform, ...args, "--json", "--repo", root);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  };
  const pushed = async () => {
    const before = await hashes(root);
    await ours("wp", "push", mission);
    assert.deepEqual(await hashes(root), before);
    const [{ work_packages }] = (await ours("wp", "list", mission)).missions;
    return work_packages.map((one: { lane: string }) => one.lane);
  };

  await project.write(
    `${directory}/spec.md`,
    `# Spec\n## Functional Requirements\n- ${REQUIREMENT}: It works.\n`,
  );
  const task = (at: number) =>
    `## WP0${at}: Part\n**Requirements**: ${REQUIREMENT}\n- [ ] T00${at} do\n`;
  await project.write(`${directory}/tasks.md`, `# Tasks\n${task(1)}${task(2)}`);
  for (const at of [1, 2]) {
    await project.write(`${directory}/tasks/WP0${at}-part.md`, packageText(at));
  }
  await project.git("add", "-A");
  await project.git("commit", "--quiet", "-m", "Tasks");
  await kitty("agent", "mission", "finalize-tasks", "--json");
  assert.deepEqual(await pushed(), ["planned", "planned"]);

  for (const at of [1, 2]) {
    const lanes = (lane: string) => at === 1 ? [lane, "planned"] : ["approved", lane];
    await kitty("implement", `WP0${at}`);
    assert.deepEqual(await pushed(), lanes("in_progress"));
    const tree = ".worktrees/" + (await project.names(".worktrees")).sort().at(-1);
    await project.write(`${tree}/src/p${at}.ts`, `export const part = ${at};\n`);
    await project.git("-C", tree, "add", "-A");
    await project.git("-C", tree, "commit", "--quiet", "-m", `Part ${at}`);
    for (const lane of ["for_review", "approved"]) {
      const move = ["agent", "tasks", "move-task", `WP0${at}`, "--to", lane];
      await kitty(...move, "--force", "--note", "moved", "--json");
      assert.deepEqual(await pushed(), lanes(lane));
    }
  }

  await kitty("merge");
  assert.equal(await project.git("symbolic-ref", "--short", "HEAD"), targetBranch);
  for (const at of [1, 2]) {
    assert.equal(await project.read(`src/p${at}.ts`), `export const part = ${at};\n`);
  }
  // Before its merge commits the steps to done, it resets its files: what it says is the truth, for its own missions too.
  const status = JSON.parse(await kitty("agent", "tasks", "status", "--json"));
  const theirs = status.work_packages.map((one: { lane: string }) => one.lane);
  assert.equal(theirs.length, 2);
  assert.deepEqual(await pushed(), theirs);
}

/** The hash of each file that spec-kitty keeps in a project, by its path. */
async function hashes(root: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const walk = async (path: string): Promise<void> => {
    for await (const { name, isDirectory, isFile } of Deno.readDir(`${root}/${path}`)) {
      const inner = `${path}/${name}`;
      if (isDirectory) await walk(inner);
      if (!isFile) continue;
      const bytes = await Deno.readFile(`${root}/${inner}`);
      found.set(inner, new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex());
    }
  };
  await walk("kitty-specs");
  await walk(".kittify");
  return found;
}
