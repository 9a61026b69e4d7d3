import assert from "node:assert/strict";
import { type RealBd, realBd, seeded } from "./real_bd.ts";

const EDITS = 12;

/** Binds through a program that notes each start of `bd`; answers the verbs of the starts so far. */
async function countingStarts({ platform, command, cwd, bind }: RealBd): Promise<() => string[]> {
  const [path, log] = [`${platform.home}/bin/counting-bd`, `${platform.home}/starts`];
  const script = `#!/bin/sh\nprintf '%s\\n' "$1" >>"${log}"\nexec "${command}" "$@"\n`;
  Deno.writeTextFileSync(path, script, { mode: 0o755 });
  Deno.writeTextFileSync(log, "");
  await bind({ credentials: { command: path, cwd } });
  return () => Deno.readTextFileSync(log).split("\n").filter((line) => line !== "");
}

realBd("the real bd: many edits are pushed with one read before and one after", async (project) => {
  const { service, seed, titles } = project;
  const ids = Array.from({ length: EDITS }, (_, i) => `real-${i}`);
  seed(...ids.map((id) => seeded(id)));
  const starts = await countingStarts(project);
  await service.pull();
  for (const id of ids) await service.issueEdit(id, { title: `Ours ${id}`, labels: ["ours"] });
  const before = starts().length;
  const report = await service.push();
  assert.deepEqual([report.updated, report.failures], [EDITS, []]);
  assert.deepEqual(starts().slice(before), [
    "show",
    ...ids.map(() => "update"),
    "show",
  ]);
  assert.deepEqual(titles(), ids.map((id) => `Ours ${id}`).sort());
  const again = await service.run({ full: true });
  assert.deepEqual([again.pull.updated, again.push.updated], [0, 0], "nothing swings");
});

realBd(
  "the real bd: a status that changed after it was read is not written over",
  async (project) => {
    const { service, seed, bd, shown, platform, command, cwd, bind } = project;
    if (!/--if-status/.test(bd("update", "--help"))) return;
    seed(seeded("real-1"));
    // Somebody else gets in between right before the write.
    const path = `${platform.home}/bin/racing-bd`;
    Deno.writeTextFileSync(
      path,
      `#!/bin/sh
case "$*" in
  *--if-status=open*) "${command}" update real-1 --status deferred --notes Theirs >/dev/null ;;
esac
exec "${command}" "$@"
`,
      { mode: 0o755 },
    );
    await bind({ credentials: { command: path, cwd } });
    await service.pull();
    await service.issueEdit("real-1", { status: "in_progress" });
    const report = await service.push();
    assert.deepEqual([report.updated, report.failures, report.held], [1, [], 0]);
    const { status, notes } = shown("real-1");
    assert.deepEqual([status, notes], ["in_progress", "Theirs"]);
    const { issue } = await service.issueShow("real-1");
    assert.deepEqual(issue.custom_fields, { notes: "Theirs" }, "it was read and merged again");
  },
);

realBd("the real bd: its comments are counted and shown", async (project) => {
  const { service, seed, bd } = project;
  seed(seeded("real-1"));
  bd("comment", "real-1", "First\nline");
  bd("comment", "real-1", "Second");
  await service.pull();
  const { issue } = await service.issueShow("real-1");
  assert.equal(issue.provider_metadata["comment_count"], 2);
  const { comments, total } = await service.issueComments("real-1");
  assert.deepEqual([comments.map(({ text }) => text), total], [["First\nline", "Second"], 2]);
});

realBd("the real bd: a comment is written by us, whatever its text", async (project) => {
  const { service, seed, shown } = project;
  seed(seeded("real-1"));
  await service.pull();
  const longest = `${"€".repeat(65_535)}x`;
  for (const text of ["-n *First*\n\tline", longest]) {
    const { comment, state } = await service.issueComment("real-1", text);
    assert.deepEqual([comment.text, state], [text, "added"]);
  }
  const { comments } = shown("real-1");
  assert.ok(Array.isArray(comments));
  assert.deepEqual(comments.map(({ text }) => text), ["-n *First*\n\tline", longest]);
});
