import assert from "node:assert/strict";
import { document, ends, failure } from "../support/bound.ts";
import { withWorld, type World } from "../support/world.ts";
import { dataWithUser, issue, serve, signIn, terminate, write } from "./host_setup.ts";

/** A project whose name fits no resource for sure, at a host with the resources of some files. */
function withResources(
  names: readonly string[],
  test: (world: World) => Promise<void>,
): Promise<void> {
  return withWorld(async (world) => {
    const data = await dataWithUser(world);
    for (const name of names) {
      const file = await write(world, `${name}.json`, JSON.stringify([issue("1")]));
      await ends(world, 0, ["host", "import", file, "--data", data, "-p", "jira"]);
    }
    const host = await serve(world, ["--data", data]);
    await signIn(world, host.url);
    await world.writeConfig("project:\n  slug: something-else\n");
    await test(world);
    await terminate(host);
  });
}

Deno.test("with --yes the only candidate is bound without a question", () =>
  withResources(["web"], async (world) => {
    const { stdout, stderr } = await ends(world, 0, ["bind", "-p", "jira", "--yes"], { stdin: "" });
    assert.equal(stdout, "✓ Bound to web. Saved in .kittify/config.yaml.\n");
    assert.doesNotMatch(stderr, /Which one|could be this project/);
    const again = await document(world, "bind", "-p", "jira", "--yes", "--no-input");
    assert.equal(again["display_label"], "web");
  }));

Deno.test("without --yes a person is asked about the only candidate, too", () =>
  withResources(["web"], async (world) => {
    const { code } = await failure(world, 1, ["bind", "-p", "jira", "--no-input"]);
    assert.equal(code, "ambiguous_binding");
    const asked = await ends(world, 0, ["bind", "-p", "jira"], { stdin: "1\n" });
    assert.match(asked.stderr, /Which one\? \(1-1\)/);
  }));

Deno.test("--yes chooses none of several candidates", () =>
  withResources(["web", "app"], async (world) => {
    const { code } = await failure(world, 1, ["bind", "-p", "jira", "--yes"], { stdin: "" });
    assert.equal(code, "ambiguous_binding");
    assert.equal((await failure(world, 1, ["status"])).code, "missing_mission_binding");
  }));
