/**
 * Two clones of a project, each with a user, a cache and a wrong clock of its own, and a person at the host work on one
 * resource over real HTTP. A failure tells the seed of its episode and what happened to the issues that it names; the
 * variable in the test's name, set to that seed, plays the episode again.
 *
 * A host that checks no versions leaves a window: what others write between the last reading of a push and its writing
 * is overwritten unseen where both wrote the same field. That alone is allowed there; everything else is asserted.
 */
import assert from "node:assert/strict";
import { systemPlatform } from "../../src/platform/system.ts";
import { startHost } from "../../src/server/mod.ts";
import { STRATEGIES, type Strategy } from "../../src/sync/ownership.ts";
import { seededRandom, seedOf } from "../support/chance.ts";
import { playEpisode, type Simulation } from "./simulation/episode.ts";
import { addPeople } from "./simulation/people.ts";
import { TrueTime, wrongClock } from "./simulation/time.ts";

/** Steps of an episode, and episodes of a simulation. */
const STEPS = Number(Deno.env.get("TRACKER_SIMULATION_STEPS") ?? 60);
const EPISODES = Deno.env.get("TRACKER_SIMULATION_EPISODES");

const SIMULATIONS: readonly Simulation[] = [
  ...STRATEGIES.map((strategy) => simulationOf(strategy, strategy)),
  simulationOf("owners", "newer_timestamp", {
    owners: {
      title: "external",
      labels: "external",
      priority: "external",
      body: "spec_kitty",
      assignees: "spec_kitty",
      custom_fields: "spec_kitty",
    },
  }),
  simulationOf("guided", "newer_timestamp", { workflow: "guided" }),
  simulationOf("no_extensions", "newer_timestamp", { extensions: false }),
  simulationOf("no_extensions_manual", "manual_review", { extensions: false }),
];

function simulationOf(
  name: string,
  strategy: Strategy,
  changes: Partial<Simulation> = {},
): Simulation {
  return { name, strategy, owners: {}, extensions: true, workflow: "open", ...changes };
}

for (const simulation of SIMULATIONS) {
  const variable = `TRACKER_SIMULATION_HOSTED_${simulation.name.toUpperCase()}`;
  const seed = seedOf(variable);
  const episodes = Number(EPISODES ?? (Deno.env.has(variable) ? 1 : 8));
  Deno.test(
    `two clones and a person at the host agree once edits stop: ${simulation.name} (${variable}=${seed}, ${episodes} times ${STEPS} steps)`,
    async () => {
      const happened: string[] = [];
      for (let episode = 0; episode < episodes; episode++) {
        await withPlace(seed + episode, async (place) => {
          const options = { seed: seed + episode, steps: STEPS };
          const { history } = await playEpisode(simulation, place, options);
          happened.push(...history);
        });
      }
      if (episodes < 8) return;
      for (const kind of [/ meets /, /: push 200 /, / ended by/, / creates /, / deletes /]) {
        assert.ok(happened.some((line) => kind.test(line)), `${kind} has happened`);
      }
    },
  );
}

async function withPlace(
  seed: number,
  test: (place: Parameters<typeof playEpisode>[1]) => Promise<void>,
): Promise<void> {
  const time = new TrueTime();
  const hostClock = wrongClock(time, 0);
  const home = await Deno.makeTempDir({ prefix: "tracker-simulation-" });
  const platform = { ...systemPlatform(), clock: hostClock, random: seededRandom(seed) };
  const host = await startHost({ platform, dev: true, rateLimit: null });
  try {
    await addPeople(host.context);
    await test({ host, hostClock, time, home });
  } finally {
    await host.stop();
    await Deno.remove(home, { recursive: true });
  }
}
