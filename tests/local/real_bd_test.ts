import assert from "node:assert/strict";
import { realBd } from "./real_bd.ts";

realBd("the real bd is synced both ways", async (project) => {
  const { service, bd, made, shown } = project;
  const first = made("--title=First", "-l", "x,y", "-p", "0", "--description=Text");
  const second = made("--title=Second", "-t", "feature");
  const third = made("--title=Third", "-t", "epic");
  const pulled = await service.pull();
  assert.deepEqual([pulled.created, pulled.failures], [3, []]);

  await service.issueEdit(first, {
    title: "--First of all",
    body: "Line\n'quoted' \u0007 end\n",
    priority: 4,
    assignees: ["ann"],
    labels: ["y", "z,w"],
    links: [{ type: "blocked_by", id: second }],
    issueType: "bug",
    parent: third,
  });
  const { issue: child } = await service.issueCreate({
    title: "Child",
    parent: first,
    status: "done",
    labels: [],
  });
  await service.issueEdit(second, { status: "in_progress", body: "New" });
  const run = await service.run();
  assert.deepEqual([...run.pull.failures, ...run.push.failures], []);
  assert.deepEqual([run.push.created, run.push.updated], [1, 2]);
  const held = shown(first);
  assert.deepEqual(
    [
      held["title"],
      held["description"],
      held["priority"],
      held["assignee"],
      held["labels"],
      held["issue_type"],
    ],
    ["--First of all", "Line\n'quoted' \u0007 end\n", 3, "ann", ["y", "z,w"], "bug"],
  );
  assert.equal((await service.issueShow(child.ref.id)).issue.status, "done");
  assert.equal((await service.status()).counts.pending, 0);

  const quiet = await service.run({ full: true });
  assert.deepEqual(
    [quiet.pull.created, quiet.pull.updated, quiet.push.created, quiet.push.updated],
    [0, 0, 0, 0],
  );
  // A blocker that is open keeps an issue from being closed, and nothing is forced. Newer versions do not
  // let one close what is assigned to another either, and say that first.
  await service.issueEdit(first, { status: "done" });
  const refused = await service.push();
  assert.match(refused.failures[0]?.message ?? "", /blocked by open issues|assignee is "ann"/);
  await service.issueEdit(first, {
    links: [],
    labels: [],
    assignees: [],
    body: null,
    parent: null,
  });
  const cleared = await service.push();
  assert.deepEqual(cleared.failures, []);
  const closed = shown(first);
  assert.deepEqual(
    [
      closed["status"],
      closed["labels"],
      closed["description"],
      closed["assignee"],
      closed["parent"],
    ],
    ["closed", undefined, undefined, undefined, undefined],
  );
  bd("reopen", first, "-r", "Again");
  bd("update", second, "--add-label", "late");
  assert.equal((await service.pull()).updated, 2);
  assert.equal((await service.issueShow(first)).issue.status, "todo");
  assert.deepEqual((await service.issueShow(second)).issue.labels, ["late"]);
});
