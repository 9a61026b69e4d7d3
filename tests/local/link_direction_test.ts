import assert from "node:assert/strict";
import { tracker } from "../support/cli.ts";
import { withProject } from "./local_project.ts";
import { bdIssue } from "../support/issues.ts";

const LINKED = bdIssue("bd-2", {
  dependencies: [{ issue_id: "bd-2", depends_on_id: "bd-3", type: "blocks" }],
});

Deno.test("a link that beads keeps at the other issue is refused with the command that makes it", () =>
  withProject("bd", async ({ service, tool, bind, platform, root }) => {
    tool.setIssues([bdIssue("bd-1"), LINKED, bdIssue("bd-3")]);
    await bind();
    await service.pull();
    const edit = await tracker(
      ...[platform, "--repo", root, "issue", "edit", "bd-1", "--link", "blocks=bd-2"] as const,
    );
    assert.equal(edit.code, 1);
    const [, command] = /Run `tracker (.*)`\.\n$/.exec(edit.stderr) ?? [];
    assert.equal(command, "issue edit bd-2 --link blocked_by=bd-3 --link blocked_by=bd-1");
    assert.equal((await service.status()).counts.pending, 0, "nothing waits that cannot be pushed");

    const done = await tracker(platform, "--repo", root, ...(command ?? "").split(" "));
    assert.equal(done.code, 0, done.stderr);
    assert.deepEqual((await service.push()).failures, []);
    assert.deepEqual((await service.issueShow("bd-2")).issue.links.map(({ ref }) => ref.id), [
      "bd-1",
      "bd-3",
    ]);
  }));

Deno.test("an issue is not created with a link that beads keeps at the other issue", () =>
  withProject("bd", async ({ service, tool, bind }) => {
    tool.setIssues([bdIssue("bd-1")]);
    await bind();
    await service.pull();
    await assert.rejects(
      service.issueCreate({ title: "New", links: [{ type: "blocks", id: "bd-1" }] }),
      {
        code: "link_kept_elsewhere",
        nextAction:
          "Create it without the link, then run `tracker issue edit bd-1 --link blocked_by=KEY` " +
          "with its key.",
      },
    );
    assert.equal((await service.status()).counts.total, 1);
  }));

Deno.test("a link of fp that blocks is refused with the command that makes it", () =>
  withProject("fp", async ({ service, tool, bind }) => {
    tool.setIssues(["x-1", "x-2"].map((id) => ({
      ...{ id, shortId: id, title: id, status: "todo" },
      ...{ createdAt: "2026-02-01T10:00:00Z", updatedAt: "2026-02-01T10:00:00Z" },
    })));
    await bind();
    await service.pull();
    await assert.rejects(
      service.issueEdit("x-1", { links: [{ type: "blocks", id: "x-2" }] }),
      { nextAction: "Run `tracker issue edit x-2 --link blocked_by=x-1`." },
    );
  }));
