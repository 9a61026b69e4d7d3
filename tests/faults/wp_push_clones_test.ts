/** Two clones of a project, each with a home of its own, push the same change to a host over HTTP at one moment. */
import assert from "node:assert/strict";
import { addSteps, writeMission } from "../missions/packages/push_scene.ts";
import { document, ends, withBoundWorld } from "../support/bound.ts";
import type { World } from "../support/world.ts";

/** The second clone: where it is, and whose home it has. */
type Clone = { readonly cwd: string; readonly env: { readonly HOME: string } };

async function withClone(test: (world: World, clone: Clone) => Promise<void>): Promise<void> {
  await withBoundWorld(async (world) => {
    const clone = { cwd: `${world.project}-clone`, env: { HOME: `${world.home}-clone` } };
    await Deno.mkdir(`${clone.env.HOME}/.spec-kitty`, { recursive: true });
    await Deno.mkdir(`${clone.cwd}/.kittify`, { recursive: true });
    const settings = ".spec-kitty/config.toml";
    await Deno.copyFile(`${world.home}/${settings}`, `${clone.env.HOME}/${settings}`);
    const config = ".kittify/config.yaml";
    await Deno.copyFile(`${world.project}/${config}`, `${clone.cwd}/${config}`);
    const login = ["auth", "login", "--username", "demo@example.com", "--password-stdin"];
    await ends(world, 0, login, { stdin: "demo\n", ...clone });
    await test(world, clone);
  });
}

const PACKAGES = { WP01: { title: "Index" }, WP02: { title: "Ask", dependencies: ["WP01"] } };

/** Moves WP01 in both clones. Ids of steps are the same in them, and no other mission's. */
async function move(world: World, { cwd }: Clone, mission: string): Promise<void> {
  const id = `01JNA${mission.slice(0, 3).padStart(20, "0")}`;
  for (const root of [world.project, cwd]) {
    await addSteps(root, mission, [
      { wp: "WP01", to: "claimed", at: "2026-03-02T10:00:00Z", id: `${id}A` },
      { wp: "WP01", to: "for_review", at: "2026-03-02T10:00:00.000002Z", id: `${id}B` },
    ]);
  }
}

interface Ticket {
  readonly title: string;
  readonly status: string;
  readonly version: string;
}

/** The tickets at the host that did not exist before. */
async function made(world: World, before: readonly string[]): Promise<readonly Ticket[]> {
  const { items } = await document(world, "sync", "pull", "--all");
  return items.filter(({ ref }: { readonly ref: { readonly id: string } }) =>
    !before.includes(ref.id)
  ).toSorted((a: Ticket, b: Ticket) => a.title < b.title ? -1 : 1);
}

async function ids(world: World): Promise<readonly string[]> {
  const { items } = await document(world, "sync", "pull", "--all");
  return items.map(({ ref }: { readonly ref: { readonly id: string } }) => ref.id);
}

/** What the host was told of a mission by both clones; each as often as it holds it. */
async function told(world: World, clone: Clone, mission: string): Promise<readonly string[]> {
  await ends(world, 0, ["events", "flush"]);
  await ends(world, 0, ["events", "flush"], clone);
  const { events } = await world.look("events");
  return events.filter(({ payload }: { readonly payload: { readonly feature_slug: string } }) =>
    payload.feature_slug === mission
  ).map(({ event_type, payload }: {
    readonly event_type: string;
    readonly payload: { readonly wp_id: string; readonly to_lane?: string };
  }) => [event_type, payload.wp_id, payload.to_lane].join(" ").trim()).sort();
}

/** Runs a push, and the other clone's whole one before the answer to the request of this number is seen. */
async function pushAround(
  world: World,
  clone: Clone,
  mission: string,
  number: number,
): Promise<boolean> {
  let requests = 0;
  let isMet = false;
  await ends(world, 0, ["wp", "push", mission], {
    fetch: (real) => async (request, options) => {
      const isIt = ++requests === number;
      const answer = await real(request, options);
      if (isIt) {
        isMet = true;
        await ends(world, 0, ["wp", "push", mission], clone);
      }
      return answer;
    },
  });
  return isMet;
}

