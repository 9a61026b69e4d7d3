import type { PushItem } from "../contract/push.ts";
import { objectOf, Reading } from "../contract/reading/reading.ts";
import { PushReader } from "../contract/reading/sync.ts";
import type { PushResult } from "../contract/results.ts";
import type { Platform } from "../platform/platform.ts";
import { errorText } from "../platform/tracker_error.ts";
import type { IssueStore } from "../store/issue_store.ts";
import type { StoredBatch } from "../store/pushes.ts";
import { jsonOf } from "../store/rows.ts";
import { keepPushed, NOTHING_KEPT, type PushedInCache } from "./pushed_issues.ts";

/** One request of a push that has begun. */
export interface JournalBatch {
  readonly key: string;
  /** What the host answered before the push was interrupted; `null` when it has not, or that is not known. */
  readonly answer: PushResult | null;
}

/** A push that has begun. */
export interface OpenPush {
  /** It repeats an interrupted push, with nothing sent since. */
  readonly resumed: boolean;
  readonly batches: readonly JournalBatch[];
}

/** What the host answered to a batch. */
export interface BatchAnswer {
  readonly push: string;
  readonly place: number;
  readonly items: readonly PushItem[];
  readonly result: PushResult;
  /** It is the answer to an earlier sending: what has become of the issues since is not known. */
  readonly replayed: boolean;
}

/** What tells a new push from the repeat of an interrupted one. Pushes are known by their content. */
export interface PushJournal {
  /** Returns the interrupted push, or `null` when this would be a new one. Changes nothing. */
  look(push: string, count: number): Promise<readonly JournalBatch[] | null>;
  /** Begins a push of `count` batches: stores their keys before anything is sent. */
  open(push: string, count: number): Promise<OpenPush>;
  /** Stores an answer, and in the same step what it says of the cached issues. */
  answered(answer: BatchAnswer): Promise<PushedInCache>;
  /** Gives a batch a fresh key: the host has refused the write under the one it had. */
  refused(push: string, place: number): Promise<void>;
}

/** What a journal needs. */
export interface PushJournalOptions {
  readonly platform: Pick<Platform, "clock" | "random">;
  /** Opens the cache of the binding, created when missing. */
  readonly open: () => Promise<IssueStore>;
  /** Opens it for reading; `null` when there is none. */
  readonly openForReading: () => Promise<IssueStore | null>;
  readonly debug?: ((message: string) => void) | undefined;
}

/** Returns the journal in the cache of a binding. A cache that cannot be used stops no push: it is then a new one. */
export function cachedPushJournal(options: PushJournalOptions): PushJournal {
  const { platform, open, openForReading } = options;
  const { clock, random } = platform;
  return {
    look: (push, count) =>
      using(options, openForReading, null, (store) => {
        const stored = store.pushes.unfinished(push, count, clock.now());
        return stored === null ? null : stored.map(batchOf);
      }),
    async open(push, count) {
      const fresh = Array.from({ length: count }, () => random.uuid());
      const begun = { resumed: false, batches: fresh.map((key) => ({ key, answer: null })) };
      return await using(options, open, begun, (store) =>
        store.transaction((): OpenPush => {
          const now = clock.now();
          const stored = store.pushes.unfinished(push, count, now);
          if (stored !== null) return { resumed: true, batches: stored.map(batchOf) };
          store.pushes.begin(push, fresh, now);
          return begun;
        }));
    },
    answered: ({ push, place, items, result, replayed }) =>
      using(options, open, NOTHING_KEPT, (store) =>
        store.transaction(() => {
          store.pushes.answered(push, place, JSON.stringify(result));
          return keepPushed(store, { items, result, replayed, now: clock.now() });
        })),
    refused: (push, place) =>
      using(options, open, undefined, (store) => {
        store.pushes.renew(push, place, random.uuid());
      }),
  };
}

/** An answer that cannot be read any more is asked for again, under the key it was given for. */
function batchOf({ key, answer }: StoredBatch): JournalBatch {
  if (answer === null) return { key, answer: null };
  try {
    return { key, answer: PushReader.read(objectOf(jsonOf(answer)), new Reading("tracker")) };
  } catch {
    return { key, answer: null };
  }
}

async function using<T>(
  { debug }: PushJournalOptions,
  open: () => Promise<IssueStore | null>,
  otherwise: T,
  work: (store: IssueStore) => T,
): Promise<T> {
  try {
    using store = await open();
    return store === null ? otherwise : work(store);
  } catch (error) {
    debug?.(`The journal of pushes cannot be used: ${errorText(error)}`);
    return otherwise;
  }
}
