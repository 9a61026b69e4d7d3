import assert from "node:assert/strict";
import { systemPlatform } from "../../src/platform/system.ts";
import { parsePostgresUrl } from "../../src/server/store/postgres_address.ts";
import { openPostgresStore } from "../../src/server/store/postgres.ts";
import { IN_MEMORY, openSqliteStore } from "../../src/server/store/sqlite.ts";
import type { HostStore, Transaction } from "../../src/server/store/store.ts";
import { migratedDatabase, sharedServer } from "../support/postgres.ts";

/** A kind of store; `null` where it is not to be had. */
interface Kind {
  readonly name: string;
  create(): Promise<Data | null>;
}

interface Data {
  /** Opens a store on the same data, as each process does. */
  open(): Promise<HostStore>;
  remove(): Promise<void>;
}

const IN_A_FILE: Kind = {
  name: "in a file",
  async create() {
    const directory = await Deno.makeTempDir({ prefix: "tracker-store-" });
    return {
      open: () => openSqliteStore(systemPlatform(), `${directory}/host.db`),
      remove: () => Deno.remove(directory, { recursive: true }),
    };
  },
};

const MEMORY: Kind = {
  name: "in memory",
  create: () =>
    Promise.resolve({
      open: () => openSqliteStore(systemPlatform(), IN_MEMORY),
      remove: () => Promise.resolve(),
    }),
};

const ON_POSTGRES: Kind = {
  name: "on PostgreSQL",
  async create() {
    const server = await sharedServer();
    if (server === null) return null;
    const database = await migratedDatabase(server);
    const address = parsePostgresUrl(database.url);
    return { open: () => openPostgresStore(systemPlatform(), address), remove: database.drop };
  },
};

const KINDS = [IN_A_FILE, MEMORY, ON_POSTGRES];
/** Those that several processes, or readers beside a transaction, can use. */
const SHARED = [IN_A_FILE, ON_POSTGRES];

/** Runs a test on a store of each kind; `another` opens one more on the same data. */
function testStore(
  name: string,
  test: (store: HostStore, another: () => Promise<HostStore>) => Promise<void>,
  kinds: readonly Kind[] = KINDS,
): void {
  for (const kind of kinds) {
    Deno.test(`${name} (${kind.name})`, async () => {
      const data = await kind.create();
      if (data === null) return;
      const opened: HostStore[] = [];
      const open = async () => {
        const store = await data.open();
        opened.push(store);
        return store;
      };
      try {
        await test(await open(), open);
      } finally {
        for (const store of opened) await store.close();
        await data.remove();
      }
    });
  }
}

const ADD =
  "INSERT INTO teams (id, slug, name) VALUES (?, ?, (SELECT CAST(COUNT(*) + 10 AS TEXT) FROM teams))";

async function add(store: HostStore, slug: string): Promise<void> {
  await store.run(ADD, slug, slug);
}

/** The slugs of the teams, in the order in which they came. */
async function slugs(store: HostStore): Promise<unknown[]> {
  return (await store.all("SELECT slug FROM teams ORDER BY name")).map((row) => row["slug"]);
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
});

testStore("numbers, sums and truth come as numbers", async (store) => {
  await store.run(
    "INSERT INTO limits (key, tokens, at, granted, expires_at) VALUES (?, ?, ?, 0, 0)",
    "a",
    1.5,
    2 ** 53 - 1,
  );
  await store.run(
    "INSERT INTO limits (key, tokens, at, granted, expires_at) VALUES (?, ?, ?, 0, 0)",
    "b",
    -2,
    -1,
  );
  const row = await store.one(
    "SELECT COUNT(*) AS n, SUM(at) AS at, SUM(tokens) AS tokens, MAX(at) > 1 AS yes, MIN(at) > 1 AS no FROM limits",
  );
  assert.deepEqual({ ...row }, { n: 2, at: 2 ** 53 - 2, tokens: -0.5, yes: 1, no: 0 });
});

