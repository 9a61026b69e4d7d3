/** `host connect` of a connection that is there, by its name alone, and of a team that is not. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { ADMIN_KEY } from "../standins/linear/fake_linear.ts";
import { document, ends, failure } from "../support/bound.ts";
import { testOfOneHost } from "../support/replica_count.ts";
import { TOKEN, withGitHub, withLinear } from "./connect_setup.ts";

/** Returns the teams of a host, in order. */
function teams(data: string): readonly unknown[] {
  using database = new DatabaseSync(`${data}/host.db`);
  return database.prepare("SELECT slug FROM teams ORDER BY slug").all().map(({ slug }) => slug);
}

Deno.test("a connection gets another credential by its name alone, and brings what it did", () =>
  withGitHub(async ({ world, data, github, connect }) => {
    github.state.addRepository("acme/api");
    const stdin = TOKEN;
    await ends(world, 0, connect("--repository", "acme/api", "--name", "ours"), { stdin });
    const other = "github_pat_another";
    github.state.tokens.set(other, { login: "bo", issues: "write", hooks: true, mayTriage: true });
    const named = ["host", "connect", "github", "--name", "ours", "--data", data];
    const again = await ends(world, 0, named, { stdin: other });
    assert.equal(again.stdout, "✓ Renewed ours as bo: 1 place.\n  acme/api\n");
    const { connections } = await document(world, "host", "connection", "list", "--data", data);
    assert.equal(connections.length, 1);
    assert.equal(connections[0].name, "ours");
  }));

Deno.test("a name that no connection has, with nothing to bring, is refused by both", () =>
  withGitHub(async ({ world, connect }) => {
    const { code, message } = await failure(world, 1, connect("--name", "none"), { stdin: TOKEN });
    assert.equal(code, "connect_failed");
    assert.equal(
      message,
      'GitHub was not connected: No connection is called "none". ' +
        "Name an owner, or a repository such as acme/web",
    );
  }));

Deno.test("a connection to some teams of Linear keeps to them when it is named alone", () =>
  withLinear(async ({ world, data, connect }) => {
    const token = ADMIN_KEY;
    await ends(world, 0, connect("--team-key", "ENG", "--name", "ours"), { stdin: token });
    const named = ["host", "connect", "linear", "--name", "ours", "--data", data];
    const again = await ends(world, 0, named, { stdin: token });
    assert.match(again.stdout, /^✓ Renewed ours as .*: 1 place\./);
  }));

testOfOneHost(
  "a team is made with its connection, and not when that fails",
  () =>
    withGitHub(async ({ world, data, connect }) => {
      const stdin = TOKEN;
      const line = (name: string) => connect("--repository", name, "--team", "green");
      const failed = await failure(world, 1, line("acme/none"), { stdin });
      assert.equal(failed.code, "connect_failed");
      assert.deepEqual(teams(data), ["red"]);
      await ends(world, 0, line("acme/web"), { stdin });
      assert.deepEqual(teams(data), ["green", "red"]);
      const { connections } = await document(world, "host", "connection", "list", "--data", data);
      assert.equal(connections[0].team, "green");
    }),
);
