import type { Stop } from "./store.ts";

/** Who listens to which channel, in this process. */
export class Channels {
  readonly #listeners = new Map<string, Set<() => void>>();

  /** Calls `wake` at each notification until it is stopped. */
  listen(channel: string, wake: () => void): Stop {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners);
    const listener = () => wake();
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(channel);
    };
  }

  /** Wakes all who listen. */
  notify(channel: string): void {
    for (const wake of this.#listeners.get(channel) ?? []) wake();
  }
}