Deno.test("a push of one clone between any two requests of another's ends in one ticket a package, each event once, and the last lane", () =>
  withClone(async (world, clone) => {
    let places = 0;
    for (let number = 1;; number++) {
      const mission = `${String(number).padStart(3, "0")}-search`;
      const label = `request ${number}`;
      for (const root of [world.project, clone.cwd]) await writeMission(root, mission, PACKAGES);
      const before = await ids(world);

      const isMet = await pushAround(world, clone, mission, number);
      if (!isMet) break;
      places++;
      const created = await made(world, before);
      assert.deepEqual(created.map(({ title, status }) => [title, status]), [
        ["WP01 Index", "todo"],
        ["WP02 Ask", "todo"],
      ], label);

      await move(world, clone, mission);
      await pushAround(world, clone, mission, number);
      const moved = await made(world, before);
      assert.deepEqual(moved.map(({ status }) => status), ["in_review", "todo"], label);
      assert.deepEqual(await told(world, clone, mission), [
        "WPCreated WP01",
        "WPCreated WP02",
        "WPStatusChanged WP01 claimed",
        "WPStatusChanged WP01 for_review",
      ], label);
      for (const place of [{}, clone]) {
        const again = await document(world, "wp", "push", mission);
        assert.equal(again.counts.unchanged, 2, label);
        await ends(world, 0, ["wp", "push", mission], place);
      }
      const settled = await made(world, before);
      const moves = settled.map(({ version }, at) =>
        Number(version) - Number(created[at]?.version)
      );
      assert.deepEqual(moves, [1, 0], `${label}: moved once`);
    }
    assert.ok(places >= 5, `requests of a push, not ${places}`);
  }));

Deno.test("processes of two clones that push at one moment end in one ticket a package", () =>
  withClone(async (world, clone) => {
    const mission = "001-search";
    for (const root of [world.project, clone.cwd]) await writeMission(root, mission, PACKAGES);
    const before = await ids(world);
    const both = () =>
      Promise.all([{}, clone, {}, clone].map((place) => world.run(["wp", "push", mission], place)));

    for (const { code, stderr } of await both()) assert.equal(code, 0, stderr);
    await move(world, clone, mission);
    for (const { code, stderr } of await both()) assert.equal(code, 0, stderr);

    assert.deepEqual((await made(world, before)).map(({ title, status }) => [title, status]), [
      ["WP01 Index", "in_review"],
      ["WP02 Ask", "todo"],
    ]);
    assert.equal((await told(world, clone, mission)).length, 4);
  }));

Deno.test("a new clone shows the tickets that another has pushed after its first pull, and asks for them no more", () =>
  withClone(async (world, clone) => {
    const mission = "001-search";
    for (const root of [world.project, clone.cwd]) await writeMission(root, mission, PACKAGES);
    await ends(world, 0, ["wp", "push", mission]);
    const tickets = async (place: object) => {
      const { stdout } = await ends(world, 0, ["wp", "list", "--json"], place);
      return JSON.parse(stdout).missions[0].work_packages.map((
        { ref, tracker_status }: { readonly ref: unknown; readonly tracker_status: unknown },
      ) => [ref, tracker_status]);
    };
    assert.deepEqual(await tickets(clone), [[null, null], [null, null]]);

    await ends(world, 0, ["sync", "pull", "--all"], clone);

    await ends(world, 0, ["sync", "pull", "--all"]);
    assert.deepEqual(await tickets(clone), await tickets({}));
    assert.equal((await tickets(clone))[0][1], "todo");
    await world.forgetRequests();
    await ends(world, 0, ["sync", "pull"], clone);
    assert.deepEqual((await world.requests()).filter((line) => line.includes("/mappings/")), []);

    // What cannot be asked is said; the pull itself is done.
    await writeMission(clone.cwd, "002-later", { WP01: {} });
    await world.lever("fail", { times: 1, status: 403, path: "tracker/mappings" });
    const { stdout, stderr } = await ends(world, 0, ["sync", "pull"], clone);
    assert.match(stdout, /Pulled/);
    assert.match(stderr, /The tickets of work packages are not known: /);
  }));
