/** Several hosts, each a process of its own, on one PostgreSQL database behind one address. */
import { systemClock } from "../../src/platform/clock.ts";
import { ends } from "./bound.ts";
import { migratedDatabase, sharedServer } from "./postgres.ts";
import { type Passed, startRoundRobin } from "./round_robin.ts";
import { withWorld, type World } from "./world.ts";
import { type HostProcess, kill, serveOne, terminate } from "../acceptance/host_setup.ts";

/** One of the hosts; it can be ended and started again, at another port. */
export interface Replica {
  /** Where it listens; `null` while it does not run. */
  url(): string | null;
  start(): Promise<void>;
  /** Ends it at once. */
  kill(): Promise<void>;
  /** Ends it as an administrator does. */
  terminate(): Promise<void>;
  /** Stops it for so many milliseconds, and lets it continue. */
  pause(ms: number): Promise<void>;
}

/** Hosts on one database. */
export interface Replicas {
  /** The address of all of them: each request meets the next one. */
  readonly url: string;
  readonly databaseUrl: string;
  readonly members: readonly Replica[];
  /** What hosts that have ended had written to standard error. */
  readonly said: readonly string[];
  /** What went where. */
  readonly passed: readonly Passed[];
  /** Says which hosts take requests from now on; those that run unless given. */
  route(servers: () => readonly string[]): void;
}

/** What a database holds before its hosts start. */
export interface Seed {
  readonly name: string;
  /** Puts it into a database; done once for all tests of a server. */
  readonly fill: (world: World, databaseUrl: string) => Promise<void>;
}

/** How the hosts differ from the usual ones. */
export interface ReplicasOptions {
  readonly count: number;
  readonly seed: Seed;
  /** Options of `host serve`. */
  readonly serve?: readonly string[];
  /** URL of the PostgreSQL server; the one that tests share unless given. */
  readonly server?: string;
}

/** Runs a test with hosts on a database of their own; skipped, with a word, where PostgreSQL is not installed. */
export async function withReplicas(
  options: ReplicasOptions,
  test: (replicas: Replicas, world: World) => Promise<void>,
): Promise<void> {
  const server = options.server ?? await sharedServer();
  if (server === null) return;
  await withWorld(async (world) => {
    await world.stopHost();
    const { name, fill } = options.seed;
    const database = await migratedDatabase(server, name, (url) => fill(world, url));
    try {
      await withMembers(world, database.url, options, test);
    } finally {
      await database.drop();
    }
  });
}

async function withMembers(
  world: World,
  databaseUrl: string,
  options: ReplicasOptions,
  test: (replicas: Replicas, world: World) => Promise<void>,
): Promise<void> {
  const key = `${world.home}/host.key`;
  await ends(world, 0, ["host", "key", "create", key]);
  const args = ["--database", databaseUrl, "--key-file", key, ...options.serve ?? []];
  const said: string[] = [];
  const members = Array.from({ length: options.count }, () => replica(world, args, said));
  const running = () => members.flatMap((member) => member.url() ?? []);
  let servers: () => readonly string[] = running;
  const front = startRoundRobin(() => servers());
  world.env["SPEC_KITTY_SAAS_URL"] = front.url;
  const route = (given: () => readonly string[]) => void (servers = given);
  try {
    await Promise.all(members.map((member) => member.start()));
    const { url, passed } = front;
    await test({ url, databaseUrl, members, said, passed, route }, world);
  } finally {
    await front.stop();
    await Promise.all(members.filter((member) => member.url() !== null).map((one) => one.kill()));
  }
}

function replica(world: World, args: readonly string[], said: string[]): Replica {
  let host: HostProcess | null = null;
  const taken = () => {
    if (host === null) throw new Error("This host does not run");
    const running = host;
    host = null;
    return running;
  };
  const ended = async (end: (running: HostProcess) => Promise<unknown>) => {
    const running = taken();
    await end(running);
    said.push(await running.stderr);
  };
  return {
    url: () => host?.url ?? null,
    start: async () => void (host = await serveOne(world, args)),
    kill: () => ended(kill),
    terminate: () => ended(terminate),
    async pause(ms) {
      host?.child.kill("SIGSTOP");
      await systemClock().sleep(ms);
      host?.child.kill("SIGCONT");
    },
  };
}
