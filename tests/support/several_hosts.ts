/**
 * A run of the tests in which several hosts on one PostgreSQL database stand for every host of a world, each request
 * met by the next of them: what one of them has been told must be known to all. `TRACKER_TEST_REPLICAS` says how many.
 */
import { KEY_VARIABLE } from "../../src/server/context/key_source.ts";
import { hostContext } from "../../src/server/context/host_context.ts";
import { openStoreAt } from "../../src/server/context/location.ts";
import { restingLevers } from "../../src/server/http/levers.ts";
import { type RunningHost, startHost } from "../../src/server/mod.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { migratedDatabase, sharedServer, type TestDatabase } from "./postgres.ts";
import { replicaCount, REPLICAS_VARIABLE } from "./replica_count.ts";
import { startRoundRobin } from "./round_robin.ts";

/** The key of all hosts of such a run: 32 bytes as base64. */
const KEY = btoa("a key that each of the hosts has");

/** Starts development hosts on one database with the demo's data, which have their levers in common. */
export async function startSeveralHosts(): Promise<
  { readonly url: string; stop(): Promise<void> }
> {
  const database = await migratedDatabase(await requiredServer(), "world", seed);
  const hosts: RunningHost[] = [];
  const front = startRoundRobin(() => hosts.map(({ url }) => url));
  const stop = async () => {
    await front.stop();
    await Promise.all(hosts.map((host) => host.stop()));
    await database.drop();
  };
  try {
    const levers = restingLevers();
    const platform = withKey(systemPlatform());
    for (let left = replicaCount(); left > 0; left--) {
      const store = await openStoreAt(platform, { databaseUrl: database.url });
      const context = hostContext(platform, store, "quick");
      hosts.push(await startHost({ platform, context, dev: true, levers }));
    }
    return { url: front.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The machine, with the key of the hosts in its environment. */
export function withKey(platform: Platform): Platform {
  const { env } = platform;
  return { ...platform, env: { get: (name) => name === KEY_VARIABLE ? KEY : env.get(name) } };
}

async function seed(databaseUrl: string): Promise<void> {
  const platform = systemPlatform();
  const context = hostContext(platform, await openStoreAt(platform, { databaseUrl }), "quick");
  const { seedDemo } = await import("../../src/server/dev/mod.ts");
  await seedDemo(context);
  await context.store.close();
}

async function requiredServer(): Promise<string> {
  const server = await sharedServer();
  if (server === null) throw new Error(`${REPLICAS_VARIABLE} needs PostgreSQL`);
  return server;
}

/** Databases that stand for directories of hosts. */
const places = new Map<string, Promise<TestDatabase>>();

/** Returns the URL of the database that stands for a directory; it holds nothing but the tables at first. */
export async function databaseFor(directory: string): Promise<string> {
  const place = places.get(directory) ?? requiredServer().then((url) => migratedDatabase(url));
  places.set(directory, place);
  return (await place).url;
}

/** A command line, and the variables that it needs. */
export interface Line {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Returns a command line that names a database, and has its key, in place of a directory of a host's data. */
export async function onDatabase(args: readonly string[]): Promise<Line> {
  const at = args.indexOf("--data");
  const directory = args[at + 1];
  if (at < 0 || directory === undefined) return { args, env: {} };
  const named = args.toSpliced(at, 2, "--database", await databaseFor(directory));
  return { args: named, env: { [KEY_VARIABLE]: KEY } };
}

/** Removes the databases that stand for directories below one. */
export async function dropDatabases(below: string): Promise<void> {
  for (const [directory, place] of places) {
    if (!directory.startsWith(`${below}/`)) continue;
    places.delete(directory);
    await (await place).drop();
  }
}
