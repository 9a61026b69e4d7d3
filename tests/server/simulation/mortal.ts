import type { HostStore, Transaction } from "../../../src/server/store/store.ts";

/** A process was killed. */
export class Killed extends Error {
  override readonly name = "Killed";
}

/** The life of a process: it ends at some step of its work, or when it is ended. */
export class Life {
  /** Steps that are left. */
  left: number;
  #isOver = false;

  /** Begins a life of so many steps. */
  constructor(left: number) {
    this.left = left;
  }

  /** Whether the process is dead. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Ends it. */
  end(): void {
    this.#isOver = true;
  }

  /** Takes a step; throws when the process is dead, or dies at it. */
  step(): void {
    if (!this.#isOver && --this.left <= 0) this.#isOver = true;
    if (this.#isOver) throw new Killed("The process was killed");
  }

  /** Does what has an effect elsewhere: the process may die before it, or after it. */
  async across<T>(work: () => Promise<T>): Promise<T> {
    this.step();
    const result = await work();
    this.step();
    return result;
  }
}

/** Returns a store as a process sees it that may die: a transaction it dies in is rolled back, one that is committed stays. */
export function mortalStore(store: HostStore, life: Life): HostStore {
  return {
    ...statements(store, life),
    transaction: (work, options) =>
      life.across(() => store.transaction((tx) => work(mortal(tx, life)), options)),
    notify: (channel) => life.across(() => store.notify(channel)),
    listen: (channel, wake) => store.listen(channel, () => life.isOver || wake()),
    version: () => store.version(),
    figures: () => store.figures(),
    close: () => Promise.resolve(),
    dialect: store.dialect,
  };
}

function mortal(tx: Transaction, life: Life): Transaction {
  const self: Transaction = {
    ...mortalStore(tx, life),
    transaction: (work) => work(self),
    isTransaction: true,
  };
  return self;
}

function statements(store: HostStore, life: Life): Pick<HostStore, "one" | "all" | "run"> {
  return {
    one: (sql, ...values) => life.across(() => store.one(sql, ...values)),
    all: (sql, ...values) => life.across(() => store.all(sql, ...values)),
    run: (sql, ...values) => life.across(() => store.run(sql, ...values)),
  };
}
