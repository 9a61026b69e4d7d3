import assert from "node:assert/strict";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { openExistingHostData, openHostData } from "../../src/server/mod.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { freePort } from "../support/free_port.ts";
import {
  administer,
  connect,
  databaseUrl,
  emptyDatabase,
  forbidWriting,
  IN_LATIN1,
  migratedDatabase,
} from "../support/postgres.ts";
import { AUTHORITY_FILE, HOST_TLS } from "../support/raw_server.ts";
import { namingPostgres, ofDriver } from "../../src/server/store/postgres_faults.ts";
import { ADD_TEAM, openStore, teams, testDatabase, withServer } from "./postgres_support.ts";

/** Fails with a code, and tells of no password. */
async function refuses(
  opening: () => Promise<unknown>,
  code: string,
  message: RegExp,
): Promise<void> {
  await assert.rejects(opening, (error) => {
    assert.ok(error instanceof TrackerError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    assert.doesNotMatch(`${error.message} ${JSON.stringify(error.details)}`, /secret/);
    return true;
  });
}

/** The names of the tables in a database. */
async function tables(url: string): Promise<unknown[]> {
  const client = await connect(url);
  try {
    const { rows } = await client.query(
      "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    );
    return rows.map((row) => row.tablename).sort();
  } finally {
    await client.end();
  }
}

testDatabase(
  "several processes bring an empty database to the newest schema together",
  emptyDatabase,
  async (url) => {
    const stores = await Promise.all([1, 2, 3, 4].map(() => openStore(url)));
    await stores[0]?.run(ADD_TEAM, "a", "a");
    for (const store of stores) {
      assert.deepEqual(await teams(store), ["a"]);
      await store.close();
    }
  },
);

testDatabase(
  "what only looks at a host's data creates none",
  emptyDatabase,
  async (databaseUrl) => {
    const platform = systemPlatform();
    await refuses(
      () => openExistingHostData(platform, { databaseUrl }),
      "host_data_missing",
      /^No data/,
    );
    assert.deepEqual(await tables(databaseUrl), []);
    await (await openHostData(platform, { databaseUrl })).store.close();
    await (await openExistingHostData(platform, { databaseUrl })).store.close();
  },
);

testDatabase(
  "a server that does not encrypt is told from one with a wrong certificate",
  emptyDatabase,
  (url) => {
    const guarded = new URL(url);
    guarded.searchParams.set("sslmode", "verify-full");
    return refuses(
      () => openStore(guarded.href),
      "database_unencrypted",
      /no encrypted connections$/,
    );
  },
);

Deno.test("a server that is no PostgreSQL and waits for words does not answer in time", () => {
  const error = new Error("timeout expired");
  return assert.rejects(ofDriver(Promise.reject(error)), () => {
    const named = namingPostgres("postgres://ann@db/ours", error);
    assert.match(String(named), /Cannot reach the database .*: no answer of PostgreSQL in time$/);
    return true;
  });
});

testDatabase(
  "a database of another program is refused and left as it is",
  emptyDatabase,
  async (url) => {
    await administer(url, "CREATE TABLE orders (id INTEGER)");
    await refuses(() => openStore(url), "database_foreign", /it holds the table "orders"/);
    assert.deepEqual(await tables(url), ["orders"]);
  },
);

testDatabase("tables of an extension belong to no other program", emptyDatabase, async (url) => {
  const isThere = await administer(url, "CREATE EXTENSION pg_stat_statements").then(
    () => true,
    () => false,
  );
  if (!isThere) return console.log("    skipped: the server has no such extension");
  await (await openStore(url)).close();
});

testDatabase(
  "a database of a newer version is refused and left as it is",
  migratedDatabase,
  async (url) => {
    await administer(url, "UPDATE tracker_host_schema SET version = version + 1");
    const before = await tables(url);
    await refuses(() => openStore(url), "database_newer", /was written by a newer version/);
    assert.deepEqual(await tables(url), before);
  },
);

testDatabase(
  "a database that can only be read says so, and nothing is created",
  emptyDatabase,
  async (url) => {
    await forbidWriting(url);
    await refuses(() => openStore(url), "database_read_only", /can only be read/);
    assert.deepEqual(await tables(url), []);
  },
);

testDatabase(
  "a host that may no longer write reads on, and says so",
  migratedDatabase,
  async (url) => {
    await forbidWriting(url);
    const store = await openStore(url);
    try {
      assert.deepEqual(await teams(store), []);
      await refuses(() => store.run(ADD_TEAM, "a", "a"), "database_read_only", /can only be read/);
      const writing = () => store.transaction((tx) => tx.run(ADD_TEAM, "a", "a"));
      await refuses(writing, "database_read_only", /can only be read/);
    } finally {
      await store.close();
    }
  },
);

testDatabase(
  "a database in another encoding is refused",
  (server) => emptyDatabase(server, IN_LATIN1),
  (url) => refuses(() => openStore(url), "database_unsuitable", /its encoding is LATIN1/),
);

testDatabase("a user who may create nothing is told", emptyDatabase, async (url) => {
  const role = `guest_${crypto.randomUUID().slice(0, 8)}`;
  await administer(url, `CREATE ROLE ${role} LOGIN`);
  await administer(url, "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  await refuses(
    () => openStore(url.replace("tester@", `${role}@`)),
    "database_unsuitable",
    /permission denied for schema public/,
  );
  await administer(url, `DROP ROLE ${role}`);
});

testDatabase(
  "a database that does not exist, and a server that does not answer, are told apart",
  emptyDatabase,
  async (_, server) => {
    await refuses(
      () => openStore(databaseUrl(server, "none")),
      "database_missing",
      /"none" does not exist/,
    );
    const nobody = `postgres://u:secret@127.0.0.1:${freePort()}/b`;
    await refuses(
      () => openStore(nobody),
      "database_unreachable",
      /"postgres:\/\/u@127\.0\.0\.1:\d+\/b"/,
    );
    await refuses(
      () => openStore("postgres://u:secret@host.invalid/b"),
      "database_unreachable",
      /host\.invalid/,
    );
    await refuses(
      () => openStore("postgres://u:secret@/b?host=/nowhere"),
      "database_unreachable",
      /nowhere/,
    );
  },
);

/** TLS, and passwords for the user `ann`. */
const GUARDED = {
  access: ["host all ann 127.0.0.1/32 scram-sha-256"],
  settings: ["ssl=on", "ssl_cert_file=server.crt", "ssl_key_file=server.key"],
  files: { "server.crt": HOST_TLS.cert, "server.key": HOST_TLS.key },
};

Deno.test("a server asks for the right password, and proves who it is", () =>
  withServer(async ({ url, port, directory }) => {
    await administer(url, "CREATE ROLE ann LOGIN PASSWORD 'the secret one'");
    await administer(url, "CREATE DATABASE ours OWNER ann");
    const at = `127.0.0.1:${port}/ours`;
    await (await openStore(`postgres://ann:the%20secret%20one@${at}`)).close();
    await refuses(
      () => openStore(`postgres://ann:no%20secret@${at}`),
      "database_refused",
      /password/,
    );
    const without = `postgres://ann@${at}`;
    await refuses(() => openStore(without), "database_refused", /a password, and none is given$/);
    await refuses(() => openStore(`postgres://nobody:secret@${at}`), "database_refused", /nobody/);

    const guarded = `postgres://ann:the%20secret%20one@${at}?sslmode=verify-full`;
    await refuses(() => openStore(guarded), "database_untrusted", /certificate/i);
    const trusting = `${guarded}&sslrootcert=${encodeURIComponent(AUTHORITY_FILE)}`;
    await (await openStore(trusting)).close();
    await refuses(() => openStore(`${guarded}&sslrootcert=/nowhere`), "usage", /certificates/);

    const socket = `postgres://tester@/ours?host=${encodeURIComponent(directory)}`;
    await (await openStore(socket.replace("@/", `@:${port}/`))).close();
  }, GUARDED));
