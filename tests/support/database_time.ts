import type { Clock } from "../../src/platform/clock.ts";
import { isoTime } from "../../src/platform/clock.ts";
import type { HostStore, SqlValue, Transaction } from "../../src/server/store/store.ts";

/**
 * Returns a PostgreSQL store whose database keeps the time of a clock: with its own, nothing could be tested that
 * takes longer than a test. Hosts that run as programs have the database's own time.
 */
export function keepingTime(store: HostStore, clock: Clock): HostStore {
  return {
    ...statements(store, clock),
    transaction: (work) => store.transaction((tx) => work(transaction(tx, clock))),
    notify: (channel) => store.notify(channel),
    listen: (channel, wake) => store.listen(channel, wake),
    version: () => store.version(),
    figures: () => store.figures(),
    close: () => store.close(),
    dialect: store.dialect,
  };
}

function transaction(tx: Transaction, clock: Clock): Transaction {
  return {
    ...keepingTime(tx, clock),
    transaction: (work) => work(transaction(tx, clock)),
    isTransaction: true,
  };
}

/** The statements of a store, with the time of a clock. */
function statements(store: HostStore, clock: Clock): Pick<HostStore, "one" | "all" | "run"> {
  return {
    one(sql, ...values) {
      const timed = withTime(sql, values, clock);
      return store.one(timed.sql, ...timed.values);
    },
    all(sql, ...values) {
      const timed = withTime(sql, values, clock);
      return store.all(timed.sql, ...timed.values);
    },
    run(sql, ...values) {
      const timed = withTime(sql, values, clock);
      return store.run(timed.sql, ...timed.values);
    },
  };
}

/** Puts the time of a clock in place of the database's. */
function withTime(
  sql: string,
  values: readonly SqlValue[],
  clock: Clock,
): { sql: string; values: SqlValue[] } {
  const time = isoTime(clock.now());
  const rest = [...values];
  const timed: SqlValue[] = [];
  const text = sql.replace(/'[^']*'|\?|\b(?:clock|statement)_timestamp\(\)/g, (found) => {
    if (found.startsWith("'")) return found;
    timed.push(found === "?" ? rest.shift() ?? null : time);
    return found === "?" ? found : "CAST(? AS TIMESTAMPTZ)";
  });
  return { sql: text, values: timed };
}
