import assert from "node:assert/strict";
import { READINESS_WORDING } from "../../src/user/readiness_wording.ts";
import { readinessWords } from "../support/readiness_words.ts";
import { example, inProject, refused, shapeOf, titles } from "./local_setup.ts";
import { bdIssue } from "../support/issues.ts";

Deno.test("bind saves workspace, credentials and rules, unbind clears that provider's alone", () =>
  inProject("bd", async ({ world, tool, bind }) => {
    const other = '[tracker.providers.fp]\ncommand = "/opt/fp"\n';
    const credentials = `${world.home}/.spec-kitty/credentials`;
    await Deno.writeTextFile(credentials, `\n${other}`, { append: true });
    const words = await bind(
      ...["--doctrine-mode", "split-ownership", "--field-owner", "title=spec_kitty"],
      ...["--strategy", "manual_review"],
    );
    assert.equal(words, "✓ Bound to main. Saved in .kittify/config.yaml.\n");
    assert.match(await world.config() ?? "", /provider: beads\n {2}workspace: main\n/);
    assert.match(
      await world.config() ?? "",
      /mode: split_ownership\n {4}field_owners: \{title: spec_kitty\}\n {4}strategy: manual_review/,
    );
    const saved = await world.credentials() ?? "";
    assert.ok(saved.includes(`command = "${tool.command}"`), saved);
    assert.ok(saved.includes(`cwd = "${tool.cwd}"`), saved);
    if (Deno.build.os !== "windows") {
      const { mode } = await Deno.stat(`${world.home}/.spec-kitty/credentials`);
      assert.equal((mode ?? 0) & 0o777, 0o600);
    }
    assert.equal((await world.json("unbind")).provider, "beads");
    const left = await world.credentials() ?? "";
    assert.doesNotMatch(left, /beads|cwd = /);
    assert.ok(left.includes(other), left);
    assert.match(left, /\[tokens\]/);
    assert.doesNotMatch(await world.config() ?? "", /beads|main/);
    const notBound = READINESS_WORDING.missing_project_binding.message;
    assert.ok((await refused(world, 1, "unbind")).startsWith(`✗ ${notBound}`));
  }));

Deno.test("every part of a bind is checked before anything is written", () =>
  inProject("bd", async ({ world }) => {
    const before = await world.credentials();
    const bind = ["bind", "-p", "beads", "--workspace", "main"];
    const split = ["--doctrine-mode", "split_ownership"];
    const cases: readonly (readonly [string[], number, RegExp])[] = [
      [["bind", "-p", "beads"], 2, /needs a workspace/],
      [[...bind, "--doctrine-mode", "mine"], 2, /Unknown doctrine mode "mine"\n.*split_ownership/],
      [[...bind, ...split, "--field-owner", "colour=shared"], 2, /Unknown field "colour"/],
      [[...bind, ...split, "--field-owner", "title=me"], 2, /external, spec_kitty, shared/],
      [[...bind, "--field-owner", "title=shared"], 2, /Field owners need the doctrine mode/],
      [[...bind, "--strategy", "newest"], 2, /Unknown strategy "newest"\n.*newer_timestamp/],
      [[...bind, "--credential", "token=x"], 2, /Unknown credential "token"\n.*command, cwd/],
      [[...bind, "--credential", "cwd=/no/such/place"], 1, /names no directory/],
      [[...bind, "--credential", "cwd"], 2, /takes NAME=VALUE/],
      [[...bind, "--select", "1"], 2, /hosted providers/],
    ];
    for (const [args, code, words] of cases) {
      assert.match(await refused(world, code, ...args), words);
    }
    assert.equal(await world.config(), null);
    assert.equal(await world.credentials(), before);
  }));

