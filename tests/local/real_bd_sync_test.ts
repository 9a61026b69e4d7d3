import assert from "node:assert/strict";
import { type RealBd, realBd, seeded } from "./real_bd.ts";
import { syncOnce } from "./killed_sync.ts";

/** A sync that must not fail; answers what it changed on either side. */
async function synced({ service }: RealBd): Promise<{ pulled: number; pushed: number }> {
  const { pull, push } = await service.run();
  assert.deepEqual([...pull.failures, ...push.failures], []);
  return {
    pulled: pull.created + pull.updated + pull.removed,
    pushed: push.created + push.updated,
  };
}

realBd("the real bd: a workspace without issues is synced without a failure", async (project) => {
  assert.deepEqual(await synced(project), { pulled: 0, pushed: 0 });
});

realBd(
  "the real bd: what is created here and changed there stays as it was changed",
  async (project) => {
    const { service, bd, shown } = project;
    await service.issueCreate({ title: "Made here" });
    await synced(project);
    const [{ ref: { id } } = { ref: { id: "" } }] = await service.issueList();
    bd("update", id, "--title", "Renamed there", "--priority", "0");
    bd("close", id, "-r", "Done there");
    await synced(project);
    assert.deepEqual(await synced(project), { pulled: 0, pushed: 0 }, "nothing swings");
    const { issue } = await service.issueShow(id);
    assert.deepEqual([issue.title, issue.status, issue.priority], ["Renamed there", "done", 1]);
    const { title, status, priority } = shown(id);
    assert.deepEqual([title, status, priority], ["Renamed there", "closed", 0]);
  },
);

realBd("the real bd: what is deleted there goes, and an edit of it is told", async (project) => {
  const { service, bd, seed, titles } = project;
  seed(seeded("real-1"), seeded("real-2"), seeded("real-3"));
  await synced(project);
  await service.issueEdit("real-2", { title: "Edited here" });
  bd("delete", "real-1", "real-2", "--force");
  const { pull, push } = await service.run();
  assert.equal(pull.removed, 1);
  assert.deepEqual(pull.failures.map(({ id, code }) => [id, code]), [["real-2", "issue_gone"]]);
  assert.deepEqual([push.created, push.updated], [0, 0]);
  assert.deepEqual(titles(), ["Issue real-3"]);
});

realBd("the real bd: epics, parents and links go both ways", async (project) => {
  const { service, bd, shown, seed } = project;
  seed(seeded("real-1"), seeded("real-2"));
  await synced(project);
  const { issue: epic } = await service.issueCreate({ title: "Epic", issueType: "epic" });
  await service.issueCreate({
    title: "Part",
    parent: epic.ref.id,
    links: [{ type: "blocked_by", id: "real-1" }],
  });
  await synced(project);
  const epicId = (await service.issueShow(epic.ref.id)).issue.ref.id;
  const part = (await service.issueList()).find(({ title }) => title === "Part");
  const partId = part?.ref.id ?? "";
  assert.equal(shown(epicId)["issue_type"], "epic");
  assert.equal(shown(partId)["parent"], epicId);

  // A link more and a parent there, a link less here.
  bd("dep", "add", "real-1", "real-2", "-t", "related");
  bd("update", "real-2", "--parent", epicId);
  await service.issueEdit(partId, { links: [] });
  await synced(project);
  const linked = async (id: string) => {
    const { links, parent_ref } = (await service.issueShow(id)).issue;
    return [parent_ref?.id ?? null, links.map(({ type, ref }) => `${type} ${ref.id}`)];
  };
  assert.deepEqual(await linked("real-1"), [null, ["relates_to real-2"]]);
  assert.deepEqual(await linked("real-2"), [epicId, []]);
  assert.deepEqual(await linked(partId), [epicId, []]);

  // And the other way round.
  bd("dep", "remove", "real-1", "real-2");
  await service.issueEdit("real-2", { parent: null, links: [{ type: "blocked_by", id: partId }] });
  await synced(project);
  assert.deepEqual(await linked("real-1"), [null, []]);
  assert.deepEqual(await linked("real-2"), [null, [`blocked_by ${partId}`]]);
  assert.equal(shown("real-2")["parent"], undefined);
  assert.deepEqual(await synced(project), { pulled: 0, pushed: 0 });
});

realBd("the real bd: comments and notes survive an edit made here", async (project) => {
  const { service, bd, shown, seed } = project;
  seed(seeded("real-1", { notes: "A note", design: "A design", acceptance_criteria: "Works" }));
  bd("comment", "real-1", "A comment");
  await synced(project);
  await service.issueEdit("real-1", { title: "Edited", body: "Text", status: "in_progress" });
  await synced(project);
  const { title, notes, design, acceptance_criteria, comments } = shown("real-1");
  assert.deepEqual([title, notes, design, acceptance_criteria], [
    ...["Edited", "A note", "A design", "Works"],
  ]);
  assert.match(JSON.stringify(comments), /"text": ?"A comment"/);
});

