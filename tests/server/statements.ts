import { systemClock } from "../../src/platform/clock.ts";
import type {
  HostStore,
  Stop,
  Transaction,
  TransactionOptions,
} from "../../src/server/store/store.ts";

/** Hears of a statement before it runs; the statement waits for it. */
export type Watcher = (sql: string) => void | Promise<void>;

/**
 * Lets others work before each statement, in transactions too, until it is stopped: what is not in one transaction
 * comes apart.
 */
export function interleaveStatements(store: HostStore): Stop {
  const clock = systemClock();
  return watchStatements(store, () => clock.sleep(0));
}

/** Tells of each statement that a store is asked for, in transactions too, until it is stopped. */
export function watchStatements(store: HostStore, seen: Watcher): Stop {
  const { one, all, run, transaction } = store;
  const real: Pick<HostStore, "one" | "all" | "run"> = {
    one: one.bind(store),
    all: all.bind(store),
    run: run.bind(store),
  };
  Object.assign(store, watched(real, seen), {
    transaction: (work: (tx: Transaction) => Promise<unknown>, options?: TransactionOptions) =>
      transaction.call(store, (tx) => work(watchedTransaction(tx, seen)), options),
  });
  return () => void Object.assign(store, { one, all, run, transaction });
}

function watched(
  real: Pick<HostStore, "one" | "all" | "run">,
  seen: Watcher,
): Pick<HostStore, "one" | "all" | "run"> {
  return {
    async one(sql, ...values) {
      await seen(sql);
      return await real.one(sql, ...values);
    },
    async all(sql, ...values) {
      await seen(sql);
      return await real.all(sql, ...values);
    },
    async run(sql, ...values) {
      await seen(sql);
      return await real.run(sql, ...values);
    },
  };
}

function watchedTransaction(tx: Transaction, seen: Watcher): Transaction {
  const self: Transaction = {
    ...watched(tx, seen),
    isTransaction: true,
    dialect: tx.dialect,
    transaction: (work) => work(self),
    version: () => tx.version(),
    figures: () => tx.figures(),
    notify: (channel) => tx.notify(channel),
    listen: (channel, wake) => tx.listen(channel, wake),
    close: () => tx.close(),
  };
  return self;
}
