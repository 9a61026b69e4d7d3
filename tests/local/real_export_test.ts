import assert from "node:assert/strict";
import { withProject } from "./local_project.ts";

const EXPORT = new URL("../../../shared/data/beads-issues.jsonl", import.meta.url);

function readExport(): Record<string, unknown>[] | null {
  try {
    return Deno.readTextFileSync(EXPORT).split("\n").filter((line) => line.trim() !== "")
      .map((line) => JSON.parse(line));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

Deno.test("a real project of 704 issues goes through pull and push untouched", async () => {
  const issues = readExport();
  if (issues === null) {
    console.log("  skipped: the export of a real project is not on this machine");
    return;
  }
  await withProject("bd", async ({ service, tool, bind }) => {
    tool.setIssues(issues);
    await bind();
    const first = await service.pull();
    assert.deepEqual([first.created, first.failures], [704, []]);
    const second = await service.pull({ full: true });
    assert.deepEqual([second.created, second.updated, second.skipped], [0, 0, 704]);

    const words = new Map(issues.map((issue) => [
      `${issue["status"]} ${issue["issue_type"]} ${issue["priority"]}`,
      String(issue["id"]),
    ]));
    for (const id of words.values()) await service.issueEdit(id, { title: `${id} renamed` });
    const push = await service.push();
    assert.deepEqual([push.updated, push.failures, push.skippedFields], [words.size, [], []]);
    const held = new Map(tool.issues().map((issue) => [issue["id"], issue]));
    const renamed = new Set(words.values());
    for (const issue of issues) {
      const id = String(issue["id"]);
      const { updated_at: _, title, ...rest } = held.get(id) ?? {};
      const { updated_at: __, title: before, ...wanted } = issue;
      assert.deepEqual(rest, wanted, id);
      assert.equal(title, renamed.has(id) ? `${id} renamed` : before);
    }

    const [labelled] = issues;
    tool.change(String(labelled?.["id"]), { labels: ["found"] });
    const third = await service.pull();
    // What was just renamed comes back with a new time, and that alone.
    assert.ok(third.updated >= 1);
    const shown = await service.issueShow(String(labelled?.["id"]));
    assert.deepEqual(shown.issue.labels, ["found"]);
    assert.equal((await service.push()).updated, 0);
  });
});
