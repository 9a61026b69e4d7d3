import assert from "node:assert/strict";
import { type Asked, PostgresVersion } from "../../src/server/store/postgres_version.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { migratedDatabase } from "../support/postgres.ts";
import { ADD_TEAM, killBackends, openStore, withServer } from "./postgres_support.ts";
import { withProcessesOn } from "./processes_support.ts";
import { watchStatements } from "./statements.ts";
import type { TestHost } from "./support.ts";

/** A connection that answers when it is told to, and how often it was asked. */
class Connection implements Asked {
  readonly waiting: ((visible: string | null | Error) => void)[] = [];
  isEnded = false;

  query(): Promise<{ rows: { visible: string | null }[] }> {
    const { promise, resolve, reject } = Promise.withResolvers<
      { rows: { visible: string | null }[] }
    >();
    this.waiting.push((visible) =>
      visible instanceof Error ? reject(visible) : resolve({ rows: [{ visible }] })
    );
    return promise;
  }

  end(): Promise<void> {
    this.isEnded = true;
    return Promise.resolve();
  }

  /** Answers the question under way, once it is asked. */
  async answer(visible: string | null | Error): Promise<void> {
    while (this.waiting.length === 0) await Promise.resolve();
    this.waiting.shift()?.(visible);
  }
}

Deno.test("calls share a question that is asked after they came, never the one under way", async () => {
  const connection = new Connection();
  const version = new PostgresVersion(() => connection);
  const first = version.now();
  const later = Array.from({ length: 50 }, () => version.now());
  await connection.answer("1:1:");
  await connection.answer("2:2:");
  const before = await first;
  const after = new Set(await Promise.all(later));
  assert.equal(after.size, 1);
  assert.ok(!after.has(before), "what was written meanwhile counts for them");
  assert.equal(connection.waiting.length, 0, "fifty calls were one question");
  const again = version.now();
  await connection.answer("2:2:");
  assert.ok(after.has(await again), "nothing was written");
});

Deno.test("what another connection tells is another state, even where it looks the same", async () => {
  const connections = [new Connection(), new Connection()];
  const version = new PostgresVersion(() => connections[0] ?? null);
  const seen = new Set<number | null>();
  while (connections.length > 0) {
    const asked = version.now();
    await connections[0]?.answer("1:1:");
    seen.add(await asked);
    connections.shift();
  }
  assert.equal(seen.size, 2);
  assert.equal(await version.now(), null, "there is no connection");
});

Deno.test("a question that fails tells of no state, and gives the connection up", async () => {
  const connection = new Connection();
  const version = new PostgresVersion(() => connection);
  const failing = version.now();
  const following = version.now();
  await connection.answer(new Error("Query read timeout"));
  assert.equal(await failing, null);
  assert.ok(connection.isEnded);
  await connection.answer(null);
  assert.equal(await following, null, "a server that follows another one");
});

/** Runs a test with two stores on a database that no other test writes to. */
async function withStores(
  test: (store: HostStore, another: HostStore, url: string) => Promise<void>,
): Promise<void> {
  await withServer(async (server) => {
    const { url } = await migratedDatabase(server.url);
    const [store, another] = [await openStore(url), await openStore(url)];
    try {
      await test(store, another, url);
    } finally {
      await store.close();
      await another.close();
    }
  });
}

Deno.test("a question that fails, and cannot give its connection up, does not end the next one", async () => {
  const stuck = new Connection();
  stuck.end = () => Promise.reject(new Error("It cannot be ended"));
  const sound = new Connection();
  let connection = stuck;
  const version = new PostgresVersion(() => connection);
  const first = version.now();
  const second = version.now();
  connection = sound;
  await stuck.answer(new Error("It broke"));
  await assert.rejects(first, /cannot be ended/);
  await sound.answer("1:1:");
  const told = await second;
  assert.ok(told !== null);
  const third = version.now();
  await sound.answer("1:1:");
  assert.equal(await third, told);
});

