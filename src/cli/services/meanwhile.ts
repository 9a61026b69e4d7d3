import type { Clock } from "../../platform/clock.ts";
import { LEAVES_MS } from "../../platform/pauses.ts";

/** Pieces of work by their names. */
type Parts = Readonly<Record<string, () => Promise<unknown>>>;

/**
 * Asks a host, and does the parts, one after the other, while the answer is on its way. Then `use` has both: each part
 * is a function that returns what it has come to, or throws its fault. So a fault is told where the part is used, and
 * that of the question before all of them. Ends when everything that has begun has ended.
 */
export async function meanwhile<A, P extends Parts, T>(
  clock: Pick<Clock, "sleep">,
  ask: () => Promise<A>,
  parts: P,
  use: (answer: A, done: P) => Promise<T>,
): Promise<T> {
  const asked = ask();
  // The question leaves before what follows keeps the process busy.
  let last: Promise<unknown> = Promise.race([asked, clock.sleep(LEAVES_MS)]).catch(ignore);
  const done = Object.fromEntries(
    Object.entries(parts).map(([name, part]) => {
      const result = last.then(part);
      last = result.catch(ignore);
      return [name, () => result];
    }),
  );
  try {
    return await use(await asked, { ...parts, ...done });
  } finally {
    await last;
  }
}

/** The fault is told by who awaits the same work. */
function ignore(): void {}
