/** Work packages are in the lanes that the published spec-kitty says they are in. */
import assert from "node:assert/strict";
import { foldLanes, parseLaneLog } from "../../src/missions/packages/lane_log.ts";
import { readAllPackages } from "../../src/missions/packages/read_packages.ts";
import { step } from "../missions/packages/support.ts";
import { specKitties } from "../support/spec_kitty.ts";
import { tracker } from "../support/cli.ts";
import { inEachProject, ran } from "./spec_kitty_project.ts";

/** The requirement of the tasks, by the name that the other program wants. */
const REQUIREMENT = ["FR", "001"].join("-");

const subtask = (at: number) => `T00${at}`;

const TASKS = [
  "# Tasks",
  "## WP01: Form",
  `**Requirements**: ${REQUIREMENT}`,
  `- [ ] ${subtask(1)} do`,
  "## WP02: Mail",
  `**Requirements**: ${REQUIREMENT}`,
  "Depends on WP01",
  `- [ ] ${subtask(2)} do`,
  "",
].join("\n");

function packageText(at: number): string {
  return [
    "---",
    `work_package_id: WP0${at}`,
    `title: Part ${at}`,
    "dependencies: []",
    "requirement_refs:",
    `- ${REQUIREMENT}`,
    "subtasks:",
    `- ${subtask(at)}`,
    "owned_files:",
    `- src/p${at}.ts`,
    "execution_mode: code_change",
    "authoritative_surface: src/",
    "---",
    `# WP0${at}`,
    "",
  ].join("\n");
}

Deno.test("packages are in the lanes that the published spec-kitty moved them to, and reading them changes nothing", async () => {
  await inEachProject({}, async (specKitty, project) => {
    const { platform, root } = project;
    await ran(specKitty, project, "agent", "mission", "create", "login", "--json");
    const [made] = await readAllPackages(platform, root);
    assert.ok(made !== undefined && made.mission.fault === null, specKitty);
    const mission = made.mission.featureSlug;
    const directory = `kitty-specs/${mission}`;
    await project.write(
      `${directory}/spec.md`,
      `# Spec\n## Functional Requirements\n- ${REQUIREMENT}: It works.\n`,
    );
    await project.write(`${directory}/tasks.md`, TASKS);
    for (const at of [1, 2]) {
      await project.write(`${directory}/tasks/WP0${at}-part.md`, packageText(at));
      await project.write(`src/p${at}.ts`, "");
    }
    await project.git("add", "-A");
    await project.git("commit", "--quiet", "-m", "Tasks");
    const kitty = async (...args: string[]) => {
      const said = await ran(
        specKitty,
        project,
        "agent",
        ...args,
        "--mission",
        mission,
        "--json",
      );
      assert.notEqual(said, null, `${specKitty} ${args.join(" ")}`);
      return said ?? "";
    };
    await kitty("mission", "finalize-tasks");
    const moves = [["WP01", "claimed"], ["WP01", "in_progress"], ["WP02", "blocked"]] as const;
    for (const [wpId, lane] of [["", ""], ...moves]) {
      if (wpId !== "") {
        await kitty("tasks", "move-task", wpId, "--to", lane, "--force", "--note", "moved");
      }
      const status = JSON.parse(await kitty("tasks", "status"));
      const theirs = status.work_packages.map((one: { id: string; lane: string }) => [
        one.id,
        one.lane,
      ]);
      const before = await project.git("status", "--porcelain");
      const [read] = await readAllPackages(platform, root);
      const { code, stdout } = await tracker(platform, "wp", "list", "--json", "--repo", root);
      assert.deepEqual(await project.git("status", "--porcelain"), before);
      assert.ok(read !== undefined);
      assert.deepEqual([read.damagedLines, read.faults, code], [0, [], 0]);
      assert.deepEqual(read.packages.map(({ wpId, lane }) => [wpId, lane]), theirs, specKitty);
      const [{ work_packages }] = JSON.parse(stdout).missions;
      assert.deepEqual(
        work_packages.map((one: { wp_id: string; lane: string }) => [one.wp_id, one.lane]),
        theirs,
      );
    }
  });
});

/** Prints the lane of each package, as spec-kitty makes it from the log in a directory. */
const REDUCE = `
import json, sys
from pathlib import Path
from specify_cli.status.store import read_events
from specify_cli.status.reducer import reduce
found = reduce(read_events(Path(sys.argv[1]))).work_packages
print(json.dumps({name: state["lane"] for name, state in found.items()}))
`;

Deno.test("a long history ends in the lanes that the published spec-kitty makes of it", async () => {
  const found = await specKitties();
  if (found.length === 0) console.log("skipped: there is no spec-kitty");
  const lanes = ["planned", "claimed", "in_progress", "for_review", "approved", "done"] as const;
  const lines = Array.from({ length: 140 }, (_, at) => {
    // Forward, again and again, and back: each package ends elsewhere.
    const [from, to] = [lanes[at % 6] ?? "", lanes[(at * 5 + 1) % 6] ?? ""];
    const time = new Date(Date.parse("2026-03-01T10:00:00Z") + (at * 7919 % 140) * 60_000);
    return step(`WP0${at % 7 + 1}`, from, to, time.toISOString().replace("Z", "123+00:00"), {
      force: at % 3 === 0,
      reason: "again",
      event_id: `01KJ5Y4S8G${String(at).padStart(16, "0")}`,
    });
  });
  const directory = await Deno.makeTempDir({ prefix: "lane-log-" });
  try {
    await Deno.writeTextFile(`${directory}/status.events.jsonl`, `${lines.join("\n")}\n`);
    const ours = Object.fromEntries(foldLanes(parseLaneLog(lines.join("\n")).steps));
    for (const specKitty of found) {
      const { success, stdout } = await new Deno.Command(
        `${specKitty.replace(/[^/]+$/, "")}python`,
        { args: ["-c", REDUCE, directory], env: { HOME: directory }, stderr: "null" },
      ).output();
      if (!success) {
        console.log(`skipped: ${specKitty} has no such log`);
        continue;
      }
      assert.deepEqual(ours, JSON.parse(new TextDecoder().decode(stdout)), specKitty);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
