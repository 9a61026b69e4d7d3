import assert from "node:assert/strict";
import { Remembered } from "../../src/server/context/remembered.ts";
import { openHostData } from "../../src/server/mod.ts";
import { IN_MEMORY, openSqliteStore } from "../../src/server/store/sqlite.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { testOnSqlite } from "../support/host_data.ts";
import { watchStatements } from "./statements.ts";
import { openTestHost, type TestHost } from "./support.ts";

const ADD = "INSERT INTO teams (id, slug, name) VALUES (?, ?, ?)";

async function withDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "tracker-remembered-" });
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function withStores(
  test: (store: HostStore, another: HostStore) => Promise<void>,
): Promise<void> {
  await withDirectory(async (directory) => {
    const open = () => openSqliteStore(systemPlatform(), `${directory}/host.db`);
    const [store, another] = [await open(), await open()];
    try {
      await test(store, another);
    } finally {
      await store.close();
      await another.close();
    }
  });
}

/** Runs a test with a host on a file, and a second process on its data. */
async function withHostOnFile(
  test: (host: TestHost, another: HostStore) => Promise<void>,
): Promise<void> {
  await withDirectory(async (dataDir) => {
    const host = await openTestHost({ dataDir });
    const another = await openHostData(systemPlatform(), { dataDir });
    try {
      await test(host, another.store);
    } finally {
      await another.store.close();
      await host.host.close();
    }
  });
}

/** Does something until nothing was written meanwhile: jobs of the host write, too. */
async function onceQuiet<T>(host: TestHost, work: () => Promise<T>): Promise<T> {
  for (;;) {
    const version = await host.store.version();
    const result = await work();
    if (await host.store.version() === version) return result;
  }
}

/** Returns the statements about callers and their projects that `work` asks for. */
async function statementsOf(host: TestHost, work: () => Promise<unknown>): Promise<string[]> {
  const asked: string[] = [];
  const stop = watchStatements(
    host.store,
    (sql) =>
      void (/\baccess_tokens\b|\bmappings\b|\bissue_counts\b|\bissues\b/.test(sql) &&
        asked.push(sql)),
  );
  await work();
  stop();
  return asked;
}

testOnSqlite(
  "a file has another version after each write, by whatever process, once it is committed",
  () =>
    withStores(async (store, another) => {
      const seen = new Set<number | null>([await store.version()]);
      assert.ok(seen.has(await store.version()), "nothing was written");
      await store.one("SELECT slug FROM teams");
      assert.ok(seen.has(await store.version()), "what was read changes nothing");
      await store.transaction(async (tx) => {
        await tx.run(ADD, "a", "a", "a");
        assert.equal(await tx.version(), null);
        assert.ok(seen.has(await store.version()), "not committed yet");
      });
      for (const write of [store, another]) {
        assert.ok(!seen.has(await store.version()));
        seen.add(await store.version());
        await write.run(ADD, `by ${seen.size}`, `by-${seen.size}`, "b");
      }
      assert.ok(!seen.has(await store.version()));
    }),
);

testOnSqlite("data in memory has no version, so that it is read at each call", async () => {
  const store = await openSqliteStore(systemPlatform(), IN_MEMORY);
  assert.equal(await store.version(), null);
  const memory = new Remembered<number>({ most: 100, weigh: () => 1 });
  let reads = 0;
  const read = () =>
    memory.read(store, { key: "k", version: null }, () => Promise.resolve(++reads));
  assert.deepEqual([await read(), await read(), await read()], [1, 2, 3]);
  await store.close();
});

testOnSqlite(
  "what was read is kept until something is written, and not while much is",
  () =>
    withStores(async (store, another) => {
      const memory = new Remembered<string>({ most: 100, weigh: ({ length }) => length });
      let reads = 0;
      const read = async (key: string, value = "value") => {
        const question = { key, version: await store.version() };
        return await memory.read(store, question, () => Promise.resolve(`${value} ${++reads}`));
      };
      assert.equal(await read("a"), "value 1");
      assert.equal(await read("a"), "value 2", "the first of a state is not kept");
      assert.equal(await read("a"), "value 2");
      assert.equal(await read("b"), "value 3", "each question has its answer");
      await another.run(ADD, "a", "a", "a");
      assert.equal(await read("a"), "value 4");
      assert.equal(await read("a"), "value 5");
      await read("large", "x".repeat(100));
      assert.match(await read("large", "y"), /^y/, "too large to be kept");
      assert.equal(await read("a"), "value 5");
      await read("half", "x".repeat(80));
      assert.match(await read("half"), /^x/);
      assert.equal(await read("a"), "value 9", "it made room for another");
    }),
);

