import pg, { type ClientConfig, type Pool, type PoolClient } from "pg";
import type { Platform } from "../../platform/platform.ts";
import { HOST_MIGRATIONS } from "./migrations/migrations.ts";
import { ensureWordIndex, migratePostgres, postgresVersion } from "./migrations/postgres.ts";
import { type PostgresAddress, shownAddress } from "./postgres_address.ts";
import { driverConfig, hurried } from "./postgres_driver.ts";
import { isCollision, isLost, namingPostgres, ofDriver } from "./postgres_faults.ts";
import { PostgresListener } from "./postgres_listener.ts";
import { NOTIFY, type Outcome, PostgresStatements } from "./postgres_statements.ts";
import { ignoreBreak, PostgresTransaction } from "./postgres_transaction.ts";
import { PostgresVersion } from "./postgres_version.ts";
import type { Row } from "./row.ts";
import {
  type HostStore,
  READS,
  type SqlValue,
  type Stop,
  type StoreFigures,
  type Transaction,
} from "./store.ts";

/** How to open a store on PostgreSQL. */
export interface PostgresOptions {
  /** A file that holds the password in its first line, when the URL does not. */
  readonly passwordFile?: string | undefined;
  /** Connections at most, beside the one that listens; 10 unless given. */
  readonly connections?: number | undefined;
}

/** Connections of one process at most. */
const CONNECTIONS = 10;
/** Times that work is done again at most, such as a transaction that met with another one. */
const ATTEMPTS = 8;

/** Returns whether it may help to do work again that has failed so many times. */
type MayHelp = (error: unknown, failures: number) => boolean;

/** What changes nothing is asked again after a collision, and once more after a connection was lost. */
function mayReadAgain(error: unknown, failures: number): boolean {
  return isCollision(error) || failures === 1 && isLost(error);
}

/**
 * Opens a store on a PostgreSQL database, and brings it to the newest schema.
 *
 * @throws {TrackerError} `database_unreachable`, `database_refused`, `database_missing`, `database_newer`,
 * `database_foreign` and the like; nothing is changed then.
 */
export async function openPostgresStore(
  platform: Platform,
  address: PostgresAddress,
  options: PostgresOptions = {},
): Promise<HostStore> {
  const config = await driverConfig(platform, address, options.passwordFile);
  const name = shownAddress(address);
  await withClient(config, name, async (client) => {
    await migratePostgres(client, name, HOST_MIGRATIONS);
    await ensureWordIndex(client);
  });
  return new PostgresStore(platform, config, name, options.connections ?? CONNECTIONS);
}

/**
 * Returns how many migrations a PostgreSQL database has had, 0 where it holds no data of a host; changes nothing.
 *
 * @throws {TrackerError} as {@link openPostgresStore} does.
 */
export async function postgresStoreVersion(
  platform: Platform,
  address: PostgresAddress,
  options: PostgresOptions = {},
): Promise<number> {
  const config = await driverConfig(platform, address, options.passwordFile);
  const name = shownAddress(address);
  return await withClient(config, name, (client) => postgresVersion(client, name));
}

/** Works with one connection of its own. */
async function withClient<T>(
  config: ClientConfig,
  name: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(config);
  client.on("error", ignoreBreak);
  try {
    return await ofDriver(client.connect().then(() => work(client)));
  } catch (error) {
    throw namingPostgres(name, error);
  } finally {
    await client.end();
  }
}

/** Runs statements on a pool of connections; each transaction has a connection of its own. */
class PostgresStore implements HostStore {
  readonly dialect = "postgres";
  readonly #platform: Platform;
  readonly #name: string;
  readonly #pool: Pool;
  readonly #listener: PostgresListener;
  readonly #version: PostgresVersion;
  readonly #statements = new PostgresStatements();
  readonly #underWay = new Set<Promise<unknown>>();
  #isOpen = true;

  constructor(platform: Platform, config: ClientConfig, name: string, connections: number) {
    this.#platform = platform;
    this.#name = name;
    this.#pool = new pg.Pool({ ...hurried(config), max: connections });
    this.#pool.on("error", ignoreBreak);
    // For good: a connection that breaks between two hands would end the process.
    this.#pool.on("connect", (client) => client.on("error", ignoreBreak));
    this.#listener = new PostgresListener(config, platform);
    this.#version = new PostgresVersion(() => this.#listener.connection());
  }

  async one(sql: string, ...values: SqlValue[]): Promise<Row | null> {
    return (await this.all(sql, ...values))[0] ?? null;
  }

  async all(sql: string, ...values: SqlValue[]): Promise<Row[]> {
    if (!READS.test(sql)) {
      throw new TypeError("A statement that changes rows runs in a transaction");
    }
    return (await this.#repeated(mayReadAgain, () => this.#query(sql, values))).rows;
  }

  async run(sql: string, ...values: SqlValue[]): Promise<number> {
    const result = await this.#repeated(isCollision, () => this.#query(sql, values));
    return result.rowCount ?? 0;
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return await this.#repeated(isCollision, async () => {
      const client = await this.#begin();
      const tx = new PostgresTransaction(client, this.#statements, this.#listener);
      return await tx.perform(work);
    });
  }

  async notify(channel: string): Promise<void> {
    const payload = this.#listener.payloadOf(channel);
    await this.#repeated(mayReadAgain, () => this.#query(NOTIFY, [payload]));
    this.#listener.wake(channel);
  }

  async listen(channel: string, wake: () => void): Promise<Stop> {
    return await this.#listener.listen(channel, wake);
  }

  /** Asked on the connection that listens: `null` for a store that nobody listens to, and while it is away. */
  async version(): Promise<number | null> {
    return await this.#version.now();
  }

  figures(): StoreFigures {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return { open: totalCount, idle: idleCount, waiting: waitingCount };
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await Promise.allSettled(this.#underWay);
    await this.#listener.close();
    await this.#pool.end();
  }

  async #query(sql: string, values: readonly SqlValue[]): Promise<Outcome> {
    return await this.#statements.run(this.#pool, sql, values);
  }

  /** Takes a connection and begins on it: on another one when the first turns out to be lost. */
  async #begin(): Promise<PoolClient> {
    for (let again = 1;; again--) {
      const client = await ofDriver(this.#pool.connect());
      try {
        await ofDriver(client.query("BEGIN ISOLATION LEVEL READ COMMITTED"));
        return client;
      } catch (error) {
        client.release(true);
        if (again === 0 || !isLost(error)) throw error;
      }
    }
  }

  /** Works, and again while `mayHelp` says so of the failure, up to a bound. Closing waits for it. */
  async #repeated<T>(
    mayHelp: MayHelp,
    work: () => Promise<T>,
  ): Promise<T> {
    if (!this.#isOpen) throw new TypeError("The database is not open");
    const working = this.#attempts(mayHelp, work);
    this.#underWay.add(working);
    try {
      return await working;
    } catch (error) {
      throw namingPostgres(this.#name, error);
    } finally {
      this.#underWay.delete(working);
    }
  }

  async #attempts<T>(
    mayHelp: MayHelp,
    work: () => Promise<T>,
  ): Promise<T> {
    for (let attempt = 1;; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (attempt > ATTEMPTS || !mayHelp(error, attempt)) throw error;
        // Those that met do not meet again at once.
        const { clock, random } = this.#platform;
        if (isCollision(error)) await clock.sleep(Math.ceil(random.fraction() * 5 * 2 ** attempt));
      }
    }
  }
}
