/** What an administrator can get wrong: a clear error each, and nothing is lost. */
import assert from "node:assert/strict";
import { systemPlatform } from "../../src/platform/system.ts";
import {
  administer,
  connect,
  emptyDatabase,
  forbidWriting,
  migratedDatabase,
  sharedServer,
  startPostgres,
  withDatabase,
} from "../support/postgres.ts";
import { fillDisk, onReadOnlyDisk, onSmallDisk } from "../support/disks.ts";
import { testOfOneHost } from "../support/replica_count.ts";
import { withWorld, type World } from "../support/world.ts";
import { dataWithUser, serve, terminate, write } from "./host_setup.ts";

const SERVE = ["host", "serve", "--listen", "127.0.0.1:0"];

/** What follows the message; `here` saves the start of a process where another test has one. */
interface Refusal {
  readonly next: string;
  readonly code?: number;
  readonly here?: boolean;
}

/** Serves, which must end at once with these words and no others. */
async function refuses(
  world: World,
  args: readonly string[],
  message: string,
  { next, code = 1, here = false }: Refusal,
): Promise<void> {
  const line = [...SERVE, ...args];
  const result = await (here ? world.here(line) : world.run(line));
  assert.deepEqual([result.code, result.stdout, result.stderr], [
    code,
    "",
    `✗ ${message}\n  ${next}\n`,
  ]);
}

const PERMISSIONS = "Check the permissions of its directory and the free disk space.";
const FOREIGN = "Name an empty database, or one of tracker.";
const RESTORE = "Stop the host, keep the data, and restore a backup of `tracker host backup`.";

testOfOneHost(
  "a directory of a newer version, of another program or without sense is refused as it is",
  () =>
    withWorld(async (world) => {
      const data = await dataWithUser(world);
      const file = `${data}/host.db`;
      const name = `The database "${file}"`;
      const refusesAsItIs = async (message: string, next: string) => {
        const before = await Deno.readFile(file);
        await refuses(world, ["--data", data], `${name} ${message}`, { next });
        assert.deepEqual(await Deno.readFile(file), before);
      };
      await execute(file, "PRAGMA user_version = 99");
      await refusesAsItIs("was written by a newer version of tracker", "Update tracker.");
      for (const version of [0, 3]) {
        await Deno.remove(file);
        await execute(file, "CREATE TABLE orders (id INTEGER)", `PRAGMA user_version = ${version}`);
        await refusesAsItIs('belongs to another program: it holds the table "orders"', FOREIGN);
      }
      await Deno.writeTextFile(file, "no database ".repeat(400));
      await refusesAsItIs("is damaged: file is not a database", RESTORE);
    }),
);

testOfOneHost(
  "a directory that can only be read is refused, and its data can be copied out of it",
  () =>
    withWorld(async (world) => {
      const data = await dataWithUser(world);
      const file = `${data}/host.db`;
      const isRun = await onReadOnlyDisk(data, async () => {
        const result = await world.run([...SERVE, "--data", data]);
        assert.equal(result.code, 1);
        const [message, next] = result.stderr.split("\n");
        assert.match(
          message ?? "",
          /^✗ Cannot open the database ".+host\.db": (Read-only|Permission)/,
        );
        assert.equal(next, `  ${PERMISSIONS}`);
        const copy = await world.run(["host", "backup", `${world.home}/copy.db`, "--data", data]);
        assert.equal(copy.code, 0, copy.stderr);
        assert.match(copy.stderr, /^The copy is complete, but the audit log has no entry of it: /);
      });
      if (!isRun) return console.log("    skipped: no disk can be made read-only");
      assert.deepEqual(await users(`${world.home}/copy.db`), await users(file));
    }),
);

testOfOneHost(
  "a disk that is full is told, and what was stored is there once there is room",
  () =>
    withWorld(async (world) => {
      const data = await dataWithUser(world);
      const isRun = await onSmallDisk(2, async (disk) => {
        await Deno.mkdir(`${disk}/data`, { mode: 0o700 });
        const file = `${disk}/data/host.db`;
        await Deno.copyFile(`${data}/host.db`, file);
        await fillDisk(`${disk}/filling`);
        const message = `Cannot write the database "${file}": disk I/O error`;
        await refuses(world, ["--data", `${disk}/data`], message, { next: PERMISSIONS });
        await Deno.remove(`${disk}/filling`);
        const host = await serve(world, ["--data", `${disk}/data`]);
        await terminate(host);
        assert.deepEqual(await users(file), ["ada@example.com"]);
      });
      if (!isRun) console.log("    skipped: no small disk can be made");
    }),
);

