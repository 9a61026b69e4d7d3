/** Priorities whose names say nothing here: a site has them in its own language, or in words of its own. */
import assert from "node:assert/strict";
import { Priorities } from "../../../src/providers/jira/priorities.ts";
import type { Priority } from "../../../src/contract/issue.ts";
import { atJira, atServer, refusalOf, type Scene } from "./support.ts";

const GERMAN = ["Höchste", "Hoch", "Mittel", "Niedrig", "Niedrigste"];

/** Calls the five priorities of a site otherwise; their ids stay. */
function rename({ jira: { state }, project }: Scene, names: readonly string[]): void {
  state.priorities = state.priorities.map((one, at) => ({ ...one, name: names[at] ?? one.name }));
  project.priorities = state.priorities.map(({ name }) => name);
}

for (const [name, at] of [["Jira Cloud", atJira], ["Jira Data Center", atServer]] as const) {
  Deno.test(`priorities in the language of a site are read and written at ${name}`, () =>
    at(async (scene) => {
      rename(scene, GERMAN);
      const { jira, project, get, create, change } = scene;
      const read = [];
      for (const priority of [...GERMAN, null]) {
        const issue = await get(jira.add(project, { summary: "One", priority }).id);
        read.push([issue?.provider_metadata["priority_name"], issue?.priority]);
      }
      assert.deepEqual(read, [...GERMAN, null].map((word, at) => [word, [1, 2, 3, 4, 4, 0][at]]));
      const { ref } = await create({ title: "New", priority: 1 });
      assert.equal(jira.state.issue(ref.id)?.priority, "Höchste");
      for (const [priority, word] of [[3, "Mittel"], [4, "Niedrig"], [2, "Hoch"]] as const) {
        await change(ref.id, { priority });
        assert.equal(jira.state.issue(ref.id)?.priority, word);
        assert.equal((await get(ref.id))?.priority, priority);
      }
      const { code } = await refusalOf(change(ref.id, { priority: 0 }));
      assert.equal(code, "priority_not_mapped");
    }));
}

Deno.test("a site is asked for its priorities once, and only where a name says nothing", () =>
  atJira(async (scene) => {
    const { jira, project, get } = scene;
    let asked = 0;
    jira.stepIn = ({ call, phase }) => {
      if (call.endsWith("/priority") && phase === "before") asked++;
    };
    const known = jira.add(project, { summary: "One", priority: "High" });
    await get(known.id);
    assert.equal(asked, 0);
    rename(scene, GERMAN);
    const unknown = jira.add(project, { summary: "Two", priority: "Hoch" });
    for (let time = 0; time < 3; time++) assert.equal((await get(unknown.id))?.priority, 2);
    assert.equal(asked, 1);
  }));

Deno.test("what a site says of its priorities is read by its first ids, else by the order of its list", () => {
  const read = (...list: (readonly [id: string, name: string])[]): Priority[] => {
    const all = list.map(([id, name]) => ({ id, name }));
    const priorities = new Priorities(all);
    return all.map((one) => priorities.of(one));
  };
  const named = (count: number) =>
    Array.from({ length: count }, (_, at) => [`${100 + at}`, `Stufe ${at}`] as const);
  assert.deepEqual(read(...named(1)), [3]);
  assert.deepEqual(read(...named(2)), [2, 4]);
  assert.deepEqual(read(...named(3)), [2, 3, 4]);
  assert.deepEqual(read(...named(4)), [1, 2, 3, 4]);
  assert.deepEqual(read(...named(5)), [1, 2, 3, 4, 4]);
  assert.deepEqual(read(...named(8)), [1, 1, 2, 2, 3, 3, 4, 4]);
  assert.deepEqual(
    read(...named(2), ["9", "None"]),
    [2, 4, 0],
    "one that says none counts for none",
  );
  // A name that says something goes before the order, and makes the order of the others say nothing.
  assert.deepEqual(read(["100", "High"], ["101", "Frobnicated"]), [2, 0]);
  assert.deepEqual(
    read(["1", "Blocker"], ["2", "Schwer"], ["3", "Mittel"], ["4", "Low"], ["5", "E"], ["9", "X"]),
    [1, 2, 3, 4, 4, 0],
  );
  assert.deepEqual(
    read(["5", "Zu"], ["4", "Hoch"], ["3", "M"], ["2", "N"], ["1", "O"]),
    [1, 2, 3, 4, 4],
    "ids in another order say nothing",
  );
  assert.equal(new Priorities([]).of({ name: "Frobnicated" }), 0);
  assert.equal(new Priorities([]).of(null), 0);
});
