import { systemPlatform } from "../../src/platform/system.ts";
import { openPostgresStore, type PostgresOptions } from "../../src/server/store/postgres.ts";
import { parsePostgresUrl } from "../../src/server/store/postgres_address.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import {
  connect,
  migratedDatabase,
  type PostgresServer,
  type ServerOptions,
  startPostgres,
  type TestDatabase,
  withDatabase,
} from "../support/postgres.ts";

/** Runs a test with a server of its own, which it may disturb; it says so where PostgreSQL is not to be had. */
export async function withServer(
  test: (server: PostgresServer) => Promise<void>,
  options: ServerOptions = {},
): Promise<void> {
  const server = await startPostgres(options);
  if (server === null) return console.log("    skipped: PostgreSQL is not installed");
  try {
    await test(server);
  } finally {
    await server.stop();
  }
}

/** Registers a test with a database of its own: empty, or with the tables of a host. */
export function testDatabase(
  name: string,
  make: (server: string) => Promise<TestDatabase>,
  test: (url: string, server: string) => Promise<void>,
): void {
  Deno.test(name, () => withDatabase(make, test));
}

/** Opens a store as a process of a host does. */
export async function openStore(url: string, options: PostgresOptions = {}): Promise<HostStore> {
  return await openPostgresStore(systemPlatform(), parsePostgresUrl(url), options);
}

/** Runs a test with a store on a database of its own. */
export async function withStore(
  server: string,
  test: (store: HostStore, url: string) => Promise<void>,
  options: PostgresOptions = {},
): Promise<void> {
  const database = await migratedDatabase(server);
  const store = await openStore(database.url, options);
  try {
    await test(store, database.url);
  } finally {
    await store.close();
    await database.drop();
  }
}

/** Ends backends of a database, as an administrator or a crash does: all whose last statement is like `sql`. */
export async function killBackends(url: string, sql: string): Promise<number> {
  const client = await connect(url);
  try {
    const { rows } = await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE $1`,
      [sql],
    );
    return rows.length;
  } finally {
    await client.end();
  }
}

/** Adds a team. */
export const ADD_TEAM = "INSERT INTO teams (id, slug, name) VALUES (?, ?, '')";

/** The ids of the teams. */
export async function teams(store: HostStore): Promise<unknown[]> {
  return (await store.all("SELECT id FROM teams ORDER BY id")).map((row) => row["id"]);
}
