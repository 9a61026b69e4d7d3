/** A mission of this program's making is worked on, pushed, accepted and merged with the published spec-kitty 3.1. */
import assert from "node:assert/strict";
import { LocalTrackerService } from "../../src/local/service.ts";
import { create } from "../missions/mission_calls.ts";
import { type TestProject, withProject } from "../missions/support.ts";
import { installStandIn } from "../standins/stand_in.ts";
import { tracker } from "../support/cli.ts";
import { specKitties } from "../support/spec_kitty.ts";
import { answered, initialised, ran } from "./spec_kitty_project.ts";

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

/** What `accept` of spec-kitty holds against a mission. */
const REASONS = [
  "metadata_issues",
  "activity_issues",
  "unchecked_tasks",
  "needs_clarification",
  "missing_artifacts",
  "git_dirty",
  "path_violations",
] as const;

/** The subcommands of its `doctor`, each in the form that only looks. */
const LOOKS = [["command-files", "--json"], ["state-roots", "--json"], ["identity", "--json"], [
  "sparse-checkout",
]];

/** What spec-kitty says of a mission on its way, without the mission's name. */
interface Answers {
  /** Whether `accept` passes, and its reasons, at each call. */
  readonly verdicts: readonly unknown[];
  /** The lanes after the merge. */
  readonly merged: readonly string[];
}

Deno.test("spec-kitty 3.1 accepts and merges a mission made here exactly where it does one of its own, and pushes touch none of its files", async () => {
  let tried = 0;
  for (const specKitty of await specKitties()) {
    const answers = new Map<"ours" | "theirs", Answers>();
    await Promise.all(
      (["ours", "theirs"] as const).map((whose) =>
        withProject({ config: null }, async (project) => {
          if (!/\b3\.1\./.test(await ran(specKitty, project, "--version") ?? "")) return;
          if (!await initialised(specKitty, project)) return;
          answers.set(whose, await workOnAndMerge(specKitty, project, whose === "ours"));
        })
      ),
    );
    if (answers.size === 0) continue;
    tried++;
    assert.deepEqual(answers.get("ours"), answers.get("theirs"));
  }
  if (tried === 0) console.log("skipped: there is no spec-kitty 3.1");
});

