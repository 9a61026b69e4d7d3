import type { HostStore, Stop, Transaction } from "../../src/server/store/store.ts";

/** Tells of each statement that a store is asked for, in transactions too, until it is stopped. */
export function watchStatements(store: HostStore, seen: (sql: string) => void): Stop {
  const { one, all, run, transaction } = store;
  const real: Pick<HostStore, "one" | "all" | "run"> = {
    one: one.bind(store),
    all: all.bind(store),
    run: run.bind(store),
  };
  Object.assign(store, watched(real, seen), {
    transaction: (work: (tx: Transaction) => Promise<unknown>) =>
      transaction.call(store, (tx) => work(watchedTransaction(tx, seen))),
  });
  return () => void Object.assign(store, { one, all, run, transaction });
}

function watched(
  real: Pick<HostStore, "one" | "all" | "run">,
  seen: (sql: string) => void,
): Pick<HostStore, "one" | "all" | "run"> {
  return {
    one: (sql, ...values) => (seen(sql), real.one(sql, ...values)),
    all: (sql, ...values) => (seen(sql), real.all(sql, ...values)),
    run: (sql, ...values) => (seen(sql), real.run(sql, ...values)),
  };
}

function watchedTransaction(tx: Transaction, seen: (sql: string) => void): Transaction {
  const self: Transaction = {
    ...watched(tx, seen),
    isTransaction: true,
    dialect: tx.dialect,
    transaction: (work) => work(self),
    notify: (channel) => tx.notify(channel),
    listen: (channel, wake) => tx.listen(channel, wake),
    close: () => tx.close(),
  };
  return self;
}