testOnSqlite(
  "what was read while something was written is not kept, and no failure is",
  () =>
    withStores(async (store, another) => {
      const memory = new Remembered<number>({ most: 100, weigh: () => 1 });
      const read = async (work: () => Promise<number>) =>
        await memory.read(store, { key: "k", version: await store.version() }, work);
      await read(() => Promise.resolve(0));
      await read(async () => {
        await another.run(ADD, "a", "a", "a");
        return 1;
      });
      await read(() => Promise.resolve(2));
      await assert.rejects(read(() => Promise.reject(new Error("no"))), /no/);
      assert.equal(await read(() => Promise.resolve(3)), 3);
      assert.equal(await read(() => Promise.resolve(4)), 3);
    }),
);

testOnSqlite(
  "a status that was asked for before asks the database nothing until something is written",
  () =>
    withHostOnFile(async (host) => {
      const ref = await host.bind("linear", "Engineering (ENG)");
      const query = `provider=linear&binding_ref=${ref}`;
      const status = () => host.call("GET", `/api/v1/tracker/status/?${query}`);
      const before = await status();
      const asked = await onceQuiet(host, async () => {
        await status();
        await status();
        return await statementsOf(host, async () => {
          assert.deepEqual((await status()).body, before.body);
        });
      });
      assert.deepEqual(asked, []);
      await host.store.run("UPDATE mappings SET last_sync_at = 1");
      assert.equal((await status()).at("sync_state"), "idle");
      assert.equal(before.at("sync_state"), "never_synced");
    }),
);

testOnSqlite(
  "a page that was asked for before is not read again until something is written",
  () =>
    withHostOnFile(async (host) => {
      const ref = await host.bind("linear", "Engineering (ENG)");
      const pull = (more: Record<string, unknown> = {}) =>
        host.call("POST", "/api/v1/tracker/pull/", {
          provider: "linear",
          binding_ref: ref,
          limit: 2,
          ...more,
        });
      const before = await pull();
      const asked = await onceQuiet(host, async () => {
        await pull();
        await pull();
        return await statementsOf(host, async () => {
          assert.deepEqual((await pull()).body, before.body);
        });
      });
      assert.deepEqual(asked, []);
      assert.equal((await pull({ limit: 1 })).list("items").length, 1);
      const next = await pull({ cursor: before.text("next_cursor") });
      assert.notDeepEqual(next.list("items"), before.list("items"));
      await host.store.run("UPDATE issues SET version = version + 1");
      assert.notDeepEqual((await pull()).list("items"), before.list("items"));
    }),
);

testOnSqlite(
  "no question is answered with the answer to another one, or to another caller",
  () =>
    withHostOnFile(async (host) => {
      const ref = await host.bind("linear", "Engineering (ENG)");
      const ask = (query: string, headers = {}) =>
        host.call("GET", `/api/v1/tracker/status/${query}`, undefined, headers);
      const good = `?provider=linear&binding_ref=${ref}`;
      for (let time = 0; time < 3; time++) {
        assert.equal((await ask(good)).at("binding_ref"), ref);
        assert.equal((await ask("?provider=linear")).at("binding_ref"), undefined);
        assert.equal((await ask(`${good}?x`)).status, 404);
        assert.equal((await ask("?provider=github")).at("provider"), "github");
        assert.equal((await ask(good, { "x-team-slug": "nobody" })).status, 403);
        assert.equal((await ask(good, { authorization: "Bearer tka_other" })).status, 401);
      }
    }),
);

testOnSqlite(
  "a session that another process ends, and one that expires, is refused at the next call",
  () =>
    withHostOnFile(async (host, another) => {
      const me = async (headers = {}) =>
        (await host.call("GET", "/api/v1/me/", undefined, headers)).status;
      const asked = await onceQuiet(host, async () => {
        for (let time = 0; time < 3; time++) assert.equal(await me(), 200);
        return await statementsOf(host, me);
      });
      assert.deepEqual(asked, [], "the session is known");
      await another.run("UPDATE token_families SET revoked_at = 1");
      assert.equal(await me(), 401);
      await another.run("UPDATE token_families SET revoked_at = NULL");
      for (let time = 0; time < 3; time++) assert.equal(await me(), 200);
      await another.run("UPDATE users SET removed_at = 1");
      assert.equal(await me(), 401);
      await another.run("UPDATE users SET removed_at = NULL");
      for (let time = 0; time < 3; time++) assert.equal(await me(), 200);
      const [token] = await another.all("SELECT MAX(expires_at) AS at FROM access_tokens");
      await host.platform.clock.advance(Number(token?.["at"]) - host.platform.clock.now());
      assert.equal(await me(), 401);
    }),
);
