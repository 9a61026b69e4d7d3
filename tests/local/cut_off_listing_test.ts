import assert from "node:assert/strict";
import { tracker } from "../support/cli.ts";
import { type LocalProject, withProject } from "./local_project.ts";
import { bdIssue, fpIssue } from "../support/issues.ts";

const IDS = ["x-1", "x-2", "x-3"];

const TOOLS = [["bd", bdIssue], ["fp", fpIssue]] as const;

/** A project of which three issues have been pulled. */
async function pulled(project: LocalProject, issueOf: typeof bdIssue): Promise<void> {
  project.tool.setIssues(IDS.map((id) => issueOf(id)));
  await project.bind();
  assert.equal((await project.service.pull()).created, 3);
}

for (const [tool, issueOf] of TOOLS) {
  const one = JSON.stringify([issueOf("x-1")]);
  for (
    const [what, answer, reason] of [
      ["a total above what came", `{"issues": ${one}, "total": 3}`, /1 of 3 issues/],
      ["truncated", `{"truncated": true, "issues": ${one}}`, /"truncated"/],
      ["has_more", `{"issues": ${one}, "has_more": true}`, /"has_more"/],
      ["a next cursor", `{"items": ${one}, "next_cursor": "abc"}`, /"next_cursor"/],
      [
        "truncated pagination",
        `{"schema_version": 1, "data": ${one}, "pagination": {"returned": 1, "truncated": true}}`,
        /"truncated"/,
      ],
      [
        "truncated items inside data",
        `{"data": {"items": ${one}, "truncated": true}, "schema_version": 1}`,
        /"truncated"/,
      ],
      ["an error beside it", `{"issues": ${one}, "error": "disk full"}`, /disk full/],
      ["a total beside no list", `{"issues": null, "total": 3}`, /0 of 3 issues/],
    ] as const
  ) {
    Deno.test(`a list of ${tool} with ${what} is cut off and removes nothing`, () =>
      withProject(tool, async (project) => {
        const { service, tool: standIn } = project;
        await pulled(project, issueOf);
        const before = (await service.status()).updatedSince;
        standIn.behave({ answer });
        const report = await service.pull({ full: true });
        assert.equal(report.removed, 0);
        assert.deepEqual(report.failures.map(({ code }) => code), ["listing_cut_off"]);
        assert.match(report.failures[0]?.message ?? "", reason);
        const status = await service.status();
        assert.equal(status.counts.total, 3);
        assert.equal(status.updatedSince, before, "what was left out may have changed");
      }));
  }

  for (const answer of ["[]", "null", '{"issues": []}', '{"schema_version": 1, "data": []}']) {
    Deno.test(`${answer} of ${tool}, where there were issues, removes nothing and says so`, () =>
      withProject(tool, async (project) => {
        const { service, tool: standIn } = project;
        await pulled(project, issueOf);
        standIn.behave({ answer });
        const report = await service.pull({ full: true });
        assert.deepEqual([report.removed, report.failures.map(({ code }) => code)], [
          0,
          ["listing_empty"],
        ]);
        assert.equal((await service.status()).counts.total, 3);
      }));
  }

  Deno.test(`what was removed in ${tool} with all others goes once that has an issue again`, () =>
    withProject(tool, async (project) => {
      const { service, tool: standIn } = project;
      await pulled(project, issueOf);
      await service.issueEdit("x-2", { status: "in_progress" });
      standIn.setIssues([]);
      await service.run({ full: true });
      assert.equal((await service.status()).counts.total, 3);
      standIn.setIssues([issueOf("x-4")]);
      const { removed, failures } = await service.pull({ full: true });
      assert.deepEqual([removed, failures.map(({ code }) => code)], [2, []]);
      const left = await service.issueList();
      assert.deepEqual(left.map(({ ref }) => ref.id).sort(), ["x-2", "x-4"]);
      await service.issueDiscard("x-2");
      assert.deepEqual((await service.issueList()).map(({ ref }) => ref.id), ["x-4"]);
    }));

  for (
    const [what, answer] of [
      ["an error", '{"error": "cannot open the database"}'],
      ["a wrapped error", '{"schema_version": 1, "data": {"error": "cannot open the database"}}'],
      ["an error with a message", '{"error": {"message": "cannot open the database"}}'],
    ] as const
  ) {
    Deno.test(`${what} that ${tool} answers with success is a failure`, () =>
      withProject(tool, async (project) => {
        const { service, tool: standIn } = project;
        await pulled(project, issueOf);
        standIn.behave({ answer });
        await assert.rejects(service.pull({ full: true }), {
          code: "tool_failed",
          message: /answered with an error: cannot open the database$/,
        });
        assert.equal((await service.status()).counts.total, 3);
      }));
  }

  Deno.test(`a whole list of ${tool} with a total removes what it does not have`, () =>
    withProject(tool, async (project) => {
      const { service, tool: standIn } = project;
      await pulled(project, issueOf);
      standIn.behave({ answer: `{"issues": ${one}, "total": 1, "has_more": false}` });
      const report = await service.pull({ full: true });
      assert.deepEqual([report.removed, report.failures], [2, []]);
    }));

  Deno.test(`nothing is created in ${tool} twice because of a list that is cut off`, () =>
    withProject(tool, async (project) => {
      const { service, tool: standIn } = project;
      await pulled(project, issueOf);
      await service.issueCreate({ title: "New" });
      standIn.behave({ answer: `{"issues": ${one}, "total": 4}` });
      const report = await service.push();
      assert.deepEqual(report.failures.map(({ code }) => code), ["listing_cut_off"]);
      assert.equal(standIn.calls().some((call) => call.includes("create")), false);
    }));
}

Deno.test("a list that is cut off is told in words, with exit code 1", () =>
  withProject("bd", async (project) => {
    const { platform, root, tool } = project;
    await pulled(project, bdIssue);
    tool.behave({ answer: `{"issues": [${JSON.stringify(bdIssue("x-1"))}], "total": 120}` });
    const { code, stderr } = await tracker(platform, "--repo", root, "sync", "pull", "--all");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /! The tool's list of issues is cut off: it has 1 of 120 issues\. No issue was removed here\.\n/,
    );
    assert.doesNotMatch(stderr, /issue failed/);
  }));