testOfOneHost(
  "a key file that is missing, holds no key, or another host's key is refused",
  () =>
    withWorld(async (world) => {
      const data = await dataWithUser(world);
      const right = await write(world, "right.key", KEYS.right);
      const host = await serve(world, ["--data", data, "--key-file", right]);
      await terminate(host);
      await refusesKeys(world, ["--data", data], true);
      await terminate(await serve(world, ["--data", data, "--key-file", right]));
    }),
);

const KEYS = {
  right: new Uint8Array(32).fill(1).toBase64(),
  other: new Uint8Array(32).fill(2).toBase64(),
} as const;

async function refusesKeys(world: World, at: readonly string[], here: boolean): Promise<void> {
  const none = `${world.home}/none.key`;
  const invalid = await write(world, "invalid.key", "no key");
  const other = await write(world, "other.key", KEYS.other);
  const naming = "Name its file with `--key-file FILE`, or set `TRACKER_HOST_KEY`. " +
    "A host that never had a key gets one with `tracker host key create FILE`.";
  const lost = "without it the credentials of the host's connections cannot be read";
  await refuses(world, [...at, "--key-file", none], `There is no key file "${none}": ${lost}`, {
    next: naming,
    here,
  });
  await refuses(world, at, `The host's key is missing: ${lost}`, { next: naming, here });
  await refuses(
    world,
    [...at, "--key-file", invalid],
    `"${invalid}" holds no key: a key is 32 bytes as base64`,
    { next: "Name the right file, or make a key with `tracker host key create FILE`.", here },
  );
  await refuses(
    world,
    [...at, "--key-file", other],
    `The key in "${other}" is not the key of this host: its credentials are encrypted under another one`,
    { next: "Use the key that the host's other processes use. Nothing was changed.", here },
  );
}

Deno.test("a connection string with a typo is refused, and quotes no password", () =>
  withWorld(async (world) => {
    const wrong = "The URL of the database is wrong";
    const whole = "Write it as `postgres://USER@HOST:5432/DATABASE`.";
    const escaped =
      "Write `@`, `/`, `?`, `#`, `:` and `%` in a name or password as `%40`, `%2F`, `%3F`, `%23`, `%3A` and `%25`.";
    const typos: readonly (readonly [url: string, what: string, next: string])[] = [
      ["postgres:/u:sesame@h/d", "`//` is missing after `postgres:`", whole],
      ["postgers://u:sesame@h/d", "it does not begin with `postgres://`", whole],
      ["postgres://u:ses@ame@h/d", "it holds more than one `@`", escaped],
      ["postgres://u:sesame@h:54x2/d", "its port is not a number from 1 to 65535", escaped],
      [
        "postgres://u:sesame@h/d?sslmod=disable",
        "it has a parameter that tracker does not know",
        "These are known: `host`, `passfile`, `sslmode`, `sslrootcert`.",
      ],
    ];
    for (const [url, what, next] of typos) {
      world.env["TRACKER_HOST_DATABASE"] = url;
      await refuses(world, [], `${wrong}: ${what}`, { next, code: 2, here: true });
    }
  }));

Deno.test("a database that is away, newer, another program's or read-only is refused as it is", () =>
  withWorld(async (world) => {
    const server = await sharedServer();
    if (server === null) return;
    const at = (url: string) => ["--database", url];
    const away = "postgres://u@127.0.0.1:1/d";
    await refuses(
      world,
      at(away),
      `Cannot reach the database "${away}": connect ECONNREFUSED 127.0.0.1:1`,
      { next: "Check that PostgreSQL runs there and takes connections, then try again." },
    );
    const [foreign, ours] = [await emptyDatabase(server), await migratedDatabase(server)];
    try {
      await administer(foreign.url, "CREATE TABLE orders (id INTEGER)");
      const words = 'belongs to another program: it holds the table "orders"';
      await refuses(world, at(foreign.url), `The database "${foreign.url}" ${words}`, {
        next: FOREIGN,
      });
      assert.deepEqual(await tables(foreign.url), ["orders"]);
      await forbidWriting(ours.url);
      await refuses(
        world,
        at(ours.url),
        `The database "${ours.url}" can only be read: cannot execute DELETE in a read-only transaction`,
        { next: "Name the primary server, or end the read-only mode." },
      );
      const name = ours.url.slice(ours.url.lastIndexOf("/") + 1);
      await administer(server, `ALTER DATABASE ${name} RESET default_transaction_read_only`);
      const before = await tables(ours.url);
      await administer(ours.url, "UPDATE tracker_host_schema SET version = 99");
      await refuses(
        world,
        at(ours.url),
        `The database "${ours.url}" was written by a newer version of tracker`,
        { next: "Update tracker." },
      );
      assert.deepEqual(await tables(ours.url), before);
    } finally {
      await foreign.drop();
      await ours.drop();
    }
  }));

