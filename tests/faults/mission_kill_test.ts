/**
 * Processes that create and start missions are killed at random instants, and their commands repeated. Each round
 * has a seed of its instant, from `TRACKER_TEST_MISSION_KILL_SEED` on; `TRACKER_TEST_MISSION_KILLS` sets how many there
 * are.
 */
import assert from "node:assert/strict";
import { EventQueue } from "../../src/events/queue.ts";
import { queueOwner } from "../../src/events/open.ts";
import { type TestProject, withProject } from "../missions/support.ts";
import { generator, seedOf } from "../support/chance.ts";
import { startProgram } from "../support/child.ts";

const PROGRAM = new URL("../missions/programs/make_mission.ts", import.meta.url);
const KILLS = Number(Deno.env.get("TRACKER_TEST_MISSION_KILLS") ?? 6);
const SEED = seedOf("TRACKER_TEST_MISSION_KILL_SEED");

type Verb = "create" | "start";

/** Runs it, and kills it so many milliseconds after it began; answers how far it came. */
async function run(
  project: TestProject,
  verb: Verb,
  killAfter: number | null,
): Promise<{ readonly isTold: boolean; readonly took: number }> {
  const home = project.platform.home;
  const child = startProgram(PROGRAM, [project.root, home, verb, `${home}/bindings`]);
  assert.equal(await child.line(), "ready");
  const started = performance.now();
  await child.send("go");
  const told = child.line().then((line) => line === "done", () => false);
  if (killAfter === null) {
    assert.ok(await told, "the repeat did not come to its end");
    const took = performance.now() - started;
    assert.equal(await child.end(), 0);
    return { isTold: true, took };
  }
  const first = await Promise.race([told, waited(killAfter)]);
  await child.kill();
  return { isTold: first === true || await told, took: performance.now() - started };
}

function waited(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms));
}

async function queued(project: TestProject): Promise<string[]> {
  const { path } = await queueOwner(project.platform);
  const queue = await EventQueue.open(project.platform, path);
  try {
    const limits = { events: 100, bytes: 1_000_000 };
    return queue.readBatch(null, queue.newest(), limits)
      .map(({ data }) => String(JSON.parse(data).event_type));
  } finally {
    queue.close();
  }
}

async function assertWhole(project: TestProject, verb: Verb): Promise<void> {
  const { platform, root } = project;
  assert.deepEqual(await project.names("kitty-specs"), ["001-web-12"]);
  assert.equal(await project.git("status", "--porcelain"), "");
  const subjects = (await project.git("log", "--format=%s")).split("\n");
  const added = ["Add mission 001-web-12", "First"];
  const bound = verb === "start" ? ["Bind mission 001-web-12 to WEB-12"] : [];
  assert.deepEqual(subjects, [...bound, ...added]);
  assert.deepEqual(
    await queued(project),
    verb === "start" ? ["FeatureCreated", "MissionOriginBound"] : ["FeatureCreated"],
  );
  const meta = await project.read("kitty-specs/001-web-12/meta.json") ?? "";
  assert.equal(meta.includes('"origin_ticket"'), verb === "start");
  const missions = `${platform.home}/.spec-kitty/tracker/missions`;
  for (const { name } of await platform.files.list(missions)) {
    const left = await platform.files.list(`${missions}/${name}`);
    assert.deepEqual(left.filter((entry) => entry.name.endsWith(".json")), []);
  }
  if (verb === "start") {
    const bindings = await Deno.readTextFile(`${platform.home}/bindings`);
    assert.match(bindings, /^(001-web-12\n)+$/);
  }
  assert.ok(root !== "");
}

for (const verb of ["create", "start"] as const) {
  Deno.test(`mission ${verb}, killed at random and repeated, is one mission with its events once and nothing left over`, async () => {
    let whole = 0;
    await withProject({}, async (project) => {
      whole = (await run(project, verb, null)).took;
      await assertWhole(project, verb);
    });
    let untold = 0;
    for (let round = 0; round < KILLS; round++) {
      const seed = SEED + round;
      const after = generator(seed)() * whole * 1.1;
      await withProject({}, async (project) => {
        const killed = await run(project, verb, after);
        if (!killed.isTold) {
          untold++;
          await run(project, verb, null);
        } else {
          // What was told of is whole but for its entry, which the next command takes away.
          assert.match((await queued(project)).join(), /FeatureCreated/);
          return;
        }
        try {
          await assertWhole(project, verb);
        } catch (error) {
          console.log(
            `    TRACKER_TEST_MISSION_KILL_SEED=${seed}: killed after ${Math.round(after)} of ${
              Math.round(whole)
            } ms`,
          );
          throw error;
        }
      });
    }
    console.log(
      `    mission ${verb}: ${KILLS} kills, ${untold} before it was told, none left a trace`,
    );
  });
}
