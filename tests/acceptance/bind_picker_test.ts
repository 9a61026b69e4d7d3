/** A person at a terminal chooses the resource that a project is bound to. */
import assert from "node:assert/strict";
import { ends } from "../support/bound.ts";
import { withWorld, type World } from "../support/world.ts";

const BIND = ["bind", "-p", "linear"];

/** A signed-in project whose name fits two resources alike. */
function withTwo(test: (world: World) => Promise<void>): Promise<void> {
  return withWorld(async (world) => {
    await world.signIn();
    await world.writeConfig("project:\n  slug: something-else\n");
    await test(world);
  });
}

Deno.test("bind chooses on a screen that searches as one types", () =>
  withTwo(async (world) => {
    const { stdout, stderr } = await ends(world, 0, BIND, { terminal: true, stdin: "mob\r" });
    assert.match(stderr, /Which Linear resource is this project \(something-else\)\?/);
    assert.match(stderr, /2 of 2/);
    assert.doesNotMatch(stderr, /Which one\?/);
    assert.match(stdout, /Bound to Mobile \(MOB\)/);
    assert.match(await world.config() ?? "", /display_label: "Mobile \(MOB\)"/);
  }));

Deno.test("Escape leaves the choice, and nothing is bound", () =>
  withTwo(async (world) => {
    const { stdout, stderr } = await ends(world, 0, BIND, { terminal: true, stdin: "\x1b" });
    assert.deepEqual([stdout, stderr.includes("No resource was chosen")], ["", true]);
    assert.doesNotMatch(await world.config() ?? "", /^tracker:/m);
  }));

Deno.test("a dumb terminal lists the resources, and a number chooses", () =>
  withTwo(async (world) => {
    const { stdout, stderr } = await ends(world, 0, BIND, {
      terminal: true,
      stdin: "2\n",
      env: { TERM: "dumb" },
    });
    assert.match(stderr, /^ 2 {2}Mobile \(MOB\)/m);
    assert.match(stderr, /Which one\? \(1-2\)/);
    assert.match(stdout, /Bound to Mobile \(MOB\)/);
  }));
