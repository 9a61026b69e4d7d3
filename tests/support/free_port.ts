/** Below the ports that systems give to those who ask for any: no connection of another test may have it meanwhile. */
const FIRST = 20_000;
const COUNT = 12_000;

/** How many are tried: each may belong to a service of this machine. */
const TRIES = 100;

/**
 * Returns a port of this machine on which nothing listens, for what has to know its port before it listens. Whatever can
 * be told its port afterwards listens on port 0.
 */
export function freePort(): number {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error(`None of ${TRIES} ports is free`);
}
