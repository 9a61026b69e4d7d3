import type { Clock } from "../platform/clock.ts";

/** Wakes a loop from its sleep, or ends it. Nothing is left behind by a sleep that is over. */
export class Wake {
  #triggered = false;
  #stopReason: string | null = null;
  #sleep: AbortController | null = null;
  #work: AbortController | null = null;

  /** Why the loop must end; `null` while it continues. */
  get stopReason(): string | null {
    return this.#stopReason;
  }

  /** Ends the present sleep, or the next one when none is on. */
  trigger(): void {
    this.#triggered = true;
    this.#sleep?.abort();
  }

  /** Ends the loop: the present sleep ends, the present work is told to. The first reason stays. */
  stop(reason: string): void {
    this.#stopReason ??= reason;
    this.#work?.abort();
    this.#sleep?.abort();
  }

  /** Runs `work` with a signal that fires on {@link Wake.stop}. */
  async during<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    // A signal for each: dependants of a lasting one would pile up.
    this.#work = new AbortController();
    if (this.#stopReason !== null) this.#work.abort();
    try {
      return await work(this.#work.signal);
    } finally {
      this.#work = null;
    }
  }

  /** Waits `ms` milliseconds; true when woken early by a trigger. */
  async sleep(clock: Clock, ms: number): Promise<boolean> {
    if (!this.#triggered && this.#stopReason === null) {
      this.#sleep = new AbortController();
      const { signal } = this.#sleep;
      try {
        await clock.sleep(ms, { signal });
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        this.#sleep = null;
      }
    }
    const woken = this.#triggered;
    this.#triggered = false;
    return woken;
  }
}
