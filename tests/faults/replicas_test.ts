/**
 * Hosts on one database that end and start again while programs work at them. TRACKER_CHAOS_SEED gives other chances,
 * TRACKER_CHAOS_SECONDS makes it longer, TRACKER_CHAOS_PROGRAMS lets more programs work, TRACKER_CHAOS_SAID shows what
 * the hosts have said.
 */
import assert from "node:assert/strict";
import { seedOf } from "../support/chance.ts";
import { withReplicas } from "../support/replicas.ts";
import { untilSo } from "../support/until.ts";
import { withServer } from "../server/postgres_support.ts";
import { doHarm } from "./replica_faults.ts";
import { CHAOS, workUnder } from "./replica_run.ts";
import { routeToReady } from "./replica_routing.ts";

/** Says which run it is, and how it went. */
async function told<T>(run: (seed: number, seconds: number) => Promise<T>): Promise<T> {
  const seed = seedOf("TRACKER_CHAOS_SEED");
  console.log(`    TRACKER_CHAOS_SEED=${seed}`);
  const seen = await run(seed, Number(Deno.env.get("TRACKER_CHAOS_SECONDS") ?? "3"));
  console.log(`    ${JSON.stringify(seen)}`);
  return seen;
}

Deno.test("hosts and backends that end at random lose nothing, do nothing twice, and hide no change", () =>
  withReplicas({ count: 3, seed: CHAOS, serve: ["--rate", "0"] }, async (replicas) => {
    const seen = await told((seed, seconds) =>
      workUnder(replicas, {
        seed,
        seconds,
        harm: (chance, isOver) => doHarm(replicas, chance, isOver),
      })
    ).finally(() => {
      if (Deno.env.has("TRACKER_CHAOS_SAID")) console.log(replicas.said.join(""));
    });
    assert.ok(seen.steps > 0 && seen.kills + seen.backends > 0);
  }));

Deno.test("when one host after the other is ended and started again, no request fails", () =>
  withReplicas(
    { count: 2, seed: CHAOS, serve: ["--rate", "0", "--drain-seconds", "1"] },
    async (replicas) => {
      const routing = routeToReady(replicas);
      const seen = await told((seed) =>
        workUnder(replicas, {
          seed,
          seconds: 600,
          async harm(_, isOver) {
            let restarts = 0;
            let late = 0;
            for (const member of replicas.members) {
              if (isOver()) break;
              if (!await routing.restart(member)) late += 1;
              restarts += 1;
            }
            return { restarts, late };
          },
        })
      ).finally(() => routing.stop());
      assert.deepEqual([seen.restarts, seen.refused], [2, 0]);
      // A proxy that noticed too late has sent requests to a host that was gone.
      if (seen.late === 0) assert.equal(seen.lost, 0);
      assert.ok(seen.answers > 0);
    },
  ));

Deno.test("a database that is restarted, well or not, or away for a while, is found again", () =>
  withServer(async (server) => {
    const options = { count: 2, seed: CHAOS, serve: ["--rate", "0"], server: server.url };
    await withReplicas(options, async (replicas) => {
      const urls = replicas.members.map((member) => member.url());
      const seen = await told((seed) =>
        workUnder(replicas, {
          seed,
          seconds: 600,
          async harm(chance, isOver, figures) {
            const rise = async (name: "answers" | "refused", by: number) => {
              const enough = figures[name] + by;
              await untilSo(() => isOver() || figures[name] >= enough);
            };
            for (const mode of ["fast", "immediate"] as const) {
              await rise("answers", 1 + chance.below(30));
              await server.restart(mode);
            }
            await rise("answers", 1 + chance.below(30));
            await server.halt();
            await rise("refused", 3);
            await server.resume();
            await rise("answers", 1);
            return { restarts: 3 };
          },
        })
      );
      assert.ok(seen.refused > 0, "nobody has noticed");
      assert.equal(seen.lost, 0, "a host has not answered");
      assert.deepEqual(replicas.members.map((member) => member.url()), urls);
      for (const url of urls) assert.equal((await readiness(url)).status, 200);
    });
    // What was acknowledged must be on the disk, as it is by default.
  }, { settings: ["synchronous_commit=on"] }));

async function readiness(url: string | null): Promise<{ readonly status: number }> {
  const answer = await fetch(`${url}/readyz`);
  await answer.body?.cancel();
  return answer;
}
