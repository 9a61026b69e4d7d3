import assert from "node:assert/strict";
import { systemPlatform } from "../../src/platform/system.ts";
import { hostContext } from "../../src/server/context/host_context.ts";
import { openStoreAt } from "../../src/server/context/location.ts";
import { seedDemo } from "../../src/server/dev/demo.ts";
import { fold } from "../../src/server/model/text.ts";
import { position } from "../../src/server/store/dialect.ts";
import { countByStatus, miscounted } from "../../src/server/store/issue_counts.ts";
import { integer, text } from "../../src/server/store/row.ts";
import { HOST_MIGRATIONS } from "../../src/server/store/migrations/migrations.ts";
import { contradictions } from "../../src/server/store/soundness.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { indexChanges, unindexedPlaces } from "../../src/server/store/word_index.ts";
import { issuesHolding } from "../../src/server/store/word_search.ts";
import { chanceOf, seedOf } from "../support/chance.ts";
import { connect, migratedDatabase, withDatabase } from "../support/postgres.ts";
import { locationOf, WORDS, WRITTEN } from "./random_writer.ts";

const SEED = seedOf("TRACKER_KILLED_WRITERS_SEED");
const KILLS = 5;
/** Pieces of work that a process begins at most before it is killed. */
const MOST_WORK = 40;

/** Lets a process write, and kills it once it has begun so many pieces of work. */
async function writeAndDie(place: string, seed: number, begun: number): Promise<readonly string[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--no-check",
      new URL("./random_writer.ts", import.meta.url).href,
      place,
      String(seed),
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let output = "";
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  while (output.split("\n").length <= begun) {
    const { value, done } = await reader.read();
    assert.ok(!done, `The process of the seed ${seed} ended by itself after ${output}`);
    output += value;
  }
  child.kill("SIGKILL");
  await reader.cancel();
  assert.equal((await child.status).signal, "SIGKILL");
  return output.trim().split("\n");
}

/** Resolves once nothing of a killed process is under way at the database: its last commit may have arrived before it died. */
async function settled(place: string): Promise<void> {
  if (!place.startsWith("postgres:")) return;
  const client = await connect(place);
  try {
    await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    // Waits for each transaction that has written to them.
    await client.query("BEGIN");
    await client.query("LOCK TABLE resources, issues, issue_counts IN ACCESS EXCLUSIVE MODE");
    await client.query("COMMIT");
  } finally {
    await client.end();
  }
}

/** Fails unless what is kept beside the issues is what reading every issue tells. */
async function assertSound(store: HostStore, about: string): Promise<void> {
  assert.deepEqual(await miscounted(store), [], about);
  assert.deepEqual(await contradictions(store, HOST_MIGRATIONS.length), [], about);
  for (const resource of await store.all("SELECT id FROM resources ORDER BY id")) {
    const id = text(resource, "id");
    const rows = await store.all(
      "SELECT status, COUNT(*) AS issues FROM issues WHERE resource_id = ? GROUP BY status",
      id,
    );
    const recounted = rows.map((row) => [text(row, "status"), integer(row, "issues")] as const);
    const total = recounted.reduce((sum, [, issues]) => sum + issues, 0);
    const expected = { total, ...Object.fromEntries(recounted) };
    assert.deepEqual(await countByStatus(store, id), expected, about);
    for (const words of [...WORDS.map((word) => [word]), ["port", "7"], ["üro", "imp"]]) {
      const folded = words.map(fold);
      assert.deepEqual(await found(store, id, folded), await scanned(store, id, folded), about);
    }
  }
}

async function found(store: HostStore, resourceId: string, words: string[]): Promise<number[]> {
  const rows = await issuesHolding(store, {
    resourceId,
    words,
    columns: { sql: "i.change AS change", values: [] },
    limit: 10_000,
    pause: () => Promise.resolve(),
  });
  return rows.map((row) => integer(row, "change"));
}

async function scanned(store: HostStore, resourceId: string, words: string[]): Promise<number[]> {
  const rows = await store.all(
    `SELECT change FROM issues WHERE resource_id = ?${
      ` AND ${position(store, "search", "?")} > 0`.repeat(words.length)
    } ORDER BY change DESC`,
    resourceId,
    ...words,
  );
  return rows.map((row) => integer(row, "change"));
}

/** Kills processes that write to the data at a place, and looks at it after each. */
async function killWriters(place: string): Promise<void> {
  console.log(`    seed ${SEED} (TRACKER_KILLED_WRITERS_SEED)`);
  const platform = systemPlatform();
  const opened = () => openStoreAt(platform, locationOf(place));
  const context = hostContext(platform, await opened(), "quick");
  await seedDemo(context);
  await context.store.close();
  const chance = chanceOf(SEED);
  const done = new Set<string>();
  for (let kill = 0; kill < KILLS; kill++) {
    const seed = chance.below(1_000_000);
    const begun = await writeAndDie(place, seed, 10 + chance.below(MOST_WORK - 10));
    for (const name of begun) done.add(name);
    await settled(place);
    const store = await opened();
    try {
      const about = `seed ${SEED}, kill ${kill}, after ${begun.join(", ")}`;
      await assertSound(store, about);
      for (const unindexed of await unindexedPlaces(store)) {
        while (await store.transaction((tx) => indexChanges(tx, unindexed)));
      }
      await assertSound(store, `${about}, and all is in the index`);
    } finally {
      await store.close();
    }
  }
  const store = await opened();
  const [resource] = await store.all("SELECT id FROM resources WHERE label = ?", WRITTEN);
  const { total } = await countByStatus(store, text(resource ?? {}, "id"));
  await store.close();
  assert.ok((total ?? 0) > 0);
  assert.deepEqual([...done].sort(), ["import", "index", "mirror", "push", "remove"]);
}

Deno.test("counts and searches are those of the issues, wherever a process that writes is killed (SQLite)", async () => {
  const directory = await Deno.makeTempDir({ prefix: "tracker-killed-writers-" });
  try {
    await killWriters(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test(
  "counts and searches are those of the issues, wherever a process that writes is killed (PostgreSQL)",
  { sanitizeOps: false, sanitizeResources: false },
  () => withDatabase(migratedDatabase, killWriters),
);