realBd(
  "the real bd: statuses and types of its own are kept by an edit of something else",
  async (project) => {
    const { service, bd, shown, seed } = project;
    bd("config", "set", "status.custom", "qa:wip");
    bd("config", "set", "types.custom", "incident");
    seed(
      seeded("real-1", { status: "qa", issue_type: "incident" }),
      seeded("real-2", { status: "deferred", issue_type: "spike" }),
    );
    await synced(project);
    const { issue } = await service.issueShow("real-1");
    assert.deepEqual([issue.status, issue.issue_type], ["in_review", "bug"]);
    for (const id of ["real-1", "real-2"]) await service.issueEdit(id, { title: `Edited ${id}` });
    await synced(project);
    assert.deepEqual(
      ["real-1", "real-2"].map((
        id,
      ) => [shown(id)["title"], shown(id)["status"], shown(id)["issue_type"]]),
      [["Edited real-1", "qa", "incident"], ["Edited real-2", "deferred", "spike"]],
    );
  },
);

realBd("the real bd: hostile titles and bodies arrive as they were written", async (project) => {
  const { service, titles } = project;
  const hostile = [
    "--force",
    "-",
    "$(touch /tmp/x) `id` ; rm -rf ~",
    "a \"quoted\" 'title' \\ with\ttabs",
    "ünïcödé 🧑‍🤝‍🧑 ‮right to left",
    "x".repeat(400),
  ];
  for (const title of hostile) await service.issueCreate({ title, body: `${title}\n\n--body` });
  await synced(project);
  assert.deepEqual(titles(), hostile.toSorted());
  assert.deepEqual(
    (await service.issueList()).map(({ title }) => title).sort(),
    hostile.toSorted(),
  );
  assert.deepEqual(await synced(project), { pulled: 0, pushed: 0 });
});

realBd("the real bd: its envelope is read like its plain answers", async (project) => {
  const { service, shown, seed } = project;
  seed(seeded("real-1"), seeded("real-2"));
  await synced(project);
  await service.issueEdit("real-1", { title: "Edited", status: "done", labels: ["a"] });
  await service.issueCreate({ title: "Made here", parent: "real-2" });
  assert.deepEqual(await synced(project), { pulled: 0, pushed: 2 });
  const { title, status, labels } = shown("real-1");
  assert.deepEqual([title, status, labels], ["Edited", "closed", ["a"]]);
  await service.issueEdit("real-2", { status: "done" });
  const refused = await service.push();
  assert.match(refused.failures[0]?.message ?? "", /exit code 1: .*(open child|children)/);
}, { environment: { BD_JSON_ENVELOPE: "1" } });

realBd("the real bd: ids that were renamed take the place of the old ones", async (project) => {
  const { service, bd, seed, titles } = project;
  seed(seeded("real-1"), seeded("real-2", { created_at: "2026-01-02T10:00:00Z" }));
  await synced(project);
  bd("rename-prefix", "new-");
  await synced(project);
  assert.deepEqual(titles().length, 2, "nothing is made again");
  const ids = (await service.issueList()).map(({ ref }) => ref.id);
  assert.equal(ids.length, 2);
  assert.ok(ids.every((id) => id.startsWith("new-")), ids.join(" "));
  assert.deepEqual(await synced(project), { pulled: 0, pushed: 0 });
});

realBd(
  "the real bd: a sync that is killed and run again loses and doubles nothing",
  async (project) => {
    const { service, bd, shown, seed, titles, platform } = project;
    seed(seeded("real-1"), seeded("real-2"), seeded("real-3"));
    await synced(project);
    await service.issueEdit("real-1", { title: "Ours", status: "done", labels: ["ours"] });
    await service.issueEdit("real-2", { body: "Ours", assignees: ["ann"] });
    const { issue } = await service.issueCreate({ title: "Parent", status: "in_progress" });
    await service.issueCreate({ title: "Child", parent: issue.ref.id, labels: ["c"] });
    bd("update", "real-3", "--title", "Theirs");
    for (const ms of [600, 1_200, 2_000, 3_000]) await syncOnce(platform.home, ms);
    await syncOnce(platform.home, null);

    assert.deepEqual(titles(), ["Child", "Issue real-2", "Ours", "Parent", "Theirs"]);
    assert.equal((await service.status()).counts.pending, 0);
    const { status, labels } = shown("real-1");
    assert.deepEqual([status, labels], ["closed", ["ours"]]);
    const { description, assignee } = shown("real-2");
    assert.deepEqual([description, assignee], ["Ours", "ann"]);
    const here = await service.issueList();
    assert.deepEqual(here.map(({ title }) => title).sort(), titles());
    const parent = here.find(({ title }) => title === "Parent");
    const child = here.find(({ title }) => title === "Child");
    assert.equal(child?.parent_ref?.id, parent?.ref.id);
    assert.deepEqual([parent?.status, child?.labels], ["in_progress", ["c"]]);
  },
  { bind: { strategy: "local_wins" } },
);
