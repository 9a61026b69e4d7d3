import assert from "node:assert/strict";
import { type LocalProject, withProject } from "./local_project.ts";
import { bdIssue } from "../support/issues.ts";
import { syncOnce } from "./killed_sync.ts";

async function waiting({ service, tool, bind }: LocalProject): Promise<void> {
  tool.behave({ lockWaitMs: 10_000, now: Date.now() });
  tool.setIssues(["bd-1", "bd-2", "bd-3"].map((id) => bdIssue(id)));
  await bind({ strategy: "local_wins" });
  await service.pull();
  await service.issueEdit("bd-1", { title: "Ours", status: "done", labels: ["ours"] });
  await service.issueEdit("bd-2", { body: "Ours", assignees: ["ann"] });
  const { issue } = await service.issueCreate({ title: "Parent", status: "in_progress" });
  await service.issueCreate({ title: "Child", parent: issue.ref.id, labels: ["c"] });
  tool.change("bd-1", { title: "Theirs", updated_at: new Date().toISOString() });
  tool.setIssues([...tool.issues(), bdIssue("bd-9")]);
}

async function endState({ service, tool }: LocalProject) {
  const plain = (issue: Record<string, unknown>) => {
    const { updated_at: _, created_at: __, closed_at: ___, external_ref: ____, ...rest } = issue;
    return rest;
  };
  const list = await service.issueList();
  const { counts, conflicts } = await service.status();
  return {
    theirs: tool.issues().map(plain).sort((a, b) => String(a["id"]) < String(b["id"]) ? -1 : 1),
    ours: list.map(({ ref, title, status, labels, parent_ref }) => [
      ref.id,
      title,
      status,
      labels,
      parent_ref?.id,
    ]).sort(),
    pending: counts.pending,
    conflicts,
  };
}

async function endAfter(killAfterMs: readonly number[]) {
  let end: Awaited<ReturnType<typeof endState>> | null = null;
  let kills = 0;
  await withProject("bd", async (project) => {
    await waiting(project);
    for (const ms of killAfterMs) {
      if (await syncOnce(project.platform.home, ms)) kills++;
    }
    await syncOnce(project.platform.home, null);
    end = await endState(project);
  });
  return { end, kills };
}

Deno.test("a sync whose process is killed, again and again, ends as without the kills", async () => {
  const { end } = await endAfter([]);
  let kills = 0;
  for (const moments of [[120, 200, 280], [160, 240, 330], [180, 300, 420]]) {
    const killed = await endAfter(moments);
    assert.deepEqual(killed.end, end, `killed after ${moments.join(", ")} ms`);
    kills += killed.kills;
  }
  assert.ok(kills > 0);
});
