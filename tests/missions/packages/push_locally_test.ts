import assert from "node:assert/strict";
import { LocalTrackerService } from "../../../src/local/service.ts";
import { type LocalProject, withProject } from "../../local/local_project.ts";
import { bdIssue } from "../../support/issues.ts";
import { addSteps, outcomes, pushLocally, writeMission } from "./push_scene.ts";

const MISSION = "001-search";

const push = ({ platform, root, service }: LocalProject, choice = {}) =>
  pushLocally(platform, root, service, choice);

async function scene(
  { root, bind }: LocalProject,
  meta: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await writeMission(root, MISSION, {
    WP01: { title: "Index words" },
    WP02: { title: "Ask the index", dependencies: ["WP01"] },
  }, meta);
  await bind();
}

/** The issue of a package as the tool has it. */
function issueOf({ tool }: LocalProject, wpId: string): Record<string, unknown> {
  const found = tool.issues().filter((issue) =>
    issue["external_ref"] === `tracker:${MISSION}/${wpId}`
  );
  assert.equal(found.length, 1, `issues of ${wpId}`);
  return found[0] ?? {};
}

const writes = ({ tool }: LocalProject) =>
  tool.calls().filter(([verb]) => !["list", "show", "context", "where"].includes(verb ?? ""));

Deno.test("A package without a ticket gets one, with objective, file and mission", () =>
  withProject("bd", async (project) => {
    await scene(project);

    const report = await push(project);

    assert.deepEqual(outcomes(report), [["WP01", "created"], ["WP02", "created"]]);
    const issue = issueOf(project, "WP01");
    assert.equal(issue["title"], "WP01 Index words");
    assert.equal(
      issue["description"],
      "What WP01 is for.\n\n---\n\nWork package of the mission `001-search`: " +
        "`kitty-specs/001-search/tasks/WP01-part.md`",
    );
  }));

Deno.test("A ticket is blocked by the tickets of what its package depends on", () =>
  withProject("bd", async (project) => {
    await scene(project);

    await push(project);

    const [blocker, blocked] = [issueOf(project, "WP01"), issueOf(project, "WP02")];
    const { issue } = await project.service.issueShow(String(blocked["id"]));
    assert.deepEqual(
      issue.links.map(({ type, ref }) => [type, ref.id]),
      [["blocked_by", blocker["id"]]],
    );
  }));

Deno.test("A second push of the same packages writes nothing", () =>
  withProject("bd", async (project) => {
    await scene(project);
    await push(project);
    const before = writes(project).length;

    const report = await push(project);

    assert.deepEqual(outcomes(report), [["WP01", "unchanged"], ["WP02", "unchanged"]]);
    assert.equal(writes(project).length, before);
  }));

Deno.test("Tickets follow their lanes", () =>
  withProject("bd", async (project) => {
    await scene(project);
    await push(project);
    await addSteps(project.root, MISSION, [
      { wp: "WP01", to: "in_progress", at: "2026-03-02T10:00:00Z", id: "01A" },
    ]);

    const report = await push(project);

    assert.deepEqual(outcomes(report), [["WP01", "updated", "status"], ["WP02", "unchanged"]]);
    assert.equal(issueOf(project, "WP01")["status"], "in_progress");
  }));

Deno.test("A ticket that people moved is moved back to its lane", () =>
  withProject("bd", async (project) => {
    await scene(project);
    await push(project);
    project.tool.change(String(issueOf(project, "WP01")["id"]), {
      status: "blocked",
      updated_at: new Date(project.platform.clock.now()).toISOString(),
    });

    const report = await push(project);

    assert.deepEqual(outcomes(report)[0], ["WP01", "updated", "status"]);
    assert.equal(issueOf(project, "WP01")["status"], "open");
  }));

Deno.test("What people wrote into a ticket stays after every push", () =>
  withProject("bd", async (project) => {
    await scene(project);
    await push(project);
    const theirs = { title: "Theirs", description: "Their words", assignee: "ann", labels: ["x"] };
    const { id } = issueOf(project, "WP01");
    project.tool.change(String(id), {
      ...theirs,
      updated_at: new Date(project.platform.clock.now()).toISOString(),
    });
    await addSteps(project.root, MISSION, [
      { wp: "WP01", to: "in_progress", at: "2026-03-02T10:00:00Z", id: "01A" },
    ]);

    await push(project);
    await push(project);

    const { title, description, assignee, labels, status } = issueOf(project, "WP01");
    assert.deepEqual({ title, description, assignee, labels }, theirs);
    assert.equal(status, "in_progress");
  }));

Deno.test("A review, for which bd has no word, is work in progress there", () =>
  withProject("bd", async (project) => {
    await scene(project);
    await addSteps(project.root, MISSION, [
      { wp: "WP01", to: "for_review", at: "2026-03-02T10:00:00Z", id: "01A" },
    ]);

    await push(project);

    assert.equal(issueOf(project, "WP01")["status"], "in_progress");
  }));

Deno.test("A package in a lane that is not known is told and gets no ticket", () =>
  withProject("bd", async (project) => {
    await scene(project);
    await addSteps(project.root, MISSION, [
      { wp: "WP01", to: "on_the_moon", at: "2026-03-02T10:00:00Z", id: "01A" },
    ]);

    const report = await push(project);

    assert.deepEqual(outcomes(report), [["WP01", "skipped", "lane_unknown"], ["WP02", "created"]]);
    assert.equal(project.tool.issues().length, 1);
  }));

