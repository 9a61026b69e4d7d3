/** Ends hosts and the backends of their database, at random, and starts the hosts again. */
import { systemClock } from "../../src/platform/clock.ts";
import type { Chance } from "../support/chance.ts";
import { connect } from "../support/postgres.ts";
import type { Replica, Replicas } from "../support/replicas.ts";

/** What was done to the hosts. */
export interface Harm {
  kills: number;
  terms: number;
  backends: number;
  pauses: number;
  /** Starts in vain: the database was lost on the way. */
  starts: number;
}

/** Does harm until `isOver`, and at least some; then all hosts run again. Answers what was done. */
export async function doHarm(
  { members, databaseUrl }: Replicas,
  chance: Chance,
  isOver: () => boolean,
): Promise<Harm> {
  const clock = systemClock();
  const harm: Harm = { kills: 0, terms: 0, backends: 0, pauses: 0, starts: 0 };
  const starting = new Set<Promise<void>>();
  const startLater = (member: Replica) => {
    const start = clock.sleep(chance.below(1_500)).then(() => restart(member, harm))
      .finally(() => starting.delete(start));
    starting.add(start);
  };
  while (!isOver() || harm.kills + harm.backends === 0) {
    await clock.sleep(50 + chance.below(550));
    const running = members.filter((member) => member.url() !== null);
    const act = chance.pick(["kill", "kill", "kill", "backends", "backends", "term", "pause"]);
    if (act === "backends") {
      harm.backends += await endBackends(databaseUrl, chance);
      continue;
    }
    if (running.length === 0) continue;
    const victim = chance.pick(running);
    if (act === "pause") {
      harm.pauses += 1;
      await victim.pause(chance.below(2_000));
      continue;
    }
    // One of them may be the last: then nobody answers for a while.
    if (act === "kill") await victim.kill();
    else await victim.terminate();
    harm[act === "kill" ? "kills" : "terms"] += 1;
    startLater(victim);
  }
  while (starting.size > 0) await Promise.all(starting);
  return harm;
}

/** Starts a host until it runs, as a service manager does. */
async function restart(member: Replica, harm: Harm): Promise<void> {
  for (;;) {
    try {
      return await member.start();
    } catch (error) {
      if (!String(error).includes("PostgreSQL") && !String(error).includes("database")) throw error;
      harm.starts += 1;
    }
  }
}

/** Ends about a third of the backends of a database, or all; answers how many. */
async function endBackends(databaseUrl: string, chance: Chance): Promise<number> {
  const client = await connect(databaseUrl);
  try {
    const { rows } = await client.query(
      `SELECT pid FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY pid`,
    );
    const isAll = chance.once(4);
    const chosen = rows.filter(() => isAll || chance.once(3));
    for (const { pid } of chosen) await client.query("SELECT pg_terminate_backend($1)", [pid]);
    return chosen.length;
  } finally {
    await client.end();
  }
}