Deno.test("a database has another version after each write, by whatever process, once it is committed", () =>
  withStores(async (store, another) => {
    assert.equal(await store.version(), null, "there is no connection that listens");
    await store.listen("jobs", () => {});
    const seen = new Set<number | null>([null]);
    for (const write of [store, another, store, another]) {
      seen.add(await store.version());
      await write.run(ADD_TEAM, `team_${seen.size}`, `team-${seen.size}`);
      assert.ok(!seen.has(await store.version()));
    }
    // PostgreSQL itself may write at any time: a version that stays is met soon.
    const staying = async (work: () => Promise<unknown>) => {
      for (;;) {
        const version = await store.version();
        await work();
        if (await store.version() === version) return;
      }
    };
    await staying(() => store.one("SELECT slug FROM teams"));
    await store.transaction(async (tx) => {
      await tx.run(ADD_TEAM, "team_open", "team-open");
      assert.equal(await tx.version(), null);
      await staying(() => another.one("SELECT slug FROM teams"));
      seen.add(await store.version());
    });
    assert.ok(!seen.has(await store.version()));
  }));

Deno.test("a connection that breaks tells of no state, and the next one tells of another", () =>
  withStores(async (store, _another, url) => {
    let woken = Promise.withResolvers<void>();
    await store.listen("jobs", () => woken.resolve());
    const before = await store.version();
    assert.notEqual(before, null);
    woken = Promise.withResolvers();
    assert.equal(await killBackends(url, "%pg_current_snapshot%"), 1);
    await woken.promise;
    const after = await store.version();
    assert.notEqual(after, null);
    assert.notEqual(after, before);
  }));

const STATUS = "/api/v1/tracker/status/?provider=linear&binding_ref=";

/** Returns how often `work` asks about callers and their projects. */
async function readsOf({ store }: TestHost, work: () => Promise<unknown>): Promise<number> {
  let reads = 0;
  const stop = watchStatements(
    store,
    (sql) => void (/\baccess_tokens\b|\bmappings\b|\bissue_counts\b/.test(sql) && reads++),
  );
  await work();
  stop();
  return reads;
}

/** Asks until nothing is read: a job of a host writes now and then. */
async function untilRemembered(host: TestHost, ask: () => Promise<unknown>): Promise<void> {
  for (let asked = 0; await readsOf(host, ask) > 0; asked++) {
    assert.ok(asked < 1_000, "it is never remembered");
  }
}

Deno.test("what one process writes counts in the next call to another, which remembers until then", () =>
  withServer(async (server) => {
    const { url } = await migratedDatabase(server.url);
    await withProcessesOn(url, async ([one, other]) => {
      const ref = await one.bind("linear", "Engineering (ENG)");
      const status = () => other.call("GET", `${STATUS}${ref}`);
      const total = async () => (await status()).at("counts.total");
      const before = Number(await total());
      for (let pushed = 1; pushed <= 5; pushed++) {
        const done = await one.call("POST", "/api/v1/tracker/push/", {
          provider: "linear",
          binding_ref: ref,
          items: [{
            ref: { system: "linear", workspace: "acme", id: `pushed-${pushed}` },
            action: "create",
            patch: { title: "Pushed" },
          }],
        });
        assert.equal(done.at("status"), "ok");
        assert.equal(await total(), before + pushed);
        await untilRemembered(other, total);
      }
      await one.store.run("UPDATE token_families SET revoked_at = 1");
      assert.equal((await status()).status, 401);
    });
  }));

Deno.test("pages are read again once another server may have taken the place of one", () =>
  withServer(async (server) => {
    const { url } = await migratedDatabase(server.url);
    await withProcessesOn(url, async ([host]) => {
      const { store } = host;
      const binding_ref = await host.bind("linear", "Mobile (MOB)");
      const body = { provider: "linear", binding_ref, limit: 1_000 };
      const pull = async () =>
        JSON.stringify((await host.call("POST", "/api/v1/tracker/pull/", body)).list("items"));
      const elsewhere = () =>
        store.run("UPDATE mappings SET last_sync_at = COALESCE(last_sync_at, 0) + 1");
      for (let pulled = 0; pulled < 4; pulled++) {
        await pull();
        await elsewhere();
      }
      // As many changes as were lost have come again, for other issues.
      await store.run(
        'UPDATE issues SET json = replace(json, \'"title":"\', \'"title":"Restored \')',
      );
      assert.doesNotMatch(await pull(), /Restored/, "the page is kept");
      const woken = Promise.withResolvers<void>();
      const stop = await store.listen("test", () => woken.resolve());
      assert.ok(await killBackends(url, "%pg_current_snapshot%") > 0);
      await woken.promise;
      assert.match(await pull(), /Restored/);
      stop();
    });
  }));
