/**
 * Clients of a host and people at a provider work on the same issues, while calls fail before and after their effect,
 * webhooks are lost, doubled and mixed up, and processes of the host are killed. Once nobody edits any more, both sides
 * agree; nothing is lost or created twice, and the host has written only what it was asked for, once. A failure tells the
 * seed of its episode and what happened; the variable in the test's name, set to that seed, plays the episode again.
 */
import { openSqliteStore } from "../../src/server/store/sqlite.ts";
import { seededRandom, seedOf } from "../support/chance.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { fakeSide } from "./simulation/fake_side.ts";
import { gitHubSide } from "./simulation/github_side.ts";
import { linearSide } from "./simulation/linear_side.ts";
import type { Side } from "./simulation/side.ts";
import { simulate } from "./simulation/simulate.ts";

/** Steps of an episode, and episodes of a simulation. */
const STEPS = Number(Deno.env.get("TRACKER_SIMULATION_STEPS") ?? 60);
const EPISODES = Deno.env.get("TRACKER_SIMULATION_EPISODES");

const SIDES: Readonly<Record<string, (platform: TestPlatform) => Side | Promise<Side>>> = {
  fake: (platform) => fakeSide(platform.clock.now),
  github: (platform) => gitHubSide(platform.clock.now),
  linear: (platform) => linearSide(platform.clock),
};

for (const [name, sideOf] of Object.entries(SIDES)) {
  const variable = `TRACKER_SIMULATION_PROVIDER_${name.toUpperCase()}`;
  const seed = seedOf(variable);
  const episodes = Number(EPISODES ?? (Deno.env.has(variable) ? 1 : 2));
  Deno.test(
    `a provider and the host agree once edits stop: ${name} (${variable}=${seed}, ${episodes} times ${STEPS} steps)`,
    async () => {
      for (let episode = 0; episode < episodes; episode++) {
        await play(seed + episode, sideOf);
      }
    },
  );
}

function play(seed: number, sideOf: (platform: TestPlatform) => Side | Promise<Side>) {
  return withPlatform({}, async (machine) => {
    const platform = { ...machine, random: seededRandom(seed) };
    const store = await openSqliteStore(platform, `${platform.home}/host.db`);
    try {
      const side = await sideOf(platform);
      // Two processes on one file would wait for each other within this one thread: they share a connection to it.
      const stores = seed % 2 === 0 ? [store, store] : [store];
      await simulate({ platform, stores, side, seed, steps: STEPS });
    } finally {
      await store.close();
    }
  });
}
