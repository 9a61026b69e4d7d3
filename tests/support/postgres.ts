import pg from "pg";
import { HOST_MIGRATIONS } from "../../src/server/store/migrations/migrations.ts";
import { sha256Hex } from "../../src/platform/random.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { parsePostgresUrl } from "../../src/server/store/postgres_address.ts";
import { openPostgresStore } from "../../src/server/store/postgres.ts";
import { freePort } from "./free_port.ts";

/** The variable that names a PostgreSQL server of the tests: `postgres://tester@127.0.0.1:PORT/postgres`. */
export const SERVER_VARIABLE = "TRACKER_TEST_POSTGRES";

/** A temporary PostgreSQL server, with a directory and a port of its own. */
export interface PostgresServer {
  /** The URL of its database `postgres`, as its superuser. */
  readonly url: string;
  readonly port: number;
  /** Its directory, which only its user can read; `postgres.conf` parts are given at the start. */
  readonly directory: string;
  /** Stops it, at once unless given, and starts it again on the same port. */
  restart(mode?: "fast" | "immediate"): Promise<void>;
  /** Stops it at once. */
  halt(): Promise<void>;
  /** Starts it after a halt. */
  resume(): Promise<void>;
  /** Stops it and removes its directory. */
  stop(): Promise<void>;
  /** The same, for the end of a process, which waits for nothing. */
  stopNow(): void;
}

let ownServer: Promise<string | null> | undefined;

/**
 * Returns the URL of the server that tests share: the one that the environment names, else one that is started now and
 * ends with this process; `null` where PostgreSQL is not to be had, which is said once.
 */
export function sharedServer(): Promise<string | null> {
  return ownServer ??= findServer();
}

async function findServer(): Promise<string | null> {
  const named = Deno.env.get(SERVER_VARIABLE);
  if (named !== undefined && named !== "") return named;
  const server = await startPostgres();
  if (server === null) {
    console.log("    skipped: PostgreSQL is not installed");
    return null;
  }
  globalThis.addEventListener("unload", () => server.stopNow());
  return server.url;
}

/** How to start a server. */
export interface ServerOptions {
  /** Settings beside those of every test server, such as `max_connections=10`. */
  readonly settings?: readonly string[];
  /** Lines of `pg_hba.conf` before those that trust everybody. */
  readonly access?: readonly string[];
  /** Files of its data directory, such as a certificate and its key, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** A directory to put its tables in; a new one under the temporary directory unless given. Its log stays there. */
  readonly within?: string;
}

const USER = "tester";

/** Durability is not what is tested: no write waits for the disk. */
const SETTINGS: readonly string[] = [
  "fsync=off",
  "synchronous_commit=off",
  "full_page_writes=off",
  `max_connections=${Math.max(200, 50 * navigator.hardwareConcurrency)}`,
  "shared_buffers=64MB",
  "max_wal_senders=0",
  "wal_level=minimal",
  "jit=off",
  "listen_addresses=127.0.0.1",
  "timezone=UTC",
];

/** Waits, on a slow machine too, until it is done. */
const PATIENT = ["-s", "-w", "-t", "300"];

/** Returns the directory of PostgreSQL's programs, the newest, or `null` where it is not installed. */
export function postgresPrograms(): string | null {
  const found = [...directories("/usr/lib/postgresql")]
    .sort((one, other) => Number(other) - Number(one))
    .map((version) => `/usr/lib/postgresql/${version}/bin`);
  const path = (Deno.env.get("PATH") ?? "").split(":");
  return [...found, ...path].find((directory) =>
    ["initdb", "postgres", "pg_ctl"].every((name) => isFile(`${directory}/${name}`))
  ) ?? null;
}

