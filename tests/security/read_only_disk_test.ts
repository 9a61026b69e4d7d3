import assert from "node:assert/strict";
import { tracker } from "../support/cli.ts";
import { onReadOnlyDisk } from "../support/disks.ts";
import { withProject } from "../local/local_project.ts";
import { bdIssue } from "../support/issues.ts";

const COMMANDS: readonly (readonly string[])[] = [
  ["issue", "list"],
  ["issue", "show", "bd-1"],
  ["status"],
  ["sync", "conflicts"],
  ["map", "list"],
  ["config", "list"],
];

Deno.test("what is cached is read while nothing of the user's can be changed", () =>
  withProject("bd", async ({ platform, tool, root }) => {
    tool.setIssues([bdIssue("bd-1")]);
    const run = (...args: string[]) => tracker(platform, "--repo", root, ...args);
    const bound = await run(
      ...["bind", "-p", "beads", "--workspace", "web"],
      ...["--credential", `command=${tool.command}`, "--credential", `cwd=${tool.cwd}`],
    );
    assert.equal(bound.code, 0, bound.stderr);
    assert.equal((await run("sync", "pull")).code, 0);
    const isReal = await onReadOnlyDisk(`${platform.home}/.spec-kitty`, async () => {
      for (const args of COMMANDS) {
        const { code, stderr } = await run(...args);
        assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, args.join(" "));
      }
    });
    if (!isReal) console.log("    skipped: no directory can be made read-only here");
  }));
