import { systemPlatform } from "../../src/platform/system.ts";
import { openPostgresStore } from "../../src/server/store/postgres.ts";
import { parsePostgresUrl } from "../../src/server/store/postgres_address.ts";
import { openSqliteStore } from "../../src/server/store/sqlite.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { migratedDatabase, withDatabase } from "../support/postgres.ts";

/** A test of a database: `open` returns a handle, which is closed at the end. */
type DatabaseTest = (open: () => Promise<HostStore>, platform: TestPlatform) => Promise<void>;

/** Runs a test on each kind of database. */
export function onEachDatabase(name: string, test: DatabaseTest): void {
  Deno.test(`${name} (SQLite)`, () =>
    withPlatform({}, async (platform) => {
      // Two handles of one thread would wait for each other: one stands for all processes.
      const store = await openSqliteStore(platform, `${platform.home}/host.db`);
      await closing(() => Promise.resolve(store), platform, test);
    }));
  const quiet = { sanitizeOps: false, sanitizeResources: false };
  Deno.test(
    `${name} (PostgreSQL)`,
    quiet,
    () =>
      withDatabase(migratedDatabase, (url) =>
        withPlatform({}, async (platform) => {
          const open = () => openPostgresStore(systemPlatform(), parsePostgresUrl(url));
          await closing(open, platform, test);
        })),
  );
}

async function closing(
  open: () => Promise<HostStore>,
  platform: TestPlatform,
  test: DatabaseTest,
): Promise<void> {
  const stores = new Set<HostStore>();
  const noted = async () => {
    const store = await open();
    stores.add(store);
    return store;
  };
  try {
    await test(noted, platform);
  } finally {
    for (const store of stores) await store.close();
  }
}
