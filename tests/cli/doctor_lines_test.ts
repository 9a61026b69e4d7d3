/** What `doctor` writes for people: a line for each kind of thing, and the permissions where they are asked for. */
import assert from "node:assert/strict";
import { oneLineEach } from "../../src/cli/commands/doctor/kinds.ts";
import { failed, fine, info, warning } from "../../src/cli/services/report.ts";
import { catalogue } from "../../src/cli/commands/registry.ts";
import { tracker } from "../support/cli.ts";
import { withProject } from "../missions/support.ts";

Deno.test("facts of a kind stand in one line, and many warnings say how many there are", () => {
  const lines = oneLineEach([
    fine("version", "tracker 1"),
    info("bd", "bd not found"),
    warning("issue caches", "of a", "do a"),
    info("fp", "fp not found"),
    warning("issue caches", "of b", "do b"),
    warning("issue caches", "of c", "do c"),
    warning("issue caches", "of d", "do d"),
    fine("issue caches", "3 issue caches are whole"),
  ]);
  assert.deepEqual(lines.map(({ status, message, nextAction }) => [status, message, nextAction]), [
    ["ok", "tracker 1", null],
    ["info", "bd not found; fp not found", null],
    ["warning", "of a; 3 more warnings of the kind: `tracker doctor --json`", "do a"],
    ["ok", "3 issue caches are whole", null],
  ]);
});

Deno.test("up to three warnings of a kind keep their lines and what to do", () => {
  const checks = ["a", "b", "c"].map((name) => warning("mappings", name, `do ${name}`));
  assert.deepEqual(oneLineEach(checks), checks);
});

Deno.test("every failure keeps its line and what to do", () => {
  const checks = [failed("settings", "one", "do one"), failed("settings", "two", "do two")];
  assert.deepEqual(oneLineEach(checks), checks);
});

Deno.test("permissions are told with `--permissions` alone, and the document is small without", () =>
  withProject({}, async (project) => {
    const run = (...args: string[]) =>
      tracker(project.platform, "doctor", ...args, "--repo", project.root);
    const commands = await catalogue(false);
    const small = await run("--json");
    assert.equal(JSON.parse(small.stdout).permissions, null);
    assert.ok(small.stdout.length < 4_000, `${small.stdout.length} characters`);
    const whole = JSON.parse((await run("--json", "--permissions")).stdout);
    assert.equal(whole.permissions.length, commands.length);
    assert.doesNotMatch((await run()).stdout, /GRANTED/);
    const { stdout } = await run("--permissions");
    assert.match(stdout, /^ COMMAND +GRANTED +NEEDS/);
    for (const { path } of commands) {
      assert.match(stdout, new RegExp(`^ ${path} +(yes|no) +\\S`, "m"));
    }
  }));
