import type { Clock } from "../../platform/clock.ts";
import { errorText } from "../../platform/tracker_error.ts";
import type { HostStore } from "./store.ts";
import { isOutage } from "./store_faults.ts";

/** Milliseconds within which no second outage is told. */
const QUIET_MS = 10_000;

/** Who is told of outages of a database. */
export interface OutageReader {
  /** The database cannot be used, and why. */
  began(reason: string): void;
  /** It can be used again, after so many milliseconds. */
  ended(ms: number): void;
}

/**
 * Returns the same store; `reader` is told when its database can no longer be used, and when it can be used again:
 * once, however much is asked of it meanwhile.
 */
export function tellingOutages(store: HostStore, clock: Clock, reader: OutageReader): HostStore {
  let asked = 0;
  let lastFault = 0;
  let since: number | null = null;
  let toldAt = Number.NEGATIVE_INFINITY;
  const failed = () => {
    lastFault = asked;
    if (since !== null || clock.monotonic() - toldAt < QUIET_MS) return false;
    toldAt = clock.monotonic();
    since = toldAt;
    return true;
  };
  const succeeded = (turn: number) => {
    // What was asked before a fault says nothing of the time after it.
    if (since === null || turn <= lastFault) return;
    const ms = clock.monotonic() - since;
    since = null;
    reader.ended(ms);
  };
  const watched = async <T>(work: () => Promise<T>): Promise<T> => {
    const turn = ++asked;
    try {
      const result = await work();
      succeeded(turn);
      return result;
    } catch (error) {
      if (isOutage(error) && failed()) reader.began(errorText(error));
      throw error;
    }
  };
  return {
    one: (sql, ...values) => watched(() => store.one(sql, ...values)),
    all: (sql, ...values) => watched(() => store.all(sql, ...values)),
    run: (sql, ...values) => watched(() => store.run(sql, ...values)),
    transaction: (work, options) => watched(() => store.transaction(work, options)),
    notify: (channel) => watched(() => store.notify(channel)),
    listen: (channel, wake) => store.listen(channel, wake),
    version: () => watched(() => store.version()),
    figures: () => store.figures(),
    dialect: store.dialect,
    close: () => store.close(),
  };
}
