/** A connection that gets another credential: what it brought before stays with it, reached or not. */
import assert from "node:assert/strict";
import { document, ends } from "../support/bound.ts";
import { until } from "../support/until.ts";
import { fill, type GitHubWorld, TOKEN, withGitHub } from "./connect_setup.ts";
import { serve, signIn, terminate } from "./host_setup.ts";

const OTHER = "github_pat_another";

/** A connection that brings two repositories, and a token that reaches the first alone. */
function withTwo(test: (scene: GitHubWorld) => Promise<void>): Promise<void> {
  return withGitHub(async (scene) => {
    const { world, github, repository, connect } = scene;
    fill(github, repository, 2);
    fill(github, github.state.addRepository("acme/api"), 1);
    await ends(world, 0, connect("--repository", "acme/web", "--repository", "acme/api"), {
      stdin: TOKEN,
    });
    const repositories = new Set([repository.id]);
    const rights = { login: "bo", issues: "write", hooks: true, mayTriage: true } as const;
    github.state.tokens.set(OTHER, { ...rights, repositories });
    await test(scene);
  });
}

const renewal = ["--repository", "acme/web", "--name", "github"];

Deno.test("a credential for fewer repositories keeps the others, and every look says that they are out of reach", () =>
  withTwo(async ({ world, data, github, connect }) => {
    const at = ["--data", data];
    const renewed = await ends(world, 0, connect(...renewal), { stdin: OTHER });
    assert.equal(
      renewed.stdout,
      "! Renewed github as bo: 1 place.\n  acme/web\n  does not reach: acme/api\n",
    );
    assert.match(renewed.stderr, /What github brings and the credential does not reach stays here/);
    const tested = await ends(world, 1, ["host", "connection", "test", "github", ...at]);
    assert.equal(tested.stdout, "! github reaches 1 place as bo.\n  does not reach: acme/api\n");
    const list = async () =>
      (await document(world, "host", "connection", "list", ...at))["connections"][0];
    const { resources, unreadable, state } = await list();
    assert.deepEqual([resources, unreadable, state], [2, 1, "ok"]);
    const shown = await document(world, "host", "connection", "show", "github", ...at);
    const problems = shown["resource_list"].map(
      (one: { label: string; problem: string | null }) => [one.label, one.problem],
    );
    assert.deepEqual(problems, [
      ["acme/api", "The credential does not reach it"],
      ["acme/web", null],
    ]);

    const host = await serve(world, at);
    await signIn(world, host.url);
    await world.writeConfig("project:\n  slug: api\n");
    await ends(world, 0, ["bind", "-p", "github", "--select", "1"]);
    const looks = await until(async () => {
      const { connection, display_label } = await document(world, "status");
      assert.equal(display_label, "acme/api");
      return connection.state === "unreadable" ? connection : null;
    });
    assert.match(looks.message, /does not reach it/);
    const doctor = await world.here(["doctor", "--json"]);
    const check = JSON.parse(doctor.stdout)["checks"].find((one: { check: string }) =>
      one.check === "connection"
    );
    assert.deepEqual([doctor.code, check.status], [1, "failed"]);

    github.state.tokens.set(OTHER, { login: "bo", issues: "write", hooks: true, mayTriage: true });
    const healed = await ends(world, 0, ["host", "connection", "test", "github", ...at]);
    assert.equal(healed.stdout, "✓ github reaches 2 places as bo.\n");
    await until(async () => (await list()).unreadable === 0 ? true : null);
    await terminate(host);
  }));

Deno.test("a credential for fewer repositories that reaches the others, too, brings all of them", () =>
  withTwo(async ({ world, data, github, connect }) => {
    github.state.tokens.set(OTHER, { login: "bo", issues: "write", hooks: true, mayTriage: true });
    const line = [...connect(...renewal), "--json"];
    const renewed = JSON.parse((await ends(world, 0, line, { stdin: OTHER })).stdout);
    assert.deepEqual([renewed.renewed, renewed.out_of_reach], [true, []]);
    const at = ["--data", data];
    await ends(world, 0, ["host", "connection", "test", "github", ...at]);
    const shown = await document(world, "host", "connection", "show", "github", ...at);
    assert.deepEqual([shown["resources"], shown["unreadable"]], [2, 0]);
  }));

Deno.test("a repository that is gone stops itself alone when the connection is tested", () =>
  withTwo(async ({ world, data, github, repository }) => {
    github.state.repositories.delete(repository.id);
    const line = ["host", "connection", "test", "github", "--data", data];
    const tested = await ends(world, 1, line);
    assert.equal(tested.stdout, "! github reaches 1 place as ada.\n  does not reach: acme/web\n");
    const { works, state, out_of_reach } = JSON.parse(
      (await ends(world, 1, [...line, "--json"])).stdout,
    );
    assert.deepEqual([works, state], [true, "ok"]);
    assert.deepEqual(out_of_reach.map((one: { label: string }) => one.label), ["acme/web"]);
  }));
