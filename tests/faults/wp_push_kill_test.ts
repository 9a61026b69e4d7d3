/** `wp push` ends at each of its requests, rows and files, at a host over HTTP, and is repeated. */
import assert from "node:assert/strict";
import { systemDatabaseOpener } from "../../src/platform/database.ts";
import { addSteps, writeMission } from "../missions/packages/push_scene.ts";
import { document, ends, withBoundWorld } from "../support/bound.ts";
import type { World } from "../support/world.ts";
import { atEveryStep } from "./killing.ts";

/** An issue as another machine sees it at the host. */
interface Seen {
  readonly title: string;
  readonly status: string;
  readonly version: string;
  readonly ref: { readonly id: string };
  readonly links: readonly { readonly type: string; readonly ref: { readonly id: string } }[];
}

/** A world with a second machine that looks, and an edit of a person that waits on the first. */
async function withLooking(
  test: (world: World, look: () => Promise<readonly Seen[]>) => Promise<void>,
): Promise<void> {
  await withBoundWorld(async (world) => {
    const env = { HOME: `${world.home}-looking` };
    await Deno.mkdir(`${env.HOME}/.spec-kitty`, { recursive: true });
    await Deno.copyFile(
      `${world.home}/.spec-kitty/config.toml`,
      `${env.HOME}/.spec-kitty/config.toml`,
    );
    const login = ["auth", "login", "--username", "demo@example.com", "--password-stdin"];
    await ends(world, 0, login, { stdin: "demo\n", env });
    await ends(world, 0, ["sync", "pull", "--all"]);
    await ends(world, 0, ["issue", "edit", "ENG-5", "--title", "Mine"]);
    await test(world, async () => {
      const { stdout } = await ends(world, 0, ["sync", "pull", "--all", "--json"], { env });
      return JSON.parse(stdout).items;
    });
  });
}

async function pushed(world: World, mission: string): Promise<readonly (readonly string[])[]> {
  const { missions } = await document(world, "wp", "push", mission);
  return missions[0].work_packages.map((
    { wp_id, outcome }: { readonly wp_id: string; readonly outcome: string },
  ) => [wp_id, outcome]);
}

const AS_THEY_SHOULD_BE = [["WP01", "unchanged"], ["WP02", "unchanged"]];

/** The steps that the host has been told of, by what they say; each as often as it holds it. */
async function eventsAtHost(world: World, mission: string): Promise<readonly string[]> {
  await ends(world, 0, ["events", "flush"]);
  const { events } = await world.look("events");
  return events.filter((event: { readonly payload: { readonly feature_slug: string } }) =>
    event.payload.feature_slug === mission
  ).map(({ event_type, payload }: {
    readonly event_type: string;
    readonly payload: { readonly wp_id: string; readonly to_lane?: string; readonly at?: string };
  }) => [event_type, payload.wp_id, payload.to_lane, payload.at].join(" ").trim()).sort();
}

/** What is kept on this machine is whole, and the edit that waits in it is there. */
async function assertUndamaged(world: World, label: string): Promise<void> {
  const open = systemDatabaseOpener();
  const tracker = `${world.home}/.spec-kitty/tracker`;
  for (const directory of ["trackers", "queues"]) {
    for await (const { name } of Deno.readDir(`${tracker}/${directory}`)) {
      if (!name.endsWith(".db")) continue;
      using database = await open(`${tracker}/${directory}/${name}`, { readOnly: true });
      const said = database.prepare("PRAGMA integrity_check").all();
      assert.deepEqual(said.map((row) => Object.values(row)), [["ok"]], `${label}: ${name}`);
    }
  }
  const { pending } = await document(world, "issue", "show", "ENG-5");
  assert.deepEqual(pending.map(({ field }: { readonly field: string }) => field), ["title"], label);
  const { missions } = await document(world, "wp", "list");
  const differing = missions.flatMap((
    { work_packages }: { readonly work_packages: readonly { readonly differs: unknown[] }[] },
  ) => work_packages.flatMap(({ differs }) => differs));
  assert.deepEqual(differing, [], label);
}

