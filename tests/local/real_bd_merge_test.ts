import assert from "node:assert/strict";
import { realBd } from "./real_bd.ts";

const CHILD = new URL("./sync_child.ts", import.meta.url);

realBd(
  "what real bd makes of an issue that was made here survives the next run",
  async ({ service, bd, shown, at }) => {
    const { issue } = await service.issueCreate({ title: "Made here" });
    await service.run();
    const { ref: { id } } = (await service.issueShow(issue.ref.id)).issue;
    assert.equal((await service.status()).counts.pending, 0);
    bd("close", id, "-r", "Done");
    bd("update", id, "--title=Renamed", "-p", "0");
    at(60_000);
    const run = await service.run();
    assert.deepEqual([run.pull.conflicts, run.push.updated, run.push.failures], [0, 0, []]);
    const { status, title, priority } = shown(id);
    assert.deepEqual([status, title, priority], ["closed", "Renamed", 0]);
    assert.deepEqual((await service.issueShow(id)).issue.status, "done");
  },
  { bind: { doctrineMode: "external_authoritative" } },
);

realBd("labels and links of both sides are all there in real bd", async (project) => {
  const { service, bd, made, shown, at } = project;
  const id = made("--title=Labelled", "-l", "old,stale");
  const [blocker, other] = [made("--title=Blocker"), made("--title=Other")];
  await service.pull();
  bd("update", id, "--add-label", "theirs", "--remove-label", "stale");
  bd("dep", "add", id, other, "-t", "related");
  at(60_000);
  await service.issueEdit(id, {
    labels: ["old", "stale", "ours"],
    links: [{ type: "blocked_by", id: blocker }],
  });
  const run = await service.run();
  assert.deepEqual([run.pull.conflicts, run.push.conflicts, run.push.failures], [0, 0, []]);
  assert.deepEqual(shown(id)["labels"], ["old", "ours", "theirs"]);
  const { issue } = await service.issueShow(id);
  assert.deepEqual(issue.labels.toSorted(), ["old", "ours", "theirs"]);
  assert.deepEqual(
    issue.links.map(({ type, ref }) => [type, ref.id]).toSorted(),
    [["blocked_by", blocker], ["relates_to", other]].toSorted(),
  );
});

realBd("an older title does not go over the newer one of real bd", async (project) => {
  const { service, bd, made, shown, at } = project;
  const id = made("--title=Before");
  at(-10_000);
  await service.pull();
  at(-3_000);
  await service.issueEdit(id, { title: "Ours" });
  bd("update", id, "--title=Theirs");
  at(3_000);
  await service.issueEdit(id, { labels: ["ours"] });
  at(6_000);
  const run = await service.run();
  assert.equal(run.push.held, 1);
  assert.deepEqual([shown(id)["title"], shown(id)["labels"]], ["Theirs", ["ours"]]);
  assert.equal((await service.issueShow(id)).issue.title, "Ours");
  const [held] = await service.conflicts();
  await service.resolveConflict({ id: held?.id ?? 0, take: "theirs" });
  assert.equal((await service.run()).push.held, 0);
  assert.equal((await service.issueShow(id)).issue.title, "Theirs");
});

realBd("a title edited here after the last change in real bd goes there", async (project) => {
  const { service, bd, made, shown, at } = project;
  const id = made("--title=Before");
  await service.pull();
  bd("update", id, "--title=Theirs");
  at(5_000);
  await service.issueEdit(id, { title: "Ours" });
  const run = await service.run();
  assert.deepEqual([run.push.held, run.pull.conflicts], [0, 1]);
  assert.equal(shown(id)["title"], "Ours");
});

realBd("a change that real bd refuses is told once and waits", async (project) => {
  const { service, bd, made, shown, at } = project;
  const [id, blocker] = [made("--title=Blocked"), made("--title=Blocker")];
  bd("dep", "add", id, blocker);
  await service.pull();
  at(5_000);
  await service.issueEdit(id, { status: "done" });
  const first = await service.run();
  assert.deepEqual(first.push.failures.map((failure) => [failure.id, failure.fields]), [
    [id, ["status"]],
  ]);
  const { issue, refused } = await service.issueShow(id);
  assert.deepEqual([issue.status, refused[0]?.wanted], ["todo", "done"]);
  const later = await service.run();
  assert.deepEqual([later.push.failures, later.push.refused], [[], 1]);
  bd("close", blocker, "-r", "Done");
  assert.deepEqual((await service.run({ retry: true })).push.failures, []);
  assert.equal(shown(id)["status"], "closed");
});

realBd(
  "a write to real bd whose push was killed is not read back as a conflict",
  async (project) => {
    const { service, made, shown, at, platform, bind, cwd, command } = project;
    const id = made("--title=Before");
    // Kills the sync as soon as `bd` has written.
    const killer = `${platform.home}/bd-that-kills`;
    await Deno.writeTextFile(
      killer,
      `#!/bin/sh\n"${command}" "$@"\ncode=$?\n[ "$1" = update ] && kill -9 $PPID\nexit $code\n`,
      { mode: 0o755 },
    );
    await service.pull();
    await service.issueEdit(id, { title: "First" });
    await bind({ credentials: { command: killer, cwd } });
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--quiet", CHILD.pathname, platform.home, "push"],
      stdout: "null",
      stderr: "null",
    }).output();
    assert.ok(!success);
    assert.equal(shown(id)["title"], "First", "the write has arrived");
    await bind();
    at(0);
    await service.issueEdit(id, { title: "Second" });
    const run = await service.run();
    assert.deepEqual([run.pull.conflicts, run.push.conflicts, run.push.held], [0, 0, 0]);
    assert.equal(shown(id)["title"], "Second");
  },
);
