import type { Platform } from "../../src/platform/platform.ts";
import { hostContext, openTemporaryHostData } from "../../src/server/context/host_context.ts";
import type { HostContext, HostLocation } from "../../src/server/mod.ts";
import { openStoreAt } from "../../src/server/context/location.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { migratedDatabase, sharedServer } from "./postgres.ts";
import { type TestPlatform, testPlatform } from "./platform.ts";

/** The variable that chooses where the hosts of tests keep their data: `postgres`, or SQLite unless it is set. */
export const STORE_VARIABLE = "TRACKER_TEST_STORE";

/** Whether the hosts of tests keep their data on PostgreSQL. */
export function isOnPostgres(): boolean {
  return Deno.env.get(STORE_VARIABLE) === "postgres";
}

/** Registers a test that is about SQLite, its files or its errors; it runs once, with the hosts that use it. */
export function testOnSqlite(name: string, test: () => Promise<void>): void {
  if (!isOnPostgres()) Deno.test(name, test);
}

/** Opens a host's data that is gone once its store is closed; with `demo` it may hold the demo's already. */
export async function temporaryHostData(platform: Platform, demo = false): Promise<HostContext> {
  if (!isOnPostgres()) return await openTemporaryHostData(platform);
  const { url, drop } = await database(demo);
  const store = await openStoreAt(platform, { databaseUrl: url });
  const close = store.close.bind(store);
  Object.defineProperty(store, "close", {
    async value() {
      await close();
      await drop();
    },
  });
  return hostContext(platform, store, "quick");
}

/** Databases that stand for directories of hosts, which tests open more than once. */
const places = new Map<string, string>();

/** Returns where a host keeps what belongs to a directory: in it, or in a database that stands for it. */
export async function locationFor(dataDir: string): Promise<HostLocation> {
  if (!isOnPostgres()) return { dataDir };
  const databaseUrl = places.get(dataDir) ?? (await database(false)).url;
  places.set(dataDir, databaseUrl);
  return { databaseUrl };
}

async function database(demo: boolean): Promise<{ url: string; drop(): Promise<void> }> {
  const server = await sharedServer();
  if (server === null) throw new Error("PostgreSQL is not installed");
  return demo ? await migratedDatabase(server, "demo", seed) : await migratedDatabase(server);
}

/** Once for all hosts of a development: the demo takes longer than many a test. */
async function seed(databaseUrl: string): Promise<void> {
  const platform = testPlatform("/nowhere");
  const context = hostContext(platform, await openStoreAt(platform, { databaseUrl }), "quick");
  const { seedDemo } = await import("../../src/server/dev/mod.ts");
  await seedDemo(context);
  await context.store.close();
}

/** Lets time pass for a host, and for the limits that its database counts by a clock of its own. */
export async function letPass(
  { platform, store }: { readonly platform: TestPlatform; readonly store: HostStore },
  ms: number,
): Promise<void> {
  platform.clock.advance(ms);
  if (store.dialect === "sqlite") return;
  await store.run("UPDATE limits SET at = at - ?, expires_at = expires_at - ?", ms, ms);
}