/** Does a round with a mission of its own, so that each round has the same steps. */
async function withMission(
  world: World,
  round: number,
  test: (mission: string, title: string) => Promise<void>,
): Promise<void> {
  const mission = `${String(round).padStart(3, "0")}-search`;
  const title = `Of ${mission}`;
  await writeMission(world.project, mission, {
    WP01: { title },
    WP02: { title, dependencies: ["WP01"] },
  });
  await test(mission, title);
  await Deno.remove(`${world.project}/kitty-specs/${mission}`, { recursive: true });
}

const AT = "2026-03-02T10:00:00Z";

function stepId(round: number, letter: string): string {
  return `01JNA${String(round).padStart(20, "0")}${letter}`;
}

function sameLook(looked: readonly Seen[], title: string): readonly Seen[] {
  return looked.filter((one) => one.title.endsWith(title))
    .toSorted((a, b) => a.title < b.title ? -1 : 1);
}

Deno.test("a `wp push` that ends at any step of a creation is repeated to one ticket for each package, and each event once", () =>
  withLooking(async (world, look) => {
    let round = 0;
    const steps = await atEveryStep((killing, label) =>
      withMission(world, ++round, async (mission, title) => {
        await addSteps(world.project, mission, [
          { wp: "WP01", to: "for_review", at: AT, id: stepId(round, "A") },
        ]);

        await world.here(["wp", "push", mission], killing);
        await pushed(world, mission);

        assert.deepEqual(await pushed(world, mission), AS_THEY_SHOULD_BE, label);
        const made = sameLook(await look(), title);
        assert.deepEqual(made.map(({ status }) => status), ["in_review", "todo"], label);
        assert.deepEqual(
          made[1]?.links.map(({ type, ref }) => [type, ref.id]),
          [["blocked_by", made[0]?.ref.id]],
          label,
        );
        assert.deepEqual(await eventsAtHost(world, mission), [
          "WPCreated WP01",
          "WPCreated WP02",
          `WPStatusChanged WP01 for_review ${AT}`,
        ], label);
        // What the events tell is what was pushed: they move nothing a second time.
        assert.deepEqual(sameLook(await look(), title), made, label);
        await assertUndamaged(world, label);
      })
    );
    assert.ok(steps >= 40, `requests, rows and files, not ${steps} steps`);
  }));

Deno.test("a `wp push` that ends at any step of a change is repeated to tickets at the last lane, each moved once", () =>
  withLooking(async (world, look) => {
    let round = 0;
    const steps = await atEveryStep((killing, label) =>
      withMission(world, ++round, async (mission, title) => {
        await addSteps(world.project, mission, [
          { wp: "WP01", to: "claimed", at: AT, id: stepId(round, "A") },
        ]);
        await pushed(world, mission);
        const later = "2026-03-02T10:00:00.000001Z";
        await addSteps(world.project, mission, [
          { wp: "WP01", to: "blocked", at: AT, id: stepId(round, "B") },
          { wp: "WP01", to: "for_review", at: later, id: stepId(round, "C") },
        ]);
        const before = sameLook(await look(), title);

        await world.here(["wp", "push", mission], killing);
        await pushed(world, mission);

        assert.deepEqual(await pushed(world, mission), AS_THEY_SHOULD_BE, label);
        assert.deepEqual(await eventsAtHost(world, mission), [
          "WPCreated WP01",
          "WPCreated WP02",
          `WPStatusChanged WP01 blocked ${AT}`,
          `WPStatusChanged WP01 claimed ${AT}`,
          `WPStatusChanged WP01 for_review ${later}`,
        ], label);
        const after = sameLook(await look(), title);
        assert.deepEqual(after.map(({ status }) => status), ["in_review", "todo"], label);
        const moves = after.map(({ version }, place) =>
          Number(version) - Number(before[place]?.version)
        );
        assert.deepEqual(moves, [1, 0], `${label}: moved once`);
        await assertUndamaged(world, label);
      })
    );
    assert.ok(steps >= 20, `requests, rows and files, not ${steps} steps`);
  }));