/** Starts a server; `null` where PostgreSQL is not to be had. */
export async function startPostgres(options: ServerOptions = {}): Promise<PostgresServer | null> {
  const programs = postgresPrograms();
  if (programs === null) return null;
  const directory = await Deno.makeTempDir({ prefix: "tracker-postgres-" });
  const data = `${options.within ?? directory}/data`;
  await Deno.mkdir(data);
  // PostgreSQL refuses to run as root.
  if (Deno.uid() === 0) await command("chown", "postgres", directory, data);
  const init = ["-D", data, "-X", `${directory}/wal`, "-U", USER, ...INIT];
  await asUser(`${programs}/initdb`, ...init);
  const access = ["local all all trust", "host all all 127.0.0.1/32 trust"];
  await Deno.writeTextFile(
    `${data}/pg_hba.conf`,
    `${[...options.access ?? [], ...access].join("\n")}\n`,
  );
  for (const [name, content] of Object.entries(options.files ?? {})) {
    await Deno.writeTextFile(`${data}/${name}`, content, { mode: 0o600 });
    if (Deno.uid() === 0) await command("chown", "postgres", `${data}/${name}`);
  }
  const port = freePort();
  const settings = [...SETTINGS, ...options.settings ?? [], `port=${port}`]
    .map((setting) => `${setting.replace("=", " = '")}'`);
  const sockets = `unix_socket_directories = '${directory}'`;
  await Deno.writeTextFile(`${data}/postgresql.conf`, `${[...settings, sockets].join("\n")}\n`);
  const control = (...args: string[]) =>
    asUser(`${programs}/pg_ctl`, "-D", data, "-l", `${directory}/log`, ...PATIENT, ...args);
  let isRunning = true;
  const run = async (...args: string[]) => {
    await control(...args);
    isRunning = args[0] !== "stop";
  };
  await run("start");
  return {
    url: `postgres://${USER}@127.0.0.1:${port}/postgres`,
    port,
    directory,
    restart: (mode = "immediate") => run("restart", "-m", mode),
    halt: () => run("stop", "-m", "immediate"),
    resume: () => run("start"),
    async stop() {
      if (isRunning) await run("stop", "-m", "immediate");
      await Deno.remove(directory, { recursive: true });
    },
    stopNow() {
      const [program, args] = asPostgres(
        `${programs}/pg_ctl`,
        "-D",
        data,
        "-s",
        "-m",
        "immediate",
        "stop",
      );
      new Deno.Command(program, { args, cwd: "/", stdout: "null", stderr: "null" }).outputSync();
      Deno.removeSync(directory, { recursive: true });
    },
  };
}

const INIT = ["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"];

/** A database of one test. */
export interface TestDatabase {
  readonly url: string;
  /** Removes it, even while others are connected. */
  drop(): Promise<void>;
}

/** Creates an empty database; `how` ends the statement. */
export async function emptyDatabase(server: string, how = ""): Promise<TestDatabase> {
  return await createDatabase(server, how);
}

/** How to create a database that sorts texts as people do, as those of most servers do; PostgreSQL 15 and newer. */
export const SORTING_AS_PEOPLE = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'";

/**
 * Creates a database that has the host's tables already, and what `seed` puts into them: a copy of one that was made
 * once. `name` names what is seeded.
 */
export async function migratedDatabase(
  server: string,
  name = "empty",
  seed: (url: string) => Promise<void> = () => Promise.resolve(),
): Promise<TestDatabase> {
  const how = `TEMPLATE ${await template(server, name, seed)}`;
  // To copy its files mostly takes less time than to write them to the log, where that can be chosen.
  return await createDatabase(server, `${how} ${await isChoosing(server) ? COPYING : ""}`);
}

const COPYING = "STRATEGY FILE_COPY";

/** Servers by whether one can choose how they create a database: PostgreSQL 15 and newer. */
const choosing = new Map<string, Promise<boolean>>();

function isChoosing(server: string): Promise<boolean> {
  const known = choosing.get(server) ?? askVersion(server);
  choosing.set(server, known);
  return known;
}

