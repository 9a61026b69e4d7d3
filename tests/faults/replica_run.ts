/** A run of programs at hosts to which harm is done. */
import assert from "node:assert/strict";
import { systemClock } from "../../src/platform/clock.ts";
import { issue, write } from "../acceptance/host_setup.ts";
import { ends } from "../support/bound.ts";
import { type Chance, chanceOf } from "../support/chance.ts";
import type { Replicas, Seed } from "../support/replicas.ts";
import type { World } from "../support/world.ts";
import { checkDatabase, failedJobs, workEnds } from "./replica_checks.ts";
import { type Figures, ReplicaClient } from "./replica_client.ts";
import { follow } from "./replica_reader.ts";
import { Ledger, takeStep, type Worker } from "./replica_work.ts";

/** Resources to bind, beside the one that all work on. */
const PLACES = 6;
const PASSWORD = "correct horse battery";
const USERS = ["ada@example.com", "bob@example.com"];

/** Users and issues. */
export const CHAOS: Seed = { name: "chaos", fill };

async function fill(world: World, databaseUrl: string): Promise<void> {
  const at = ["--database", databaseUrl];
  for (const name of USERS) {
    const add = ["host", "user", "add", name, "--team", "red", ...at];
    await ends(world, 0, add, { stdin: `${PASSWORD}\n` });
  }
  const issues = Array.from({ length: 40 }, (_, n) => issue(String(n + 1)));
  const file = await write(world, "Web.json", JSON.stringify(issues));
  await ends(world, 0, ["host", "import", file, ...at]);
  for (let place = 1; place <= PLACES; place++) {
    const other = await write(world, `Place${place}.json`, JSON.stringify([issue("1")]));
    await ends(world, 0, ["host", "import", other, ...at]);
  }
}

/** How many programs work. */
function workers(): number {
  return Number(Deno.env.get("TRACKER_CHAOS_PROGRAMS") ?? "3");
}

/** Binds the resource that all work on. */
async function bindWeb(client: ReplicaClient): Promise<string> {
  const { body: { resources } } = await client.ask({
    method: "GET",
    path: "/api/v1/tracker/resources/?provider=jira",
  });
  const web = resources.find((one: Record<string, string>) => one["display_label"] === "Web");
  const { status, body } = await client.write("/api/v1/tracker/bind-confirm/", {
    provider: "jira",
    candidate_token: web.candidate_token,
    project_identity: {
      uuid: "550e8400-e29b-41d4-a716-446655440000",
      slug: "web",
      node_id: "a1b2c3d4e5f6",
      repo_slug: null,
    },
  });
  assert.equal(status, 200, JSON.stringify(body));
  return body.binding_ref;
}

/** Does harm, to programs whose figures it sees, until it is over; answers what was done. */
export type DoHarm<T> = (
  chance: Chance,
  isOver: () => boolean,
  figures: Readonly<Figures>,
) => Promise<T>;

/**
 * Lets programs work until the harm is done, which is over after so many seconds; then looks for what was lost, done
 * twice or hidden. Answers what happened.
 */
export async function workUnder<T>(
  replicas: Replicas,
  { seed, seconds, harm }: {
    readonly seed: number;
    readonly seconds: number;
    readonly harm: DoHarm<T>;
  },
): Promise<Figures & T> {
  const chance = chanceOf(seed);
  const figures: Figures = {
    steps: 0,
    answers: 0,
    lost: 0,
    forgotten: 0,
    refused: 0,
    rotations: 0,
    logins: 0,
  };
  const clients = Array.from({ length: workers() + 1 }, (_, n) => {
    const user = { username: chance.pick(USERS), password: PASSWORD };
    const own = chanceOf(chance.below(2 ** 32));
    return new ReplicaClient(replicas.url, { name: `program-${n}`, ...user }, own, figures);
  });
  await Promise.all(clients.map((client) => client.signIn()));
  const [reader, ...writers] = clients;
  assert.ok(reader !== undefined);
  const bindingRef = await bindWeb(reader);
  const ledger = new Ledger();
  ledger.bindings.set("web", bindingRef);
  const clock = systemClock();
  const end = clock.monotonic() + seconds * 1_000;
  let failed = false;
  let harmed = false;
  const isOver = () => failed || clock.monotonic() > end;
  const busy = async (worker: Worker) => {
    for (let n = 1; !failed && !harmed; n++) {
      await takeStep(worker, n);
      figures.steps += 1;
    }
  };
  const fails = (error: unknown) => {
    failed = true;
    throw error;
  };
  const working = Promise.all(
    writers.map((client, n) => busy({ client, number: n + 1, bindingRef, ledger })),
  ).catch(fails);
  let isCalm = false;
  const reading = follow(reader, bindingRef, () => isCalm || failed).catch(fails);
  const harming = harm(chanceOf(chance.below(2 ** 32)), isOver, figures)
    .catch(fails).finally(() => harmed = true);
  const calm = Promise.all([working, harming])
    .then(() => workEnds(replicas.databaseUrl))
    .then(() => isCalm = true)
    .catch(fails);
  await Promise.allSettled([working, harming, calm, reading]);
  if (failed) console.log(JSON.stringify(await failedJobs(replicas.databaseUrl)));
  await Promise.all([working, harming, calm]);
  await checkDatabase(replicas.databaseUrl, ledger, await reading);
  return { ...figures, ...await harming };
}
