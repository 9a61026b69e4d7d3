import type { HostStore } from "../../../src/server/store/store.ts";
import { seededRandom, seedOf } from "../../support/chance.ts";
import { type TestPlatform, withPlatform } from "../../support/platform.ts";
import { fakeSide } from "./fake_side.ts";
import { gitHubSide } from "./github_side.ts";
import { gitLabSide } from "./gitlab_side.ts";
import { jiraSide } from "./jira_side.ts";
import { linearSide } from "./linear_side.ts";
import type { Side } from "./side.ts";
import { simulate } from "./simulate.ts";

/** Steps of an episode, and episodes of a simulation. */
const STEPS = Number(Deno.env.get("TRACKER_SIMULATION_STEPS") ?? 60);
const EPISODES = Deno.env.get("TRACKER_SIMULATION_EPISODES");

const SIDES: Readonly<Record<string, (platform: TestPlatform) => Side | Promise<Side>>> = {
  fake: (platform) => fakeSide(platform.clock.now),
  github: (platform) => gitHubSide(platform.clock.now),
  gitlab: (platform) => gitLabSide(platform.clock.now),
  jira: (platform) => jiraSide(platform.clock.now, "cloud"),
  jira_app: (platform) => jiraSide(platform.clock.now, "app"),
  jira_server: (platform) => jiraSide(platform.clock.now, "server"),
  linear: (platform) => linearSide(platform.clock),
};

/** Opens the database of an episode, as often as there are processes. */
export type OpenStores = (
  platform: TestPlatform,
  seed: number,
  work: (stores: readonly HostStore[]) => Promise<void>,
) => Promise<void>;

/** Registers a test for each provider on a kind of database. */
export function testProviders(
  database: string,
  open: OpenStores,
  { episodes: usual }: { readonly episodes: number },
): void {
  for (const [name, sideOf] of Object.entries(SIDES)) {
    const variable = `TRACKER_SIMULATION_PROVIDER_${name.toUpperCase()}`;
    const seed = seedOf(variable);
    const episodes = Number(EPISODES ?? (Deno.env.has(variable) ? 1 : usual));
    Deno.test(
      `a provider and the host on ${database} agree once edits stop: ${name} (${variable}=${seed}, ${episodes} times ${STEPS} steps)`,
      async () => {
        for (let episode = 0; episode < episodes; episode++) {
          await play(seed + episode, sideOf, open);
        }
      },
    );
  }
}

function play(
  seed: number,
  sideOf: (platform: TestPlatform) => Side | Promise<Side>,
  open: OpenStores,
): Promise<void> {
  return withPlatform({}, async (machine) => {
    const platform = { ...machine, random: seededRandom(seed) };
    const side = await sideOf(platform);
    await open(
      platform,
      seed,
      (stores) => simulate({ platform, stores, side, seed, steps: STEPS }),
    );
  });
}
