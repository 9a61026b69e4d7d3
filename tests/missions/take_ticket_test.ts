import assert from "node:assert/strict";
import { blankIssue } from "../../src/contract/issue.ts";
import { takeTicket } from "../../src/missions/take_ticket.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { type LocalProject, withProject } from "../local/local_project.ts";
import { bdIssue } from "../support/issues.ts";

Deno.test("an edit that is refused is told with what to do about it", async () => {
  const issue = blankIssue(
    { system: "beads", workspace: "main", id: "bd-1" },
    "2026-03-01T10:00:00Z",
  );
  const refused = new TrackerError({
    code: "field_owned",
    message: "The tracker owns it",
    nextAction: "Bind otherwise.",
  });
  const taken = await takeTicket({
    issues: {
      issueShow: () =>
        Promise.resolve({
          issue,
          isNew: false,
          pending: [],
          conflicts: [],
          refused: [],
          unwritable: [],
        }),
      issueEdit: () => Promise.reject(refused),
    },
    push: () => Promise.reject(new Error("nothing is to be pushed")),
    id: "bd-1",
    names: ["Mei"],
  });
  const outcome = { kind: "failed", reason: "The tracker owns it. Bind otherwise" };
  assert.deepEqual(taken, { status: outcome, assignee: outcome });
});

/** A project whose binding leaves every field to the tool, as by default. */
function inOwnedProject(name: string, test: (project: LocalProject) => Promise<void>): void {
  Deno.test(name, () =>
    withProject("bd", async (project) => {
      await project.bind({ doctrineMode: "external_authoritative" });
      project.tool.setIssues([bdIssue("bd-1", { title: "Login times out" })]);
      await project.service.pull();
      await test(project);
    }));
}

function take(
  { service }: LocalProject,
  push: (id: string) => Promise<unknown> = (id) => service.push({ only: [id] }),
) {
  return takeTicket({ issues: service, push, id: "bd-1", names: ["Mei"] });
}

inOwnedProject(
  "a start takes a ticket of which the tool owns all fields, and other edits stay refused",
  async (project) => {
    assert.deepEqual(await take(project), {
      status: { kind: "done", value: "in_progress" },
      assignee: { kind: "done", value: "Mei" },
    });
    const [issue] = project.tool.issues();
    assert.equal(issue?.["status"], "in_progress");
    assert.equal(issue?.["assignee"], "Mei");
    const edit = project.service.issueEdit("bd-1", { title: "Mine", status: "done" });
    await assert.rejects(edit, { code: "field_owned_by_tracker" });
  },
);

inOwnedProject(
  "a move that could not be sent outlives a pull though the tool owns the field, and a push sends it",
  async (project) => {
    const refused = new TrackerError({ code: "tool_failed", message: "Not now" });
    const taken = await take(project, () => Promise.reject(refused));
    assert.deepEqual(taken.status, { kind: "waiting", value: "in_progress", reason: "Not now" });
    await project.service.pull({ full: true });
    await project.service.push();
    const [issue] = project.tool.issues();
    assert.equal(issue?.["status"], "in_progress");
    assert.equal(issue?.["assignee"], "Mei");
  },
);
