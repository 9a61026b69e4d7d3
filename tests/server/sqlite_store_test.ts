import assert from "node:assert/strict";
import { systemPlatform } from "../../src/platform/system.ts";
import { IN_MEMORY, openSqliteStore } from "../../src/server/store/sqlite.ts";
import type { HostStore, Transaction } from "../../src/server/store/store.ts";

/** Runs a test on a store in a file, and on one in memory. */
function testStore(name: string, test: (store: HostStore) => Promise<void>): void {
  for (const kind of ["in a file", "in memory"]) {
    Deno.test(`${name} (${kind})`, async () => {
      const directory = await Deno.makeTempDir({ prefix: "tracker-store-" });
      const path = kind === "in memory" ? IN_MEMORY : `${directory}/host.db`;
      const store = await openSqliteStore(systemPlatform(), path);
      try {
        await test(store);
      } finally {
        await store.close();
        await Deno.remove(directory, { recursive: true });
      }
    });
  }
}

const ADD = "INSERT INTO teams (id, slug, name) VALUES (?, ?, '')";

async function add(store: HostStore, slug: string): Promise<void> {
  await store.run(ADD, slug, slug);
}

/** The slugs of the teams, in the order in which they came. */
async function slugs(store: HostStore): Promise<unknown[]> {
  return (await store.all("SELECT slug FROM teams ORDER BY rowid")).map((row) => row["slug"]);
}

/** Lets everything else that is ready take its turn. */
const others = () => new Promise((resolve) => setTimeout(resolve, 0));

testStore("a store gives one row or none, all rows, and how many were changed", async (store) => {
  assert.equal(await store.one("SELECT slug FROM teams"), null);
  assert.equal(await store.run(ADD, "a", "a"), 1);
  await add(store, "b");
  assert.deepEqual({ ...await store.one("SELECT slug FROM teams WHERE id = ?", "b") }, {
    slug: "b",
  });
  assert.deepEqual(await slugs(store), ["a", "b"]);
  assert.equal(await store.run("UPDATE teams SET name = 'x'"), 2);
  assert.equal(store.dialect, "sqlite");
});

testStore("a transaction is kept when its work is done", async (store) => {
  const result = await store.transaction(async (tx) => {
    await add(tx, "a");
    await others();
    await add(tx, "b");
    return await slugs(tx);
  });
  assert.deepEqual(result, ["a", "b"]);
  assert.deepEqual(await slugs(store), ["a", "b"]);
});

testStore("a transaction leaves nothing when its work fails", async (store) => {
  const failing = store.transaction(async (tx) => {
    await add(tx, "a");
    await others();
    throw new Error("on purpose");
  });
  await assert.rejects(failing, /on purpose/);
  assert.deepEqual(await slugs(store), []);
  await add(store, "b");
  assert.deepEqual(await slugs(store), ["b"]);
});

testStore(
  "a transaction that waits is alone: writers take their turns in their order",
  async (store) => {
    const transaction = (name: string) =>
      store.transaction(async (tx) => {
        await add(tx, `${name}1`);
        await others();
        await add(tx, `${name}2`);
      });
    const first = transaction("a");
    const single = add(store, "b");
    const second = transaction("c");
    await Promise.all([second, single, first]);
    assert.deepEqual(await slugs(store), ["a1", "a2", "b", "c1", "c2"]);
  },
);

testStore("nobody outside sees what a transaction has not committed", async (store) => {
  const half = Promise.withResolvers<void>();
  const rest = Promise.withResolvers<void>();
  const writing = store.transaction(async (tx) => {
    await add(tx, "a");
    half.resolve();
    await rest.promise;
    await add(tx, "b");
  });
  await half.promise;
  const reading = slugs(store);
  await others();
  rest.resolve();
  await writing;
  const seen = await reading;
  assert.ok(seen.length === 0 || seen.length === 2, `half a transaction: ${seen.join(", ")}`);
  assert.deepEqual(await slugs(store), ["a", "b"]);
});

Deno.test("a reader of a file does not wait for a transaction under way", async () => {
  const directory = await Deno.makeTempDir({ prefix: "tracker-store-" });
  const store = await openSqliteStore(systemPlatform(), `${directory}/host.db`);
  try {
    const rest = Promise.withResolvers<void>();
    const writing = store.transaction(async (tx) => {
      await add(tx, "a");
      await rest.promise;
    });
    await others();
    assert.deepEqual(await slugs(store), []);
    rest.resolve();
    await writing;
    assert.deepEqual(await slugs(store), ["a"]);
  } finally {
    await store.close();
    await Deno.remove(directory, { recursive: true });
  }
});

testStore("a transaction inside a transaction joins it", async (store) => {
  const failing = store.transaction(async (outer) => {
    await outer.transaction((inner) => add(inner, "a"));
    assert.deepEqual(await slugs(outer), ["a"]);
    throw new Error("on purpose");
  });
  await assert.rejects(failing, /on purpose/);
  assert.deepEqual(await slugs(store), []);
});

testStore("the handle of a transaction is of no use after its end", async (store) => {
  let kept: Transaction | undefined;
  await store.transaction((tx) => {
    kept = tx;
    return Promise.resolve();
  });
  const late = kept;
  assert.ok(late !== undefined);
  await assert.rejects(() => add(late, "a"), /The transaction has ended/);
  await assert.rejects(() => slugs(late), /The transaction has ended/);
  await assert.rejects(() => late.transaction(slugs), /The transaction has ended/);
  await assert.rejects(() => late.close(), TypeError);
  assert.deepEqual(await slugs(store), []);
});

testStore(
  "listeners wake at a notification, in a transaction once it is committed",
  async (store) => {
    const heard: string[] = [];
    const stop = await store.listen("jobs", () => heard.push("jobs"));
    await store.listen("other", () => heard.push("other"));
    await store.notify("jobs");
    await store.transaction(async (tx) => {
      await tx.notify("jobs");
      await tx.notify("jobs");
      heard.push("work");
    });
    await store.transaction(async (tx) => {
      await tx.notify("jobs");
      throw new Error("on purpose");
    }).catch(() => heard.push("failed"));
    stop();
    await store.notify("jobs");
    assert.deepEqual(heard, ["jobs", "work", "jobs", "failed"]);
  },
);

testStore("closing waits for the transactions before", async (store) => {
  const writing = store.transaction(async (tx) => {
    await others();
    await add(tx, "a");
    return await slugs(tx);
  });
  const closing = store.close();
  assert.deepEqual(await writing, ["a"]);
  await closing;
  await assert.rejects(() => slugs(store), /not open/);
});

Deno.test("two stores of one file see each other's writes and wait for each other", async () => {
  const directory = await Deno.makeTempDir({ prefix: "tracker-store-" });
  const path = `${directory}/host.db`;
  const one = await openSqliteStore(systemPlatform(), path);
  const other = await openSqliteStore(systemPlatform(), path);
  try {
    await add(one, "a");
    assert.deepEqual(await slugs(other), ["a"]);
    await other.transaction((tx) => add(tx, "b"));
    assert.deepEqual(await slugs(one), ["a", "b"]);
  } finally {
    await one.close();
    await other.close();
    await Deno.remove(directory, { recursive: true });
  }
});