Deno.test("A package of which the front matter is damaged leaves its ticket as it is", () =>
  withProject("bd", async (project) => {
    await scene(project);
    const file = `${project.root}/kitty-specs/${MISSION}/tasks/WP02-part.md`;
    const whole = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, whole.replace("---\n", "---\nlane: in_progress\n"));
    await push(project);
    const before = issueOf(project, "WP02");
    assert.equal(before["status"], "in_progress");
    await Deno.writeTextFile(
      file,
      whole.replace("---\n", "---\n<<<<<<< HEAD\nlane: in_progress\n"),
    );

    const report = await push(project);

    assert.deepEqual(outcomes(report), [["WP01", "unchanged"], [
      "WP02",
      "skipped",
      "work_package_damaged",
    ]]);
    assert.deepEqual(issueOf(project, "WP02"), before);
  }));

Deno.test("A package that is done closes its ticket, though what it depends on is open", () =>
  withProject("bd", async (project) => {
    await scene(project);
    await push(project);
    await addSteps(project.root, MISSION, [
      { wp: "WP02", to: "done", at: "2026-03-02T10:00:00Z", id: "01A" },
    ]);

    assert.deepEqual(outcomes(await push(project)), [["WP01", "unchanged"], [
      "WP02",
      "updated",
      "status",
    ]]);
    assert.equal(issueOf(project, "WP02")["status"], "closed");
  }));

Deno.test("A step that is older than one pushed before moves no ticket back", () =>
  withProject("bd", async (project) => {
    await scene(project);
    const log = `${project.root}/kitty-specs/${MISSION}/status.events.jsonl`;
    await addSteps(project.root, MISSION, [
      { wp: "WP01", to: "in_progress", at: "2026-03-02T10:00:00Z", id: "01A" },
    ]);
    const older = await Deno.readTextFile(log);
    await addSteps(project.root, MISSION, [
      { wp: "WP01", to: "blocked", at: "2026-03-02T10:00:00.000001Z", id: "01B" },
    ]);
    await push(project);
    // As after a checkout of another branch.
    await Deno.writeTextFile(log, older);

    const report = await push(project);

    assert.deepEqual(outcomes(report)[0], ["WP01", "skipped", "newer_step_known"]);
    assert.equal(issueOf(project, "WP01")["status"], "blocked");
  }));

Deno.test("Another clone finds the tickets by their external references", () =>
  withProject("bd", async (project) => {
    await scene(project);
    await push(project);
    const clone = `${project.platform.home}/clone`;
    await Deno.mkdir(`${clone}/.kittify`, { recursive: true });
    await writeMission(clone, MISSION, { WP01: {}, WP02: { dependencies: ["WP01"] } });
    const service = new LocalTrackerService({ platform: project.platform, root: clone });
    await service.bind({
      provider: "beads",
      workspace: "main",
      credentials: { command: project.tool.command, cwd: project.tool.cwd },
    });

    const report = await pushLocally(project.platform, clone, service);

    assert.deepEqual(outcomes(report), [["WP01", "unchanged"], ["WP02", "unchanged"]]);
    assert.equal(project.tool.issues().length, 2);
  }));

Deno.test("A dry run tells what would be done and changes nothing", () =>
  withProject("bd", async (project) => {
    await scene(project);

    const report = await push(project, { dryRun: true });

    assert.deepEqual(outcomes(report), [["WP01", "created"], ["WP02", "created"]]);
    assert.deepEqual(writes(project), []);
    assert.deepEqual(await project.service.issueList(), []);
  }));

Deno.test("A listing that is cut off creates no ticket, and says so", () =>
  withProject("bd", async (project) => {
    await scene(project);
    project.tool.behave({
      now: project.platform.clock.now(),
      answer: '{"truncated": true, "issues": []}',
    });

    const report = await push(project);

    assert.deepEqual(outcomes(report), [
      ["WP01", "failed", "listing_cut_off"],
      ["WP02", "failed", "listing_cut_off"],
    ]);
    assert.deepEqual(project.tool.issues(), []);
  }));

Deno.test("fp gets tickets too, and its parent is written at creation alone", () =>
  withProject("fp", async (project) => {
    await scene(project);

    const first = await push(project);
    await addSteps(project.root, MISSION, [
      { wp: "WP01", to: "done", at: "2026-03-02T10:00:00Z", id: "01A" },
    ]);
    const second = await push(project);

    assert.deepEqual(outcomes(first), [["WP01", "created"], ["WP02", "created"]]);
    assert.deepEqual(outcomes(second), [["WP01", "updated", "status"], ["WP02", "unchanged"]]);
  }));

Deno.test("A package that was mapped by hand follows its lane without a new ticket", () =>
  withProject("bd", async (project) => {
    project.tool.setIssues([bdIssue("bd-7")]);
    await scene(project);
    await project.service.pull();
    await project.service.mapAdd({ wpId: "WP01", externalId: "bd-7" });
    await addSteps(project.root, MISSION, [
      { wp: "WP01", to: "doing", at: "2026-03-02T10:00:00Z", id: "01A" },
    ]);

    const report = await push(project, { only: ["WP01"] });

    assert.deepEqual(outcomes(report), [["WP01", "updated", "status"]]);
    assert.deepEqual(project.tool.issues().map(({ id, status }) => [id, status]), [
      ["bd-7", "in_progress"],
    ]);
  }));
Deno.test("The ticket of the mission is the parent", () =>
  withProject("bd", async (project) => {
    project.tool.setIssues([bdIssue("bd-7", { title: "The whole" })]);
    await scene(project, {
      origin_ticket: {
        provider: "beads",
        resource_type: "beads_workspace",
        resource_id: "main",
        external_issue_id: "bd-7",
        external_issue_key: "bd-7",
        external_issue_url: "bd-7",
        title: "The whole",
      },
    });

    const report = await push(project);

    assert.deepEqual(report.notes, []);
    const { issue } = await project.service.issueShow(String(issueOf(project, "WP01")["id"]));
    assert.equal(issue.parent_ref?.id, "bd-7");
  }));