Deno.test("a second process with another key is refused, and the first one serves on", () =>
  withWorld(async (world) => {
    await withDatabase(migratedDatabase, async (url) => {
      const at = ["--database", url];
      const right = await write(world, "right.key", KEYS.right);
      const first = await serve(world, [...at, "--key-file", right]);
      await refusesKeys(world, at, false);
      assert.equal((await fetch(`${first.url}/readyz`)).status, 200);
      await terminate(first);
    });
  }));

Deno.test("a wrong password is refused, and so is a full disk, which loses nothing", () =>
  withWorld(async (world) => {
    const isRun = await onSmallDisk(120, async (within) => {
      const server = await startPostgres({ within, ...GUARDED });
      if (server === null) return console.log("    skipped: PostgreSQL is not installed");
      try {
        await administer(server.url, "CREATE ROLE ann LOGIN PASSWORD 'the right one'");
        await administer(server.url, "CREATE DATABASE ours OWNER ann");
        const url = `postgres://ann@127.0.0.1:${server.port}/ours`;
        const at = ["--database", url, "--database-password-file"];
        const file = await write(world, "password", "the wrong one\n");
        await refuses(
          world,
          [...at, file],
          `The database "${url}" refuses the user: password authentication failed for user "ann"`,
          {
            next:
              "Check the user in the URL, and the password in the URL, the password file or `TRACKER_HOST_DATABASE_PASSWORD`.",
          },
        );
        await Deno.writeTextFile(file, "the right one\n");
        await addUser(world, "ada@example.com", [...at, file]);
        const ours = server.url.replace(/postgres$/, "ours");
        await administer(ours, "CREATE TABLE filling (noise TEXT)");
        await administer(ours, "GRANT ALL ON filling TO ann");
        await fillDisk(`${within}/filling`);
        const text = await write(world, "issues.json", manyIssues(4_000));
        const full = await world.run(["host", "import", text, "-p", "jira", ...at, file]);
        assert.equal(full.code, 1, full.stderr);
        assert.match(full.stderr, FULL);
        await Deno.remove(`${within}/filling`);
        await addUser(world, "mei@example.com", [...at, file]);
        const client = await connect(ours);
        const { rows } = await client.query(
          "SELECT (SELECT count(*) FROM issues) AS issues, (SELECT count(*) FROM users) AS users",
        ).finally(() => client.end());
        assert.deepEqual(rows.map((row) => [Number(row.issues), Number(row.users)]), [[0, 2]]);
      } finally {
        await server.stop();
      }
    });
    if (!isRun) console.log("    skipped: no small disk can be made");
  }));

const FULL =
  /^✗ The database ".+" cannot grow: .+No space left on device\n {2}Free disk space on the database's machine\.\n$/m;

const GUARDED = {
  access: ["host all ann 127.0.0.1/32 scram-sha-256"],
  settings: ["max_wal_size=32MB", "min_wal_size=32MB"],
};

/** Issues whose words take room: what repeats itself takes little. */
function manyIssues(count: number): string {
  const issues = Array.from({ length: count }, (_, index) => ({
    ref: { system: "jira", workspace: "site", id: `${index}`, key: `WEB-${index}` },
    title: `Issue ${index}`,
    body: Array.from({ length: 30 }, () => crypto.randomUUID()).join(""),
    status: "todo",
    issue_type: "task",
    priority: 2,
    assignees: [],
    labels: [],
    parent_ref: null,
    links: [],
    custom_fields: {},
    created_at: "2026-01-05T09:00:00Z",
    updated_at: "2026-01-05T09:00:00Z",
    provider_metadata: {},
  }));
  return JSON.stringify(issues);
}

async function addUser(world: World, name: string, at: readonly string[]): Promise<void> {
  const args = ["host", "user", "add", name, "--team", "red", ...at];
  const { code, stderr } = await world.run(args, { stdin: "correct horse battery\n" });
  assert.equal(code, 0, stderr);
}

/** Runs statements on a file. */
async function execute(file: string, ...statements: readonly string[]): Promise<void> {
  const database = await systemPlatform().openDatabase(file);
  for (const statement of statements) database.exec(statement);
  database.close();
}

async function users(file: string): Promise<unknown[]> {
  const database = await systemPlatform().openDatabase(file, { readOnly: true });
  try {
    return database.prepare("SELECT username FROM users").all().map((row) => row["username"]);
  } finally {
    database.close();
  }
}

async function tables(url: string): Promise<unknown[]> {
  const client = await connect(url);
  const { rows } = await client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    .finally(() => client.end());
  return rows.map((row) => row.tablename).sort();
}
