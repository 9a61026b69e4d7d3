import type { Platform } from "../platform/platform.ts";
import { errorText } from "../platform/tracker_error.ts";
import type { IssueStore } from "../store/issue_store.ts";

/** What tells a new push from the repeat of one that broke off. */
export interface PushHistory {
  /** How often batches of these contents came to their end; those that never did may be left out. */
  times(contents: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Remembers how often they did by now. */
  finish(times: ReadonlyMap<string, number>): Promise<void>;
}

/** What a history needs. */
export interface PushHistoryOptions {
  readonly platform: Pick<Platform, "clock">;
  /** Opens the cache of the binding, made when missing. */
  readonly open: () => Promise<IssueStore>;
  readonly debug?: ((message: string) => void) | undefined;
}

/**
 * The history in the cache of a binding. A cache that cannot be used stops no push: the keys then follow from the
 * content alone.
 */
export function cachedPushHistory({ platform, open, debug }: PushHistoryOptions): PushHistory {
  const attempt = async <T>(work: (store: IssueStore) => T, otherwise: T): Promise<T> => {
    try {
      using store = await open();
      return work(store);
    } catch (error) {
      debug?.(`What was pushed before is not known: ${errorText(error)}`);
      return otherwise;
    }
  };
  return {
    times: (contents) => attempt((store) => timesIn(store, contents), new Map<string, number>()),
    finish: (times) =>
      attempt((store) => {
        const now = platform.clock.now();
        store.transaction(() => {
          for (const [content, count] of times) store.pushes.finish(content, count, now);
        });
      }, undefined),
  };
}

/** A history that is looked at only, for a push that is not made. */
export function lookedUpHistory(open: () => Promise<IssueStore | null>): PushHistory {
  return {
    async times(contents) {
      using store = await open();
      return store === null ? new Map() : timesIn(store, contents);
    },
    finish: () => Promise.resolve(),
  };
}

function timesIn(store: IssueStore, contents: readonly string[]): Map<string, number> {
  return new Map(contents.map((content) => [content, store.pushes.times(content)]));
}
