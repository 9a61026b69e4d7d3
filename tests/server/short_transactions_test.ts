/** Short works that wait at the same time are committed together; each is told what became of it. */
import assert from "node:assert/strict";
import { systemPlatform } from "../../src/platform/system.ts";
import { Channels } from "../../src/server/store/channels.ts";
import { performAlone, SharedTransactions } from "../../src/server/store/shared_transactions.ts";
import { IN_MEMORY, openSqliteStore } from "../../src/server/store/sqlite.ts";
import { SqliteConnection } from "../../src/server/store/sqlite_connection.ts";
import type { Transaction } from "../../src/server/store/store.ts";
import { Turns } from "../../src/server/store/turns.ts";

/** A database whose beginnings and commits are counted, and may fail. */
class Watched extends SqliteConnection {
  readonly channels = new Channels();
  readonly turns = new Turns();
  readonly shared = new SharedTransactions({
    connection: this,
    channels: this.channels,
    turns: this.turns,
    clock: { ...systemPlatform().clock, monotonic: () => this.time },
  });
  /** Milliseconds. */
  time = 0;
  commits = 0;
  /** How many of each are still to fail. */
  failures = { begin: 0, commit: 0, rollBack: 0 };

  override begin(): void {
    if (this.failures.begin-- > 0) throw new Error("The database is locked");
    super.begin();
  }

  override commit(): void {
    if (this.failures.commit-- > 0) throw new Error("The disk is full");
    this.commits++;
    super.commit();
  }

  override rollBack(): void {
    if (this.isInTransaction && this.failures.rollBack-- > 0) throw new Error("The disk is away");
    super.rollBack();
  }

  names(): string[] {
    return this.all("SELECT name FROM names ORDER BY rowid", []).map((row) => String(row["name"]));
  }

  /** Does something alone, as any other writer. */
  async alone(work: (tx: Transaction) => Promise<unknown>): Promise<void> {
    await this.turns.run(() => performAlone(this, this.channels, work));
  }
}

async function withDatabase(test: (database: Watched) => Promise<void>): Promise<void> {
  const database = await systemPlatform().openDatabase(IN_MEMORY, {
    migrations: ["CREATE TABLE names (name TEXT PRIMARY KEY) STRICT"],
  });
  const watched = new Watched(database);
  try {
    await test(watched);
  } finally {
    watched.close();
  }
}

async function add(tx: Transaction, name: string): Promise<string> {
  await tx.run("INSERT INTO names (name) VALUES (?)", name);
  return name;
}

Deno.test("short works that come at once are committed once, and told then", () =>
  withDatabase(async (database) => {
    const told: string[] = [];
    const during: number[] = [];
    const works = ["n1", "n2", "n3"].map(async (name) => {
      const done = await database.shared.run((tx) => {
        during.push(told.length);
        return add(tx, name);
      });
      told.push(done);
    });
    await Promise.all(works);
    assert.equal(database.commits, 1);
    assert.deepEqual(during, [0, 0, 0]);
    assert.deepEqual(told, ["n1", "n2", "n3"]);
    assert.deepEqual(database.names(), told);
  }));

Deno.test("of short works, each that fails is undone alone", async () => {
  const all = ["n0", "n1", "n2", "n3"];
  for (let pattern = 0; pattern < 2 ** all.length; pattern++) {
    await withDatabase(async (database) => {
      const fails = (place: number) => (pattern >> place & 1) === 1;
      const ends = await Promise.allSettled(
        all.map((name, place) =>
          database.shared.run(async (tx) => {
            await add(tx, name);
            if (fails(place)) throw new Error(name);
            return name;
          })
        ),
      );
      for (const [place, end] of ends.entries()) {
        assert.equal(end.status, fails(place) ? "rejected" : "fulfilled");
        if (end.status === "rejected") assert.equal(end.reason.message, all[place]);
      }
      assert.deepEqual(database.names(), all.filter((_, place) => !fails(place)));
    });
  }
});

