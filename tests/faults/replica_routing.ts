/** Passes requests only to hosts that say that they are ready, as a proxy with health checks does. */
import { systemClock } from "../../src/platform/clock.ts";
import type { Replica, Replicas } from "../support/replicas.ts";

/** Milliseconds between two looks at a host; a host that stops answers on for longer. */
const LOOK_EVERY_MS = 50;

/** Milliseconds in which a request that was passed on before a look has met its host. */
const ON_THE_WAY_MS = 500;

/** What sends requests to hosts that are ready. */
export interface Routing {
  /**
   * Ends a host and starts it again; waits until it takes requests. Answers whether the end was noticed in time: on a
   * busy machine the look may come after it.
   */
  restart(member: Replica): Promise<boolean>;
  stop(): Promise<void>;
}

/** Asks all hosts again and again whether they are ready. */
export function routeToReady({ members, route }: Replicas): Routing {
  const clock = systemClock();
  const ready = new Set(members.flatMap((member) => member.url() ?? []));
  const known = new Set(ready);
  let isOver = false;
  route(() => [...ready]);
  const looking = (async () => {
    while (!isOver) {
      for (const member of members) {
        const url = member.url();
        if (url !== null) known.add(url);
      }
      await Promise.all([...known].map(async (url) => {
        if (await isReady(url)) ready.add(url);
        else ready.delete(url);
      }));
      await clock.sleep(LOOK_EVERY_MS);
    }
  })();
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await clock.sleep(LOOK_EVERY_MS);
  };
  return {
    async restart(member) {
      const before = member.url() ?? "";
      const ending = member.terminate();
      const noticed = until(() => !ready.has(before)).then(() => clock.sleep(ON_THE_WAY_MS));
      const isInTime = await Promise.race([noticed.then(() => true), ending.then(() => false)]);
      await Promise.all([ending, noticed]);
      await member.start();
      await until(() => ready.has(member.url() ?? ""));
      return isInTime;
    },
    async stop() {
      isOver = true;
      await looking;
      route(() => members.flatMap((member) => member.url() ?? []));
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/readyz`);
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
