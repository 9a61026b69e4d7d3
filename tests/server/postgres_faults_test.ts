import assert from "node:assert/strict";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { sharedServer } from "../support/postgres.ts";
import { onSmallDisk } from "../support/disks.ts";
import {
  ADD_TEAM,
  killBackends,
  openStore,
  teams,
  withServer,
  withStore,
} from "./postgres_support.ts";
import { startProxy } from "./postgres_proxy.ts";
import type { HostStore, Transaction } from "../../src/server/store/store.ts";
import { HostError } from "../../src/server/model/host_error.ts";
import { isStoreFault } from "../../src/server/store/store_faults.ts";

/** Runs a test with a store on the server that tests share. */
function testStore(
  name: string,
  test: (store: HostStore, url: string) => Promise<void>,
): void {
  Deno.test(name, async () => {
    const server = await sharedServer();
    if (server !== null) await withStore(server, test);
  });
}

testStore("a backend that dies inside a transaction fails that work alone", async (store, url) => {
  const failing = store.transaction(async (tx) => {
    await tx.run(ADD_TEAM, "a", "a");
    await tx.all("SELECT 'the one that dies'");
    await killBackends(url, "SELECT 'the one that dies'");
    await tx.run(ADD_TEAM, "b", "b");
  });
  const beside = store.transaction((tx) => tx.run(ADD_TEAM, "c", "c"));
  await Promise.all([assert.rejects(failing, { code: "database_unreachable" }), beside]);
  assert.deepEqual(await teams(store), ["c"]);
  await store.transaction((tx) => tx.run(ADD_TEAM, "d", "d"));
  assert.deepEqual(await teams(store), ["c", "d"]);
});

testStore("a backend that dies while nobody asks it anything is replaced", async (store, url) => {
  assert.deepEqual(await teams(store), []);
  assert.ok(await killBackends(url, "SELECT id FROM teams%") > 0);
  assert.deepEqual(await teams(store), []);
  await store.transaction((tx) => tx.run(ADD_TEAM, "a", "a"));
  assert.deepEqual(await teams(store), ["a"]);
});

testStore("a backend that dies as it becomes ready is replaced", async (_, url) => {
  const proxy = startProxy(url);
  const store = await openStore(proxy.url);
  try {
    proxy.endNextWhenReady();
    await store.transaction((tx) => tx.run(ADD_TEAM, "a", "a"));
    proxy.endNextWhenReady();
    await Promise.all([1, 2, 3].map(() => store.transaction(teams)));
    assert.deepEqual(await teams(store), ["a"]);
  } finally {
    await store.close();
    proxy.close();
  }
});

testStore(
  "a backend that dies before the end of a transaction leaves nothing of it",
  async (store, url) => {
    const failing = store.transaction(async (tx) => {
      await tx.run(ADD_TEAM, "a", "a");
      await killBackends(url, "INSERT INTO teams%");
    });
    await assert.rejects(failing, { code: "database_unreachable" });
    assert.deepEqual(await teams(store), []);
  },
);

testStore("an error of the work stays what it is, whatever words it holds", async (store) => {
  for (
    const words of ["a socket", "timeout expired", "terminate", "the certificate", "read timeout"]
  ) {
    const error = new HostError({ code: "validation_error", message: `No issue "${words}"` });
    const failing = store.transaction(async (tx) => {
      await tx.run(ADD_TEAM, "a", "a");
      throw error;
    });
    await assert.rejects(failing, (thrown) => thrown === error, words);
    assert.equal(isStoreFault(error), false, words);
    assert.deepEqual(store.figures(), { open: 1, idle: 1, waiting: 0 }, words);
  }
  assert.deepEqual(await teams(store), []);
});

testStore(
  "when the listening connection dies, all who listen are woken and hear on",
  async (store, url) => {
    let woken = Promise.withResolvers<void>();
    await store.listen("jobs", () => woken.resolve());
    assert.equal(await killBackends(url, "LISTEN%"), 1);
    await woken.promise;
    woken = Promise.withResolvers();
    const other = await openStore(url);
    await other.notify("jobs");
    await woken.promise;
    await other.close();
  },
);

testStore("transactions that block each other are done again, and both succeed", async (store) => {
  await store.run(ADD_TEAM, "a", "0");
  await store.run(ADD_TEAM, "b", "1");
  let runs = 0;
  const both = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const change = (ids: readonly string[], mine: number) => async (tx: Transaction) => {
    runs += 1;
    for (const id of ids) {
      await tx.run("UPDATE teams SET name = name || 'x' WHERE id = ?", id);
      both[mine]?.resolve();
      await Promise.all(both.map(({ promise }) => promise));
    }
  };
  await Promise.all([
    store.transaction(change(["a", "b"], 0)),
    store.transaction(change(["b", "a"], 1)),
  ]);
  assert.ok(runs > 2, "they never met");
  const rows = await store.all("SELECT name FROM teams");
  assert.deepEqual(rows.map((row) => row["name"]), ["xx", "xx"]);
});