Deno.test("a commit that fails has each short work done once more alone", () =>
  withDatabase(async (database) => {
    const done: string[] = [];
    const heard: string[] = [];
    database.channels.listen("n", () => heard.push("n"));
    database.failures.commit = 1;
    const ends = await Promise.allSettled(
      ["n1", "n2", "n3"].map((name) =>
        database.shared.run(async (tx) => {
          done.push(name);
          await tx.notify("n");
          await add(tx, name);
          if (name === "n2") throw new Error("refused");
        })
      ),
    );
    assert.deepEqual(ends.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
    assert.deepEqual(done, ["n1", "n2", "n3", "n1", "n2", "n3"]);
    assert.deepEqual(heard, ["n", "n"]);
    assert.deepEqual(database.names(), ["n1", "n3"]);
  }));

Deno.test("a commit that always fails tells each of the short works", () =>
  withDatabase(async (database) => {
    database.failures.commit = 3;
    const ends = await Promise.allSettled(
      ["n1", "n2"].map((name) => database.shared.run((tx) => add(tx, name))),
    );
    assert.deepEqual(ends.map(({ status }) => status), ["rejected", "rejected"]);
    assert.deepEqual(database.names(), []);
    await database.shared.run((tx) => add(tx, "n3"));
    assert.deepEqual(database.names(), ["n3"]);
  }));

Deno.test("a transaction that cannot be rolled back leaves no short work without an answer", () =>
  withDatabase(async (database) => {
    database.failures = { begin: 0, commit: 1, rollBack: 2 };
    const ends = await Promise.allSettled(
      ["n1", "n2", "n3"].map((name) => database.shared.run((tx) => add(tx, name))),
    );
    assert.deepEqual(ends.map(({ status }) => status), ["rejected", "rejected", "fulfilled"]);
    assert.deepEqual(database.names(), ["n3"]);
    await database.shared.run((tx) => add(tx, "n4"));
    assert.deepEqual(database.names(), ["n3", "n4"]);
  }));

Deno.test("a listener that fails fails the work that woke it alone", () =>
  withDatabase(async (database) => {
    database.channels.listen("n2", () => {
      throw new Error("n2 is not heard");
    });
    const works = ["n1", "n2", "n3"].map((name) =>
      database.shared.run(async (tx) => {
        await tx.notify(name);
        await add(tx, name);
      })
    );
    const ends = await Promise.allSettled(works);
    assert.deepEqual(ends.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
    await database.shared.run((tx) => add(tx, "n4"));
    assert.deepEqual(database.names(), ["n1", "n2", "n3", "n4"]);
  }));

Deno.test("a statement is not lost in a transaction that could not be rolled back", async () => {
  const directory = await Deno.makeTempDir({ prefix: "tracker-short-" });
  const platform = systemPlatform();
  const failing = new Set<string>();
  const faulty: typeof platform = {
    ...platform,
    async openDatabase(path, options) {
      const database = await platform.openDatabase(path, options);
      // Its own properties cannot be replaced; those of an object that stands before it can.
      return new Proxy(Object.create(database), {
        get: (_, name) => {
          const value = Reflect.get(database, name, database);
          if (typeof value !== "function") return value;
          return (...given: unknown[]) => {
            if (name === "exec" && failing.delete(String(given[0]))) {
              throw new Error("The disk is away");
            }
            return Reflect.apply(value, database, given);
          };
        },
      });
    },
  };
  try {
    const store = await openSqliteStore(faulty, `${directory}/host.db`);
    const setting = (name: string) =>
      `INSERT INTO host_settings (name, value) VALUES ('${name}', '')`;
    failing.add("COMMIT").add("ROLLBACK");
    await assert.rejects(store.transaction((tx) => tx.run(setting("n1"))));
    const named = "SELECT name FROM host_settings WHERE name LIKE 'n%' ORDER BY name";
    assert.deepEqual(await store.all(named), []);
    await store.run(setting("n2"));
    await store.transaction((tx) => tx.run(setting("n3")));
    assert.deepEqual((await store.all(named)).map(({ name }) => name), ["n2", "n3"]);
    await store.close();
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a transaction that SQLite itself ends is none of the other short works' fault", () =>
  withDatabase(async (database) => {
    let times = 0;
    const works = ["n1", "n2", "n3"].map((name) =>
      database.shared.run(async (tx) => {
        await add(tx, name);
        // As the disk that is full does.
        if (name === "n2" && ++times === 1) await tx.run("ROLLBACK");
      })
    );
    await Promise.all(works);
    assert.deepEqual(database.names(), ["n1", "n2", "n3"]);
  }));

Deno.test("a transaction that cannot begin fails the short work that waits first", () =>
  withDatabase(async (database) => {
    database.failures.begin = 1;
    const works = ["n1", "n2"].map((name) => database.shared.run((tx) => add(tx, name)));
    const ends = await Promise.allSettled(works);
    assert.deepEqual(ends.map(({ status }) => status), ["rejected", "fulfilled"]);
    assert.deepEqual(database.names(), ["n2"]);
  }));

Deno.test("other transactions have their turn between many short works", () =>
  withDatabase(async (database) => {
    const order: string[] = [];
    const short = Array.from({ length: 300 }, (_, place) =>
      database.shared.run(async (tx) => {
        order.push("short");
        await add(tx, `n${place}`);
      }));
    const other = database.alone(() => Promise.resolve(order.push("other")));
    await Promise.all([...short, other]);
    assert.equal(order.indexOf("other"), 100);
    assert.equal((database.names()).length, 300);
  }));

Deno.test("short works that take long are not committed together", () =>
  withDatabase(async (database) => {
    const works = ["n1", "n2", "n3"].map((name) =>
      database.shared.run((tx) => {
        database.time += 6;
        return add(tx, name);
      })
    );
    await Promise.all(works);
    assert.equal(database.commits, 2);
  }));

Deno.test("a store is closed once the short works before are done", async () => {
  const directory = await Deno.makeTempDir({ prefix: "tracker-short-" });
  try {
    const store = await openSqliteStore(systemPlatform(), `${directory}/host.db`);
    const works = Array.from({ length: 150 }, (_, place) =>
      store.transaction(async (tx) => {
        await tx.run("INSERT INTO host_settings (name, value) VALUES (?, '')", `n${place}`);
      }, { isShort: true }));
    assert.ok(store.figures().waiting > 0);
    await Promise.all([...works, store.close()]);
    const again = await openSqliteStore(systemPlatform(), `${directory}/host.db`);
    const row = await again.one("SELECT COUNT(*) AS n FROM host_settings WHERE name LIKE 'n%'");
    assert.equal(row?.["n"], 150);
    await again.close();
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
