import assert from "node:assert/strict";
import { systemPlatform } from "../../src/platform/system.ts";
import { openHostData } from "../../src/server/context/host_context.ts";
import { importIssues } from "../../src/server/import/import.ts";
import { COMMAND_LINE } from "../../src/server/model/actor.ts";
import { copyRows } from "../../src/server/store/copy_rows.ts";
import { hostTables } from "../../src/server/store/host_tables.ts";
import { openPostgresStore } from "../../src/server/store/postgres.ts";
import { parsePostgresUrl } from "../../src/server/store/postgres_address.ts";
import { integer } from "../../src/server/store/row.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { dropWordIndex } from "../../src/server/store/word_index.ts";
import { moveData } from "../../src/server/upkeep/migrate.ts";
import { anIssue } from "../support/issues.ts";
import {
  administer,
  connect,
  emptyDatabase,
  migratedDatabase,
  withDatabase,
} from "../support/postgres.ts";
import { withPlatform } from "../support/platform.ts";
import { onEachDatabase } from "./each_database.ts";
import { watchStatements } from "./statements.ts";

const platform = systemPlatform();

/** Imports as many issues into a new directory; the lengths of their texts differ widely. */
async function filled(dataDir: string, issues: number): Promise<HostStore> {
  const context = await openHostData(platform, { dataDir });
  const lines = Array.from({ length: issues }, (_, index) => {
    const body = "word ".repeat(index * 7_919 % 9_000);
    return JSON.stringify(anIssue(`I-${index}`, { body }));
  });
  await importIssues(context, lines.join("\n"), { label: "Many" });
  return context.store;
}

onEachDatabase("rows are copied by few statements, however long their texts are", async (open) => {
  await withPlatform({}, async ({ home }) => {
    const from = await filled(`${home}/from`, 700);
    try {
      const to = await open();
      const adding = new Set<string>();
      const stop = watchStatements(to, (sql) => void (/INTO issues /.test(sql) && adding.add(sql)));
      const contents = await to.transaction(async (tx) =>
        await copyRows(from, tx, await hostTables(platform), () => {})
      );
      stop();
      assert.equal(contents.find(({ table }) => table === "issues")?.rows, 700);
      // Each that differs is kept prepared, with all its places for values.
      const most = to.dialect === "sqlite" ? 1 : 4;
      assert.ok(adding.size <= most, `${adding.size} statements`);
      const count = await to.one("SELECT COUNT(*) AS n FROM issues");
      assert.equal(integer(count ?? {}, "n"), 700);
    } finally {
      await from.close();
    }
  });
});

/** The number of PostgreSQL's index of words: another one when it was made once more. */
async function indexNumber(url: string): Promise<number> {
  const client = await connect(url);
  try {
    const { rows } = await client.query(
      "SELECT COALESCE(to_regclass('issues_by_words')::oid, 0)::int AS number",
    );
    return rows[0]?.number;
  } finally {
    await client.end();
  }
}

Deno.test("a move makes the index of words of all rows, and not row by row", () =>
  withDatabase(migratedDatabase, (databaseUrl) =>
    withPlatform({}, async ({ home }) => {
      await (await filled(`${home}/from`, 5)).close();
      const before = await indexNumber(databaseUrl);
      const steps = new Set<string>();
      const moving = { from: { dataDir: `${home}/from` }, to: { databaseUrl } };
      const moved = await moveData(platform, COMMAND_LINE, moving, ({ what }) => steps.add(what));
      assert.equal(moved.unindexed, null);
      assert.deepEqual([...steps], ["copying", "comparing", "indexing"]);
      const after = await indexNumber(databaseUrl);
      assert.ok(before === 0 || after > 0);
      assert.ok(before === 0 || after !== before, "the rows came into the index that was there");
    })));

Deno.test("a move whose index cannot be made says so, and the next start makes it", () =>
  withDatabase(emptyDatabase, (databaseUrl) =>
    withPlatform({}, async ({ home }) => {
      await (await filled(`${home}/from`, 5)).close();
      let isMoved = false;
      const failing = {
        ...platform,
        system: {
          ...platform.system,
          permission: (...asked: Parameters<typeof platform.system.permission>) =>
            isMoved ? "prompt" as const : platform.system.permission(...asked),
        },
      };
      const moving = { from: { dataDir: `${home}/from` }, to: { databaseUrl } };
      const { tables, unindexed } = await moveData(failing, COMMAND_LINE, moving, ({ what }) => {
        isMoved = what === "indexing";
      });
      assert.equal(tables.find(({ table }) => table === "issues")?.rows, 5);
      assert.match(unindexed ?? "", /net/);
      assert.equal(await indexNumber(databaseUrl), 0);
      const { store } = await openHostData(platform, { databaseUrl });
      await store.close();
      assert.ok(await indexNumber(databaseUrl) > 0 || !await hasTrigrams(databaseUrl));
    })));

async function hasTrigrams(url: string): Promise<boolean> {
  const client = await connect(url);
  try {
    const name = "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'";
    return (await client.query(name)).rowCount === 1;
  } finally {
    await client.end();
  }
}

Deno.test("an index of words that the user may not drop stays", () =>
  withDatabase(migratedDatabase, async (databaseUrl) => {
    const role = `mover_${crypto.randomUUID().slice(0, 8)}`;
    const before = await indexNumber(databaseUrl);
    await administer(
      databaseUrl,
      `CREATE ROLE ${role} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role}`,
    );
    const url = new URL(databaseUrl);
    url.username = role;
    const store = await openPostgresStore(platform, parsePostgresUrl(url.href));
    try {
      await store.transaction((tx) => dropWordIndex(tx));
      assert.equal(await indexNumber(databaseUrl), before);
    } finally {
      await store.close();
      await administer(databaseUrl, `DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  }));
