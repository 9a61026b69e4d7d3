import { isoTime } from "../platform/clock.ts";
import { syncNow, type SyncNowOptions } from "./sync_now.ts";
import type { SyncNowView } from "./sync_words.ts";

/** The sync that is under way, and how the last one ended. */
export interface SyncingView {
  readonly running: RunningView | null;
  /** `null` before the first has ended. */
  readonly last: (SyncNowView & { readonly id: number; readonly ended_at: string }) | null;
}

/** A sync that is under way. */
export interface RunningView {
  /** Counts the syncs of this dashboard. */
  readonly id: number;
  readonly started_at: string;
  /** How far it is, in words; empty at the beginning. */
  readonly progress: string;
}

/** Runs one sync at a time: a press while one is under way joins it. */
export class SyncRunner {
  readonly #options: SyncNowOptions;
  #running: RunningView | null = null;
  #last: SyncingView["last"] = null;
  #ended: Promise<void> = Promise.resolve();
  #count = 0;

  /** Starts nothing yet. */
  constructor(options: SyncNowOptions) {
    this.#options = options;
  }

  /** Starts a sync unless one is under way, or the page has been stopped. */
  press(): SyncingView {
    if (this.#running === null && this.#options.signal?.aborted !== true) {
      this.#ended = this.#sync(++this.#count);
    }
    return this.view();
  }

  /** What is under way, and what came of the last. */
  view(): SyncingView {
    return { running: this.#running, last: this.#last };
  }

  /** Resolves when none is under way. */
  ended(): Promise<void> {
    return this.#ended;
  }

  async #sync(id: number): Promise<void> {
    const { clock } = this.#options.platform;
    const started_at = isoTime(clock.now());
    this.#running = { id, started_at, progress: "" };
    const view = await syncNow(this.#options, (progress) => {
      this.#running = { id, started_at, progress };
    });
    this.#last = { ...view, id, ended_at: isoTime(clock.now()) };
    this.#running = null;
  }
}
