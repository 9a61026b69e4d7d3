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
  return {
    times: (contents) => lookUp(contents, open, debug),
    finish: (times) =>
      withCache(open, debug, (store) => {
        const now = platform.clock.now();
        store.transaction(() => {
          for (const [content, count] of times) store.pushes.finish(content, count, now);
        });
      }),
  };
}

/** A history that is looked at only, for a push that is not made; there need be no cache. */
export function lookedUpHistory(
  { open, debug }: Pick<PushHistoryOptions, "debug"> & {
    readonly open: () => Promise<IssueStore | null>;
  },
): PushHistory {
  return {
    times: (contents) => lookUp(contents, open, debug),
    finish: () => Promise.resolve(),
  };
}

async function lookUp(
  contents: readonly string[],
  open: () => Promise<IssueStore | null>,
  debug: PushHistoryOptions["debug"],
): Promise<ReadonlyMap<string, number>> {
  const known = new Map<string, number>();
  await withCache(open, debug, (store) => {
    for (const content of contents) known.set(content, store.pushes.times(content));
  });
  return known;
}

async function withCache(
  open: () => Promise<IssueStore | null>,
  debug: PushHistoryOptions["debug"],
  work: (store: IssueStore) => void,
): Promise<void> {
  try {
    using store = await open();
    if (store !== null) work(store);
  } catch (error) {
    debug?.(`What was pushed before is not known: ${errorText(error)}`);
  }
}
