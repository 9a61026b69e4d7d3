import type { Platform } from "../../src/platform/platform.ts";
import {
  hostContext,
  openHostData,
  openTemporaryHostData,
} from "../../src/server/context/host_context.ts";
import type { HostContext, HostLocation } from "../../src/server/mod.ts";
import { openStoreAt } from "../../src/server/context/location.ts";
import { migratedDatabase, sharedServer } from "./postgres.ts";
import { keepingTime } from "./database_time.ts";
import { testPlatform } from "./platform.ts";

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
  const store = keepingTime(await openStoreAt(platform, { databaseUrl: url }), platform.clock);
  const close = async () => {
    await store.close();
    await drop();
  };
  return hostContext(platform, { ...store, close }, "quick");
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

/** Opens the data of what {@link locationFor} names, in the time of the platform's clock. */
export async function openedHostData(platform: Platform, dataDir: string): Promise<HostContext> {
  const location = await locationFor(dataDir);
  if (!isOnPostgres()) return await openHostData(platform, location);
  const store = await openStoreAt(platform, location);
  return hostContext(platform, keepingTime(store, platform.clock), "strong");
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
