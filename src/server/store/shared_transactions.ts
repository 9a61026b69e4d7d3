import type { Clock } from "../../platform/clock.ts";
import type { Channels } from "./channels.ts";
import type { SqliteConnection } from "./sqlite_connection.ts";
import { SqliteTransaction } from "./sqlite_transaction.ts";
import type { Transaction } from "./store.ts";
import type { Turns } from "./turns.ts";

/** Work for a transaction. */
type Work<T> = (tx: Transaction) => Promise<T>;

/** Does work in a transaction of its own: begins, works, and commits or rolls back. */
export async function performAlone<T>(
  connection: SqliteConnection,
  channels: Channels,
  work: Work<T>,
): Promise<T> {
  connection.begin();
  const tx = new SqliteTransaction(connection, channels);
  try {
    const result = await tx.perform(work);
    connection.commit();
    tx.wake();
    return result;
  } catch (error) {
    connection.rollBack();
    throw error;
  }
}

/** Work that waits to be done with others. */
interface Waiting {
  /** Does it in the transaction that is under way; returns whether it has not failed. */
  attempt(): Promise<boolean>;
  /** Tells those who wait for it how it has ended, once that is committed. */
  tell(): void;
  /** Does it in a transaction of its own instead, and tells the end. */
  again(): Promise<void>;
  /** Tells that it cannot be done. */
  fail(error: unknown): void;
}

/** Works of one transaction at most: the first of them waits for the last. */
const AT_ONCE = 100;

/** Milliseconds after which a transaction takes no more work. */
const WITHIN_MS = 10;

/**
 * Does short works that wait at the same time in one transaction, one after the other: the disk is waited for once, and no
 * work is told its end before that. One that fails is undone alone. When the transaction itself fails, each is done once
 * more in one of its own, so that none fails for another's fault.
 */
export class SharedTransactions {
  readonly #connection: SqliteConnection;
  readonly #channels: Channels;
  readonly #turns: Turns;
  readonly #clock: Clock;
  readonly #waiting: Waiting[] = [];
  #isUnderWay = false;
  #underWay: Promise<void> = Promise.resolve();

  constructor(
    { connection, channels, turns, clock }: {
      readonly connection: SqliteConnection;
      readonly channels: Channels;
      readonly turns: Turns;
      readonly clock: Clock;
    },
  ) {
    this.#connection = connection;
    this.#channels = channels;
    this.#turns = turns;
    this.#clock = clock;
  }

  /** How much work waits. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Does work in a transaction that it may share with others; resolves once that is committed. */
  async run<T>(work: Work<T>): Promise<T> {
    const end = Promise.withResolvers<T>();
    this.#waiting.push(this.#waitingFor(work, end));
    if (!this.#isUnderWay) this.#underWay = this.#performAll();
    return await end.promise;
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    await this.#underWay;
  }

  #waitingFor<T>(work: Work<T>, { resolve, reject }: PromiseWithResolvers<T>): Waiting {
    const [connection, channels] = [this.#connection, this.#channels];
    let tell = () => {};
    return {
      async attempt() {
        const tx = new SqliteTransaction(connection, channels);
        try {
          const result = await tx.perform(work);
          tell = () => {
            try {
              tx.wake();
              resolve(result);
            } catch (error) {
              reject(error);
            }
          };
          return true;
        } catch (error) {
          tell = () => reject(error);
          return false;
        }
      },
      tell: () => tell(),
      again: () => performAlone(connection, channels, work).then(resolve, reject),
      fail: reject,
    };
  }

  /** Asks for turns as long as work waits. Others who wait have theirs between them. */
  async #performAll(): Promise<void> {
    this.#isUnderWay = true;
    while (this.#waiting.length > 0) await this.#turns.run(() => this.#performSome());
    this.#isUnderWay = false;
  }

  async #performSome(): Promise<void> {
    try {
      this.#connection.begin();
    } catch (error) {
      this.#waiting.shift()?.fail(error);
      return;
    }
    const taken: Waiting[] = [];
    try {
      await this.#take(taken);
      this.#connection.commit();
    } catch {
      // Nothing of it is stored: the next transaction begins with rolling it back. What is at fault fails the work that
      // meets with it again, and tells why.
      for (const one of taken) await one.again();
      return;
    }
    for (const one of taken) one.tell();
  }

  /** Does what waits, and what comes meanwhile, as far as one transaction takes it. */
  async #take(taken: Waiting[]): Promise<void> {
    const until = this.#clock.monotonic() + WITHIN_MS;
    let hasChanges = false;
    do {
      const one = this.#waiting.shift();
      if (one === undefined) return;
      taken.push(one);
      if (hasChanges) this.#connection.beginPart();
      const isDone = await one.attempt();
      if (isDone && hasChanges) this.#connection.endPart();
      else if (isDone) hasChanges = true;
      else if (hasChanges) this.#connection.undoPart();
      else {
        this.#connection.rollBack();
        this.#connection.begin();
      }
    } while (taken.length < AT_ONCE && this.#clock.monotonic() < until);
  }
}