async function askVersion(server: string): Promise<boolean> {
  const client = await connect(server);
  try {
    const { rows } = await client.query("SELECT current_setting('server_version_num') AS number");
    return Number(rows[0]?.number) >= 150_000;
  } finally {
    await client.end();
  }
}

/** How to create a database in an encoding that no host takes. */
export const IN_LATIN1 = "ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0";

/** Runs a test with a database of its own; skipped where PostgreSQL is not to be had. */
export async function withDatabase(
  make: (server: string) => Promise<TestDatabase>,
  test: (url: string, server: string) => Promise<void>,
): Promise<void> {
  const server = await sharedServer();
  if (server === null) return;
  const { url, drop } = await make(server);
  try {
    await test(url, server);
  } finally {
    await drop();
  }
}

/** Lets nothing write to a database any more, but the connections that are open. */
export async function forbidWriting(url: string): Promise<void> {
  const name = url.slice(url.lastIndexOf("/") + 1);
  await administer(url, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
}

let names = 0;

async function createDatabase(server: string, how: string): Promise<TestDatabase> {
  const name = `test_${Deno.pid}_${crypto.randomUUID().slice(0, 8)}_${++names}`;
  await administer(server, `CREATE DATABASE ${name} ${how}`);
  return {
    url: databaseUrl(server, name),
    drop: () => administer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** The templates, by server and name. */
const templates = new Map<string, Promise<string>>();

function template(
  server: string,
  kind: string,
  seed: (url: string) => Promise<void>,
): Promise<string> {
  const key = `${server} ${kind}`;
  const known = templates.get(key) ?? makeTemplate(server, kind, seed);
  templates.set(key, known);
  return known;
}

/** One process makes it; the others wait for the lock and find it. */
async function makeTemplate(
  server: string,
  kind: string,
  seed: (url: string) => Promise<void>,
): Promise<string> {
  const hash = await sha256Hex(HOST_MIGRATIONS.join("\n"));
  const name = `tracker_${kind}_${hash.slice(0, 12)}`;
  const client = await connect(server);
  try {
    await client.query("SELECT pg_advisory_lock(1)");
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
    if (rowCount === 0) {
      const begun = databaseUrl(server, `${name}_begun`);
      await client.query(`DROP DATABASE IF EXISTS ${name}_begun WITH (FORCE)`);
      await client.query(`CREATE DATABASE ${name}_begun`);
      await (await openPostgresStore(systemPlatform(), parsePostgresUrl(begun))).close();
      await seed(begun);
      await client.query(`ALTER DATABASE ${name}_begun RENAME TO ${name}`);
    }
    return name;
  } finally {
    await client.end();
  }
}

/** Runs one statement as the superuser. */
export async function administer(server: string, sql: string): Promise<void> {
  const client = await connect(server);
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Opens a connection, to look into a database or to disturb it. */
export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

/** The URL of another database on the same server. */
export function databaseUrl(server: string, name: string): string {
  return server.replace(/\/[^/]*$/, `/${name}`);
}

async function asUser(program: string, ...args: string[]): Promise<void> {
  const [name, rest] = asPostgres(program, ...args);
  await command(name, ...rest);
}

/** The same command as a user that PostgreSQL runs for. */
function asPostgres(program: string, ...args: string[]): [string, string[]] {
  return Deno.uid() === 0
    ? ["setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", program, ...args]]
    : [program, args];
}

async function command(program: string, ...args: string[]): Promise<void> {
  const { success, stderr, stdout } = await new Deno.Command(program, {
    args,
    cwd: "/",
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (success) return;
  const decoder = new TextDecoder();
  throw new Error(`${program} fails: ${decoder.decode(stderr)}${decoder.decode(stdout)}`);
}

function* directories(path: string): Generator<string> {
  try {
    for (const { name, isDirectory } of Deno.readDirSync(path)) if (isDirectory) yield name;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
