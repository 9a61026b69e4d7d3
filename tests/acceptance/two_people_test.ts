import assert from "node:assert/strict";
import type { HereOptions } from "../support/here.ts";
import type { Fetch } from "../../src/platform/platform.ts";
import { ends, withBoundWorld } from "../support/bound.ts";
import type { World } from "../support/world.ts";

/** Somebody who works on the project, on a machine of their own. */
interface Person {
  /** Runs a command that must end with the code; answers its standard output. */
  does(code: number, ...args: string[]): Promise<string>;
  /** The document of a command that must succeed. */
  sees(...args: string[]): Promise<ReturnType<typeof JSON.parse>>;
  /** Runs a command on a network of its own. */
  tries(options: Partial<HereOptions>, ...args: string[]): Promise<number>;
}

function person(world: World, home: string): Person {
  const env = { HOME: home, USERPROFILE: home };
  return {
    does: async (code, ...args) => (await ends(world, code, args, { env })).stdout,
    sees: async (...args) =>
      JSON.parse((await ends(world, 0, [...args, "--json"], { env })).stdout),
    tries: async (options, ...args) => (await world.here(args, { env, ...options })).code,
  };
}

/** Two people, each with their own cache of the same resource. */
async function withTwo(test: (ada: Person, bob: Person, world: World) => Promise<void>) {
  await withBoundWorld(async (world) => {
    const ada = person(world, world.home);
    const bob = person(world, `${world.home}-bob`);
    const login = ["auth", "login", "--username", "demo@example.com", "--password-stdin"];
    const env = { HOME: `${world.home}-bob`, USERPROFILE: `${world.home}-bob` };
    await ends(world, 0, login, { stdin: "demo\n", env });
    for (const one of [ada, bob]) await one.does(0, "sync", "pull", "--all");
    await test(ada, bob, world);
  });
}

/** A network on which the answer to the first push is lost. */
function losingAnswer(): (real: Fetch) => Fetch {
  let isLost = false;
  return (real) => async (request) => {
    const answer = await real(request);
    if (isLost || !request.url.endsWith("/push/")) return answer;
    isLost = true;
    await answer.body?.cancel();
    throw new TypeError("error sending request: connection reset");
  };
}

/** No network at all. */
function offline(): Fetch {
  return () => Promise.reject(new TypeError("error sending request: network is unreachable"));
}

const titleOf = async (one: Person) => (await one.sees("issue", "show", "ENG-5")).title;

Deno.test("two people on one title: both titles are kept, and nobody is overwritten silently", () =>
  withTwo(async (ada, bob) => {
    await bob.does(0, "issue", "edit", "ENG-5", "--title", "Bob's");
    await ada.does(0, "issue", "edit", "ENG-5", "--title", "Ada's");
    await ada.does(0, "sync", "run");
    await bob.does(1, "sync", "run");
    const { conflicts } = await bob.sees("sync", "conflicts");
    assert.deepEqual(
      conflicts.map(({ field, ours, theirs }: Record<string, unknown>) => [field, ours, theirs]),
      [["title", "Bob's", "Ada's"]],
    );
    await ada.does(0, "sync", "run");
    assert.equal(await titleOf(ada), "Ada's");
    await bob.does(0, "sync", "conflicts", "--resolve", String(conflicts[0].id), "--take", "ours");
    await bob.does(0, "sync", "run");
    await ada.does(0, "sync", "run");
    assert.equal(await titleOf(ada), "Bob's");
  }));

Deno.test("two people on one title who were offline: both titles are kept, and nobody is overwritten silently", () =>
  withTwo(async (ada, bob, world) => {
    await world.forgetRequests();
    for (const [one, title] of [[bob, "Bob's"], [ada, "Ada's"]] as const) {
      const edit = ["issue", "edit", "ENG-5", "--title", title];
      assert.equal(await one.tries({ fetch: offline }, ...edit), 0);
      assert.equal(await one.tries({ fetch: offline }, "sync", "run"), 1);
      assert.equal(await titleOf(one), title);
    }
    assert.deepEqual(await world.requests(), []);
    await ada.does(0, "sync", "run");
    await bob.does(1, "sync", "run");
    assert.deepEqual([await titleOf(ada), await titleOf(bob)], ["Ada's", "Bob's"]);
    const { conflicts: [conflict] } = await bob.sees("sync", "conflicts");
    assert.deepEqual([conflict.field, conflict.ours, conflict.theirs], ["title", "Bob's", "Ada's"]);
    await bob.does(0, "sync", "conflicts", "--resolve", String(conflict.id), "--take", "theirs");
    for (const one of [bob, ada]) await one.does(0, "sync", "run");
    assert.deepEqual([await titleOf(ada), await titleOf(bob)], ["Ada's", "Ada's"]);
    const { conflicts: [kept] } = await bob.sees("sync", "conflicts", "--all");
    assert.deepEqual([kept.ours, kept.theirs, kept.state], ["Bob's", "Ada's", "settled"]);
  }));

Deno.test("labels of two people on one issue are both there, in either order of the syncs", () =>
  withTwo(async (ada, bob) => {
    const { labels } = await ada.sees("issue", "show", "ENG-5");
    const kept = labels.flatMap((label: string) => ["--label", label]);
    await ada.does(0, "issue", "edit", "ENG-5", ...kept, "--label", "from-ada");
    await bob.does(0, "issue", "edit", "ENG-5", ...kept, "--label", "from-bob");
    for (const one of [ada, bob, ada]) await one.does(0, "sync", "run");
    for (const one of [ada, bob]) {
      const { labels: all } = await one.sees("issue", "show", "ENG-5");
      assert.deepEqual(all.toSorted(), [...labels, "from-ada", "from-bob"].toSorted());
    }
  }));

Deno.test("an issue whose creation was answered into the void is there once", () =>
  withTwo(async (ada, bob) => {
    await ada.does(0, "issue", "create", "--title", "Only once", "--label", "new");
    assert.equal(await ada.tries({ fetch: losingAnswer() }, "sync", "run"), 1);
    await ada.does(0, "sync", "run");
    await bob.does(0, "sync", "pull", "--all");
    for (const one of [ada, bob]) {
      const { issues } = await one.sees("issue", "list", "--search", "Only once");
      assert.deepEqual(issues.map(({ labels }: { labels: string[] }) => labels), [["new"]]);
    }
  }));