testStore(
  "a statement that failed fails its transaction, even when the work continues",
  async (store) => {
    const failing = store.transaction(async (tx) => {
      await tx.run(ADD_TEAM, "a", "a");
      await tx.run(ADD_TEAM, "a", "again").catch(() => 0);
      return "done";
    });
    await assert.rejects(failing, /duplicate key/);
    assert.deepEqual(await teams(store), []);
  },
);

testStore("a statement that takes too long is ended and said to be slow", async (store) => {
  const waiting = store.transaction(async (tx) => {
    await tx.run("SET LOCAL statement_timeout = 50");
    await tx.all("SELECT pg_sleep(60)");
  });
  await assert.rejects(waiting, { code: "database_slow" });
  assert.deepEqual(await teams(store), []);
});

testStore("more transactions than connections take their turns", async (store) => {
  const names = Array.from({ length: 40 }, (_, index) => `t${index + 100}`);
  await Promise.all(names.map((name) => store.transaction((tx) => tx.run(ADD_TEAM, name, name))));
  assert.deepEqual(await teams(store), names);
});

testStore("closing waits for what is under way, and nothing is begun after it", async (store) => {
  const reading = store.all("SELECT pg_sleep(0.05)");
  await store.close();
  assert.equal((await reading).length, 1);
  await assert.rejects(() => teams(store), /not open/);
  await store.close();
});

/** The server crashes, and must have kept what it said it has. */
const DURABLE = { settings: ["synchronous_commit=on"] };

Deno.test("a server that restarts under a running store is used again by itself", () =>
  withServer((server) =>
    withStore(server.url, async (store) => {
      let wakes = 0;
      let woken = Promise.withResolvers<void>();
      await store.listen("jobs", () => {
        wakes += 1;
        woken.resolve();
      });
      await store.run(ADD_TEAM, "a", "a");
      await server.halt();
      await assert.rejects(() => teams(store), { code: "database_unreachable" });
      await assert.rejects(store.transaction(teams), { code: "database_unreachable" });
      assert.equal(wakes, 0);
      await server.resume();
      assert.deepEqual(await teams(store), ["a"]);
      await store.transaction((tx) => tx.run(ADD_TEAM, "b", "b"));
      await woken.promise;
      woken = Promise.withResolvers();
      await store.notify("jobs");
      await woken.promise;
      assert.deepEqual(await teams(store), ["a", "b"]);
    }), DURABLE));

Deno.test("a server without a free connection is said to be busy, and those that are connected continue", () =>
  withServer((server) =>
    withStore(server.url, async (store, url) => {
      const limited = url.replace("tester@", "limited@");
      const admin = await store.run("CREATE ROLE limited LOGIN SUPERUSER CONNECTION LIMIT 100");
      assert.equal(admin, 0);
      await store.run("ALTER ROLE limited NOSUPERUSER CONNECTION LIMIT 0");
      await assert.rejects(openStore(limited), (error) => {
        assert.ok(error instanceof TrackerError);
        assert.equal(error.code, "database_busy");
        assert.match(error.message, /too many connections for role "limited"/);
        return true;
      });
      assert.deepEqual(await teams(store), []);
    })
  ));

Deno.test("a full disk is said, nothing is half written, and the store continues once there is room", async () => {
  // A checkpoint that meets the full disk ends PostgreSQL, which is another fault.
  const settings = ["max_wal_size=2GB", "checkpoint_timeout=1h"];
  const isRun = await onSmallDisk(
    140,
    (within) =>
      withServer((server) =>
        withStore(server.url, async (store) => {
          const other = `${within}/other`;
          await Deno.writeFile(other, new Uint8Array(20_000_000));
          await store.run(ADD_TEAM, "a", "a");
          const filling = store.transaction(async (tx) => {
            for (let id = 0; id < 200; id++) {
              // What repeats itself takes little room.
              const noise = Array.from({ length: 40_000 }, () => crypto.randomUUID()).join("");
              await tx.run(
                "INSERT INTO teams (id, slug, name) VALUES (?, ?, ?)",
                `b${id}`,
                `b${id}`,
                noise,
              );
            }
          });
          await assert.rejects(filling, { code: "database_full" });
          assert.deepEqual(await teams(store), ["a"]);
          await Deno.remove(other);
          await store.run("VACUUM teams");
          await store.run(ADD_TEAM, "c", "c");
          assert.deepEqual(await teams(store), ["a", "c"]);
        }), { within, settings }),
  );
  if (!isRun) console.log("    skipped: no small disk can be had");
});