testStore("text is kept and ordered by its bytes, without NUL", async (store) => {
  const words = ["Z", "a", "\u00e4", "b", "\u{1f600}", "'?'", "\\0", "%", "A"];
  for (const word of words) await store.run(ADD, word, word);
  await store.run(ADD, "with\0nul\0", "\0");
  const rows = await store.all("SELECT slug FROM teams ORDER BY slug");
  const encoder = new TextEncoder();
  const hex = (text: string) => [...encoder.encode(text)].map((byte) => byte + 1000).join();
  assert.deepEqual(
    rows.map((row) => row["slug"]),
    ["", ...words.toSorted((one, other) => hex(one) < hex(other) ? -1 : 1)],
  );
  assert.ok(await store.one("SELECT 1 FROM teams WHERE id = ?", "withnul") !== null);
  assert.ok(await store.one("SELECT 1 FROM teams WHERE slug = '?' OR id = ?", "'?'") !== null);
});

testStore(
  "only a statement that reads runs outside a transaction and returns rows",
  async (store) => {
    const sql = "UPDATE teams SET name = '' RETURNING id";
    await assert.rejects(() => store.one(sql), /runs in a transaction/);
    await assert.rejects(() => store.all(sql), /runs in a transaction/);
    assert.equal(await store.transaction((tx) => tx.one(sql)), null);
  },
);

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
  [IN_A_FILE, MEMORY],
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

testStore("a reader does not wait for a transaction under way", async (store) => {
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
}, SHARED);

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
    const waiting: (() => void)[] = [];
    const listener = (channel: string) => () => {
      heard.push(channel);
      waiting.shift()?.();
    };
    // The end of a marker's way says that what was told before has come, or never will.
    const passed = async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const stop = await store.listen("marker", resolve);
      await store.notify("marker");
      await promise;
      stop();
    };
    const stop = await store.listen("jobs", listener("jobs"));
    await store.listen("other", listener("other"));
    await store.notify("jobs");
    await passed();
    await store.transaction(async (tx) => {
      await tx.notify("jobs");
      await tx.notify("jobs");
      await passed();
      heard.push("work");
    });
    await passed();
    await store.transaction(async (tx) => {
      await tx.notify("jobs");
      throw new Error("on purpose");
    }).catch(() => heard.push("failed"));
    await passed();
    stop();
    await store.notify("jobs");
    await passed();
    assert.deepEqual(heard, ["jobs", "work", "jobs", "failed"]);
  },
);

testStore("a notification reaches the other processes", async (store, another) => {
  const other = await another();
  const { promise, resolve } = Promise.withResolvers<void>();
  await other.listen("jobs", resolve);
  await store.transaction((tx) => tx.notify("jobs"));
  await promise;
}, [ON_POSTGRES]);

testStore("a process wakes itself with the commit, and once", async (store, another) => {
  const other = await another();
  let woken = 0;
  await store.listen("jobs", () => void woken++);
  await store.transaction((tx) => tx.notify("jobs"));
  assert.equal(woken, 1);
  await store.notify("jobs");
  assert.equal(woken, 2);
  // What another process says afterwards comes after what came through the database before.
  const { promise, resolve } = Promise.withResolvers<void>();
  await store.listen("marker", resolve);
  await other.notify("marker");
  await promise;
  assert.equal(woken, 2);
}, [ON_POSTGRES]);

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

testStore("two stores of the same data see each other's writes", async (one, another) => {
  const other = await another();
  await add(one, "a");
  assert.deepEqual(await slugs(other), ["a"]);
  await other.transaction((tx) => add(tx, "b"));
  assert.deepEqual(await slugs(one), ["a", "b"]);
}, SHARED);

testStore("what one transaction has changed another one waits for", async (store, another) => {
  const other = await another();
  await add(store, "a");
  const changed = Promise.withResolvers<void>();
  const append = (letter: string) => async (tx: Transaction) => {
    await tx.run("UPDATE teams SET name = name || ? WHERE id = 'a'", letter);
    changed.resolve();
    await others();
  };
  const first = store.transaction(append("b"));
  await changed.promise;
  await other.transaction(append("c"));
  await first;
  assert.deepEqual({ ...await store.one("SELECT name FROM teams") }, { name: "10bc" });
}, [ON_POSTGRES]);
