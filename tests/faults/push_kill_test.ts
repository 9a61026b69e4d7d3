import assert from "node:assert/strict";
import { document, ends, withBoundWorld } from "../support/bound.ts";
import type { World } from "../support/world.ts";
import { type KillMoment, killNear } from "./kill_near.ts";

/** How often a push is killed; `TRACKER_FAULT_KILLS` changes it. */
const KILLS = Math.min(Number(Deno.env.get("TRACKER_FAULT_KILLS") ?? 8), 1_000);
const STATUSES = ["blocked", "in_progress", "in_review", "todo"] as const;
/** At any instant, and shortly after the host was asked. */
const ANY: KillMoment = { path: null, withinMs: 1_500 };
const MOMENTS: readonly KillMoment[] = [ANY, { path: "/push/", withinMs: 60 }];

/** One push: an issue that is moved, and one that is made. */
function itemsOf(round: number): string {
  const ref = { system: "linear", workspace: "acme" };
  return JSON.stringify([
    {
      ref: { ...ref, id: "ENG-5" },
      action: "transition",
      target_status: STATUSES[round % STATUSES.length],
    },
    { ref: { ...ref, id: `made-${round}` }, action: "create", patch: { title: `Made ${round}` } },
  ]);
}

interface AtHost {
  readonly status: string;
  readonly updatedAt: string;
  /** How many issues the round has made. */
  readonly made: number;
}

async function atHost(world: World, round: number): Promise<AtHost> {
  const env = { HOME: `${world.home}-looking` };
  const args = ["sync", "pull", "--all", "--json"];
  const { items } = JSON.parse((await ends(world, 0, args, { env })).stdout);
  const moved = items.find((one: { ref: { key: string } }) => one.ref.key === "ENG-5");
  const made = items.filter((one: { title: string }) => one.title === `Made ${round}`).length;
  return { status: moved.status, updatedAt: moved.updated_at, made };
}

Deno.test(`${KILLS} kills of a push: its repeat does each thing once, and says what was done now and what before`, () =>
  withBoundWorld(async (world) => {
    const looking = { HOME: `${world.home}-looking` };
    const login = ["auth", "login", "--username", "demo@example.com", "--password-stdin"];
    await ends(world, 0, login, { stdin: "demo\n", env: looking });
    await ends(world, 0, ["sync", "pull"]);
    const told = { now: 0, before: 0, unchanged: 0 };
    for (let round = 0; round < KILLS; round++) {
      const label = `round ${round}`;
      const isSlow = round % 4 === 3;
      await world.lever(
        "levers",
        isSlow ? { accept_above: 0, operation_delay_ms: 30 } : { accept_above: 9_999 },
      );
      const file = `${world.project}/items-${round}.json`;
      await Deno.writeTextFile(file, itemsOf(round));
      const had = await atHost(world, round);
      await killNear(world, ["sync", "push", "--items-json", file], MOMENTS[round % 2] ?? ANY);
      const between = await atHost(world, round);
      const result = await document(world, "sync", "push", "--items-json", file);
      const after = await atHost(world, round);
      assert.equal(after.status, STATUSES[round % STATUSES.length], label);
      assert.equal(after.made, 1, label);
      const [moved, made] = result.items;
      const didNow = after.updatedAt !== between.updatedAt;
      if (!isSlow) assert.equal(moved.outcome === "transitioned", didNow, label);
      if (moved.outcome === "transitioned") assert.ok(didNow, label);
      // In a slow round the host may go on with what the killed push asked for after we have looked.
      if (!isSlow) assert.equal(made.outcome === "created", between.made === 0, label);
      if (made.outcome === "created") assert.equal(between.made, 0, label);
      if (moved.already_sent === true) {
        assert.equal(moved.outcome, "unchanged", label);
        told.before++;
      } else if (moved.outcome === "transitioned") told.now++;
      else told.unchanged++;
      const { status } = await document(world, "issue", "show", "ENG-5");
      assert.ok(status === after.status || result.cache_outdated > 0, label);
      assert.notEqual(had.status, after.status, label);
    }
    console.log(
      `done by the repeat ${told.now}, told as already sent ${told.before}, ended before the kill ${told.unchanged}`,
    );
  }));
