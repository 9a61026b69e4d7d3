/** `--web` in the projects of a host and of a tool, with a browser that writes down what it is asked for. */
import assert from "node:assert/strict";
import { bdIssue } from "../support/issues.ts";
import type { World } from "../support/world.ts";
import { until } from "../support/until.ts";
import { withBoundGitLab } from "./bound_setup.ts";
import { inProject, refused } from "./local_setup.ts";

/** Runs commands with a browser of their own. */
async function browsing(world: World) {
  const directory = `${world.home}/browser`;
  await Deno.mkdir(directory);
  const script = '#!/bin/sh\nprintf "%s %s" "$#" "$1" > "$0.new"\nmv "$0.new" "$0.seen"\n';
  await Deno.writeTextFile(`${directory}/xdg-open`, script, { mode: 0o755 });
  const env = { PATH: `${directory}:${world.env["PATH"] ?? Deno.env.get("PATH")}` };
  return {
    run: (...args: string[]) => world.run(args, { env }),
    /** What the browser was asked for since the last time. */
    seen: () =>
      until(async () => {
        const text = await Deno.readTextFile(`${directory}/xdg-open.seen`).catch(() => null);
        if (text !== null) await Deno.remove(`${directory}/xdg-open.seen`);
        return text;
      }),
  };
}

const isLinux = Deno.build.os === "linux";

Deno.test({
  name: "an issue and the list of a hosted tracker are opened at the tracker",
  ignore: !isLinux,
}, () =>
  withBoundGitLab(async ({ world }) => {
    const browser = await browsing(world);
    const issue = await browser.run("issue", "show", "#2", "--web");
    assert.equal(issue.code, 0, issue.stderr);
    assert.match(issue.stdout, /^http:\/\/\S+\/acme\/web\/-\/(issues|work_items)\/2\n$/);
    assert.equal(await browser.seen(), `1 ${issue.stdout.trimEnd()}`);

    const list = await browser.run("issue", "list", "--web", "--json");
    const { url, ...rest } = JSON.parse(list.stdout);
    assert.deepEqual([list.code, rest], [0, { schema: 1, opened: true }]);
    assert.match(url, /^http:\/\/\S+\/acme\/web\/-\/issues$/);
    assert.equal(await browser.seen(), `1 ${url}`);
  }));

Deno.test("issues of a tool on this machine have no page, and --json says so as a failure", () =>
  inProject("bd", async ({ world, tool, bind }) => {
    tool.setIssues([bdIssue("bd-1")]);
    await bind();
    await world.ok("sync", "pull");
    for (const line of [["issue", "show", "bd-1", "--web"], ["issue", "list", "--web"]]) {
      const { error } = JSON.parse(await refused(world, 1, ...line, "--json"));
      assert.equal(error.code, "no_web_address");
      assert.match(error.message, /^beads keeps its issues on this machine/);
    }
  }));
