import assert from "node:assert/strict";
import { guideJson, guideMarkdown } from "../../src/cli/commands/agent/guide_text.ts";
import { catalogue } from "../../src/cli/commands/registry.ts";
import { SIGNED_IN, withProject } from "../missions/support.ts";
import { tracker } from "../support/cli.ts";

Deno.test("`agent guide` prints the commands of the state of the gate, in less than 4 kB", () =>
  withProject({ env: SIGNED_IN }, async ({ platform }) => {
    const { code, stdout } = await tracker(platform, "agent", "guide");
    assert.equal(code, 0);
    assert.match(stdout, /^## Issues and missions: `tracker`\n/);
    assert.ok(stdout.includes("`tracker issue search "), "the gate is on");
    assert.ok(!(await guideMarkdown(false)).includes("issue search"), "the gate is off");
    assert.ok(new TextEncoder().encode(stdout).length < 4_096);
  }));

Deno.test("`agent guide --format json` has the documented shape, as `--json` has", () =>
  withProject({ env: SIGNED_IN }, async ({ platform }) => {
    const { stdout } = await tracker(platform, "agent", "guide", "--format", "json");
    assert.equal((await tracker(platform, "agent", "guide", "--json")).stdout, stdout);
    const guide = JSON.parse(stdout);
    assert.deepEqual(Object.keys(guide), ["schema", "rules", "exit_codes", "commands"]);
    assert.deepEqual(Object.keys(guide.exit_codes), ["0", "1", "2", "130"]);
    for (const command of guide.commands) {
      assert.deepEqual(Object.keys(command), ["path", "summary", "usage", "options", "examples"]);
    }
  }));

Deno.test("Every command of the guide is there, and told with its own usage", async () => {
  const { commands } = await guideJson(true);
  assert.ok(Array.isArray(commands) && commands.length > 15);
  const all = await catalogue(true);
  for (const told of commands) {
    assert.ok(typeof told === "object" && told !== null && !Array.isArray(told));
    const { path, summary, usage } = told;
    assert.equal(all.find((one) => one.path === path)?.summary, summary);
    assert.ok(String(usage).startsWith(`tracker ${path}`), String(usage));
  }
});

Deno.test("`agent install` says where the guide is, `agent remove` where it was", () =>
  withProject({ env: SIGNED_IN }, async ({ platform, root }) => {
    const run = (...args: string[]) => tracker(platform, "agent", ...args, "--repo", root);
    assert.equal(
      (await run("install")).stdout,
      "✓ The guide is in AGENTS.md, between two marks.\n",
    );
    assert.equal((await run("install")).stdout, "✓ AGENTS.md has the guide.\n");
    assert.deepEqual(JSON.parse((await run("install", "--for", "claude", "--json")).stdout), {
      schema: 1,
      agent: "claude",
      file: "CLAUDE.md",
      outcome: "installed",
    });
    assert.ok((await Deno.readTextFile(`${root}/CLAUDE.md`)).includes(await guideMarkdown(true)));
    assert.equal(
      (await run("remove")).stdout,
      "✓ The guide is taken out of CLAUDE.md, AGENTS.md.\n",
    );
    assert.equal((await run("remove")).stdout, "No file has the guide.\n");
    assert.deepEqual(JSON.parse((await run("remove", "--json")).stdout), { schema: 1, files: [] });
  }));

Deno.test("`agent install` refuses an agent that it does not know", () =>
  withProject({ env: SIGNED_IN }, async ({ platform, root }) => {
    const { code, stderr } = await tracker(
      platform,
      ...["agent", "install", "--for", "cluade", "--repo", root],
    );
    assert.equal(code, 2);
    assert.match(stderr, /Unknown agent "cluade"\. Did you mean "claude"\?/);
  }));