Deno.test("status counts what is cached, open and pending, without starting the tool", () =>
  inProject("bd", async ({ world, tool, bind }) => {
    tool.setIssues([
      bdIssue("bd-1"),
      bdIssue("bd-2", { status: "in_progress" }),
      bdIssue("bd-3", { status: "closed", closed_at: "2026-02-02T10:00:00Z" }),
    ]);
    await bind();
    assert.match(await world.ok("status"), /last sync +never\n {2}cached +0 issues, 0 open/);
    assert.deepEqual(tool.calls(), []);
    await world.ok("sync", "pull");
    await world.ok("issue", "edit", "bd-1", "--title", "Other");
    await world.ok("map", "add", "--wp-id", "WP01", "--external-id", "bd-1");
    const calls = tool.calls().length;
    const words = await world.ok("status");
    assert.match(words, /^main · beads · local\n/);
    assert.match(
      words,
      /^ {2}cached +3 issues, 2 open\n {2}to push +1 issue, .*: `tracker sync push`$/m,
    );
    const status = await world.json("status");
    assert.deepEqual(status.counts, {
      total: 3,
      open: 2,
      pending: 1,
      by_status: { todo: 1, in_progress: 1, in_review: 0, blocked: 0, done: 1, canceled: 0 },
    });
    assert.equal(status.mappings, 1);
    assert.deepEqual(shapeOf(status), shapeOf(example("status")));
    assert.equal(tool.calls().length, calls);
  }));

Deno.test("map add and list: one issue for a work package, no issue twice", () =>
  inProject("bd", async ({ world, tool, bind }) => {
    tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2")]);
    await bind();
    assert.equal(await world.ok("map", "list"), "No work package is mapped to an issue.\n");
    const add = ["map", "add", "--wp-id"];
    const more = ["--external-key", "K-1", "--external-url", "https://tracker.example/K-1"];
    const added = await world.json(...add, "WP01", "--external-id", "bd-1", ...more);
    assert.deepEqual([added.system, added.workspace], ["beads", "main"]);
    await world.ok(...add, "WP01", "--external-id", "bd-1", ...more);
    assert.match(
      await refused(world, 1, ...add, "WP01", "--external-id", "bd-2"),
      /"WP01" is mapped to "K-1" already/,
    );
    assert.match(
      await refused(world, 1, ...add, "WP02", "--external-id", "bd-1"),
      /"K-1" is mapped to "WP01" already/,
    );
    assert.match(
      await world.ok("map", "list"),
      /^ WP01 +K-1 \(not pulled yet\) +beads +main +https:\/\/tracker\.example\/K-1$/m,
    );
    assert.equal((await world.json("map", "list")).mappings.length, 1);
  }));

Deno.test("a tool that is not there says how to get it, and an edit still works without it", () =>
  inProject("bd", async ({ world, tool, bind }) => {
    tool.setIssues([bdIssue("bd-1")]);
    await bind();
    await world.ok("sync", "pull");
    await Deno.remove(tool.command);
    const words = await refused(world, 1, "sync", "pull");
    assert.ok(words.includes(tool.command), words);
    assert.match(words, /[Ii]nstall|--credential command=/);
    await world.ok("issue", "edit", "bd-1", "--title", "Offline");
    assert.match(await world.ok("status"), /to push +1 issue/);
  }));

Deno.test("all of it works with the gate off, and where the network may not be used at all", () =>
  inProject("bd", async ({ world, tool, bind }) => {
    tool.setIssues([bdIssue("bd-1")]);
    delete world.env["SPEC_KITTY_ENABLE_SAAS_SYNC"];
    await bind();
    const fetch = () => () => Promise.reject(new Error("a request was made"));
    const lines = [
      "sync pull",
      "status",
      "issue list",
      "issue show bd-1",
      "issue edit bd-1 --title Other",
      "issue create --title Second",
      "sync push --dry-run",
      "sync push",
      "sync run",
      "sync conflicts",
      "map add --wp-id WP01 --external-id bd-1",
      "map list",
      "unbind",
    ];
    for (const line of lines) {
      const { code, stderr } = await world.here(line.split(" "), { fetch });
      assert.equal(code, 0, `${line}: ${stderr}`);
    }
    assert.deepEqual(titles(tool), ["Other", "Second"]);
  }));

Deno.test("what only local providers have says so at once elsewhere, signed in or not", () =>
  inProject("bd", async ({ world }) => {
    await world.here(["auth", "logout"]);
    const lines = [["map", "add", "--wp-id", "WP01", "--external-id", "bd-1"]];
    for (const args of lines) {
      assert.equal(await refused(world, 1, ...args), readinessWords("missing_project_binding"));
    }
    await world.writeConfig("tracker:\n  provider: linear\n  binding_ref: srm_1\n");
    for (const args of lines) {
      assert.match(await refused(world, 1, ...args), /in the dashboard/);
    }
    await world.forgetRequests();
  }));