/** Takes a mission from `create` to `merge`; pushes one of ours after each step, and leaves one of theirs alone. */
async function workOnAndMerge(
  specKitty: string,
  project: TestProject,
  isOurs: boolean,
): Promise<Answers> {
  const { platform, root } = project;
  const { command, cwd } = installStandIn(platform.home, "bd");
  await new LocalTrackerService({ platform, root }).bind({
    provider: "beads",
    workspace: "main",
    credentials: { command, cwd },
    doctrineMode: "split_ownership",
  });
  const committed = async (message: string) => {
    await project.git("add", "-A");
    await project.git("commit", "--quiet", "-m", message);
  };
  await committed("Bind");
  const targetBranch = await project.git("symbolic-ref", "--short", "HEAD");
  const mission = isOurs
    ? (await create(project, "login")).featureSlug
    : await createdByThem(specKitty, project, "login");
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
  const lanesOf = (found: readonly { readonly lane: string }[]) => found.map(({ lane }) => lane);
  // The rest of its answer tells the time since the last commit.
  const status = async () => {
    const { by_lane, work_packages } = JSON.parse(
      await kitty("agent", "tasks", "status", "--json"),
    );
    return { by_lane, lanes: lanesOf(work_packages) };
  };
  const health = () =>
    Promise.all(LOOKS.map(async (look) => {
      const said = await ran(specKitty, project, "doctor", ...look);
      assert.notEqual(said, null, look.join(" "));
      return said;
    }));
  /** Pushes, where that changes nothing that spec-kitty keeps or says, and the packages are in these lanes. */
  const pushed = async (lanes: readonly string[], looks: readonly (() => Promise<unknown>)[]) => {
    if (!isOurs) return;
    // One by one: looking may make files of its own for the first time, and `doctor` names these.
    const seen = async () => {
      const found: unknown[] = [];
      for (const look of looks) found.push(await look());
      return [...found, await hashes(root)];
    };
    const before = await seen();
    await ours("wp", "push", mission);
    assert.deepEqual(await seen(), before);
    assert.deepEqual(
      lanesOf((await ours("wp", "list", mission)).missions[0].work_packages),
      lanes,
    );
  };
  const verdict = async () => {
    const { success, stdout } = await answered(
      specKitty,
      project,
      ...["accept", "--mission", mission, "--mode", "checklist", "--json"],
    );
    const said = JSON.parse(stdout.replaceAll(mission, "MISSION"));
    return { success, reasons: REASONS.flatMap((name): string[] => said[name]) };
  };

  await project.write(
    `${directory}/spec.md`,
    `# Spec\n## Functional Requirements\n- ${REQUIREMENT}: It works.\n`,
  );
  const tasks = (box: string) =>
    `# Tasks\n${
      [1, 2].map((at) =>
        `## WP0${at}: Part\n**Requirements**: ${REQUIREMENT}\n- [${box}] T00${at} do\n`
      ).join("")
    }`;
  await project.write(`${directory}/tasks.md`, tasks(" "));
  for (const at of [1, 2]) {
    await project.write(`${directory}/tasks/WP0${at}-part.md`, packageText(at));
  }
  await committed("Tasks");
  await kitty("agent", "mission", "finalize-tasks", "--json");
  await pushed(["planned", "planned"], [status, health]);

  for (const at of [1, 2]) {
    const lanes = (lane: string) => at === 1 ? [lane, "planned"] : ["approved", lane];
    await kitty("implement", `WP0${at}`);
    await pushed(lanes("in_progress"), at === 1 ? [status] : []);
    const tree = ".worktrees/" + (await project.names(".worktrees")).sort().at(-1);
    await project.write(`${tree}/src/p${at}.ts`, `export const part = ${at};\n`);
    await project.git("-C", tree, "add", "-A");
    await project.git("-C", tree, "commit", "--quiet", "-m", `Part ${at}`);
    for (const lane of ["for_review", "approved"]) {
      const move = ["agent", "tasks", "move-task", `WP0${at}`, "--to", lane, "--agent", "claude"];
      await kitty(...move, "--force", "--note", "moved", "--json");
      await pushed(lanes(lane), at === 1 ? [status] : []);
    }
  }

  // It makes neither of these for its own missions: they are the user's part.
  const early = await verdict();
  assert.deepEqual(early, {
    success: false,
    reasons: [
      `Acceptance must run on mission branch kitty/mission-MISSION, not ${targetBranch}`,
      "Acceptance matrix (acceptance-matrix.json) is required for lane-based features but was not found",
      `- [ ] ${["T", "001"].join("")} do`,
      `- [ ] ${["T", "002"].join("")} do`,
      "plan.md",
      "?? .worktrees/",
    ],
  });
  await project.write(".gitignore", `${await project.read(".gitignore") ?? ""}.worktrees/\n`);
  await project.write(`${directory}/plan.md`, "# Plan\n");
  await project.write(`${directory}/tasks.md`, tasks("x"));
  await project.write(`${directory}/acceptance-matrix.json`, matrixOf(mission));
  await committed("Evidence");
  await project.git("switch", "--quiet", `kitty/mission-${mission}`);
  await project.git("merge", "--quiet", "-m", "Evidence", targetBranch);
  const ready = await verdict();
  assert.deepEqual(ready, { success: true, reasons: [] });
  await pushed(["approved", "approved"], [status, health, verdict]);
  const meta = async () => JSON.parse(await project.read(`${directory}/meta.json`) ?? "");
  // The merge gives the number.
  const { mission_number: _, ...identity } = await meta();
  await kitty("accept", "--mode", "local", "--json");
  // It writes the commit of the acceptance after that commit.
  await committed("Name the commit");
  await pushed(["approved", "approved"], [status]);

  await project.git("switch", "--quiet", targetBranch);
  await kitty("merge");
  assert.equal(await project.git("symbolic-ref", "--short", "HEAD"), targetBranch);
  for (const at of [1, 2]) {
    assert.equal(await project.read(`src/p${at}.ts`), `export const part = ${at};\n`);
  }
  const after = await meta();
  assert.equal(after.acceptance_mode, "local");
  assert.deepEqual({ ...after, ...identity }, after);
  // Before its merge commits the steps to done, it resets its files: what it says is the truth, for its own missions too.
  const { lanes: merged } = await status();
  assert.equal(merged.length, 2);
  await pushed(merged, [status]);
  if (isOurs) {
    const counts: Record<string, number> = {};
    for (const lane of merged) counts[lane] = (counts[lane] ?? 0) + 1;
    assert.deepEqual((await ours("status")).packages.lanes, counts);
  }
  return { verdicts: [early, ready], merged };
}

/** A mission that spec-kitty makes. */
async function createdByThem(
  specKitty: string,
  project: TestProject,
  name: string,
): Promise<string> {
  const said = await ran(specKitty, project, "agent", "mission", "create", name, "--json");
  const { mission_slug } = JSON.parse(said ?? "{}");
  assert.equal(typeof mission_slug, "string");
  return mission_slug;
}

/** The evidence that `accept` wants, in the form of its `specify_cli/acceptance_matrix.py`; it has no command for it. */
function matrixOf(mission: string): string {
  const criteria = [{
    criterion_id: "AC1",
    description: "It works.",
    proof_type: "automated_test",
    evidence: "src",
    pass_fail: "pass",
  }];
  return JSON.stringify({ mission_slug: mission, criteria, negative_invariants: [] }, null, 2);
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
