/** What people enter that Jira does not take, and projects that are not as they were: what the commands say. */
import assert from "node:assert/strict";
import { document, ends, failure } from "../support/bound.ts";
import { until } from "./connect_setup.ts";
import { API_TOKEN, type JiraWorld, withJira } from "./jira_setup.ts";
import { serve, signIn, terminate } from "./host_setup.ts";

const STRANGE = "🏳️‍🌈 \u202Eright to left\u202C, עברית, zero\u200Bwidth";

function withBound(test: (scene: JiraWorld) => Promise<void>): Promise<void> {
  return withJira(async (scene) => {
    const { world, data, jira, web, connect } = scene;
    for (const summary of ["Issue 1", "Issue 2"]) jira.add(web, { summary });
    await ends(world, 0, connect("--project", "WEB"), { stdin: API_TOKEN });
    const host = await serve(world, ["--data", data]);
    await signIn(world, host.url);
    await ends(world, 0, ["bind", "-p", "jira", "--select", "1"]);
    await until(async () => {
      await ends(world, 0, ["sync", "pull"]);
      return (await world.here(["issue", "show", "WEB-2"])).code === 0 ? true : null;
    });
    await test(scene);
    await terminate(host);
  });
}

Deno.test("a body that is too long for Jira is refused in its words, and the rest of the push is done", () =>
  withBound(async ({ world, jira }) => {
    for (const [title, characters] of [["Longest", 32_767], ["Too long", 32_768]] as const) {
      const file = `${world.home}/${characters}.md`;
      await Deno.writeTextFile(file, "x".repeat(characters));
      await ends(world, 0, ["issue", "create", "--title", title, "--body-file", file]);
    }
    const { stderr } = await ends(world, 1, ["sync", "push"]);
    assert.match(stderr, /exceeds the allowed limit of 32,767 characters/);
    const titles = [...jira.state.issues.values()].map(({ summary }) => summary);
    assert.deepEqual(titles, ["Issue 1", "Issue 2", "Longest"]);
  }));

Deno.test("100 labels and strange characters reach Jira as they are, and a label with a blank is refused", () =>
  withBound(async ({ world, jira }) => {
    const labels = Array.from({ length: 100 }, (_, index) => ["--label", `label-${index}`]).flat();
    await ends(world, 0, ["issue", "edit", "WEB-1", ...labels, "--title", STRANGE]);
    await ends(world, 0, ["sync", "push"]);
    assert.equal(jira.state.issue("WEB-1")?.labels.length, 100);
    assert.equal(jira.state.issue("WEB-1")?.summary, STRANGE);
    await ends(world, 0, ["issue", "edit", "WEB-2", "--label", "two words"]);
    const { stderr } = await ends(world, 1, ["sync", "push"]);
    assert.match(stderr, /WEB-2 .*no blank: "two words"/);
  }));

Deno.test("a project that was removed at Jira, or hidden, is told as such, and its issues stay", () =>
  withBound(async ({ world, data, web }) => {
    web.isHidden = true;
    const words = 'The project "WEB" is not there, or the credential does not reach it';
    for (const sweep of [["--sweep"], []]) {
      const { stdout } = await ends(world, 1, ["host", "sync", "jira", ...sweep, "--data", data]);
      assert.match(stdout, /^! jira {2}\S+\/WEB: .* is not there, or the credential does not/);
    }
    const status = await ends(world, 0, ["status"]);
    assert.ok(status.stdout.includes(words), status.stdout);
    await ends(world, 0, ["issue", "edit", "WEB-1", "--title", "Waits"]);
    const pushed = await ends(world, 1, ["sync", "push"]);
    assert.ok(pushed.stderr.includes(words), pushed.stderr);
    await ends(world, 0, ["sync", "pull", "--all"]);
    assert.equal((await document(world, "issue", "list")).issues.length, 2);
  }));

Deno.test("a project under its old key is connected under the one that it has now, and once only", () =>
  withJira(async ({ world, web, connect }) => {
    await ends(world, 0, connect("--project", "WEB"), { stdin: API_TOKEN });
    const { message } = await failure(
      world,
      1,
      [...connect("--project", "WEB"), "--name", "other"],
      { stdin: API_TOKEN },
    );
    assert.match(message, /comes with the connection "jira" already/);
    web.key = "SHOP";
    const { stdout } = await ends(world, 0, connect("--project", "SHOP", "--name", "jira"), {
      stdin: API_TOKEN,
    });
    assert.match(stdout, /^✓ Renewed jira .*\n {2}\S+\/SHOP\n/);
  }));
