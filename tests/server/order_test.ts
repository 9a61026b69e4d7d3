/** Rows come in the same order from both stores: that of the bytes of their texts, which the contract promises. */
import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { IN_MEMORY, openSqliteStore } from "../../src/server/store/sqlite.ts";
import type { HostStore, SqlValue } from "../../src/server/store/store.ts";
import { testPlatform } from "../support/platform.ts";
import { emptyDatabase, SORTING_AS_PEOPLE, withDatabase } from "../support/postgres.ts";
import { openStore } from "./postgres_support.ts";

/** An ordering by texts, and how rows with such texts are put into its table. */
interface Ordering {
  readonly name: string;
  readonly insert: string;
  /** Values of a row with this text; `place` tells it from others. */
  readonly row: (text: string, place: number) => readonly SqlValue[];
  /** Gives the texts in order. */
  readonly read: string;
}

const ORDERINGS: readonly Ordering[] = [
  {
    name: "teams by slug",
    insert: "INSERT INTO teams (id, slug, name) VALUES (?, ?, '')",
    row: (text, place) => [`t${place}`, text],
    read: "SELECT slug AS text FROM teams WHERE id <> 'the ground' ORDER BY slug",
  },
  {
    name: "resources by label, then id",
    insert: `INSERT INTO resources (id, installation_id, resource_type, external_id, workspace, key,
      name, label, url, context, workflow, next_number)
      VALUES (?, 'i', 'team', ?, '', '', '', ?, '', '{}', 'open', 1)`,
    row: (text, place) => [`r${place}`, `e${place}`, text],
    read: "SELECT label AS text FROM resources WHERE id <> 'the ground' ORDER BY label, id",
  },
  {
    name: "work packages by their id",
    insert: `INSERT INTO package_mappings (resource_id, wp_id, external_id, created_at, updated_at)
      VALUES ('the ground', ?, ?, 1, 1)`,
    row: (text, place) => [text, `e${place}`],
    read:
      "SELECT wp_id AS text FROM package_mappings WHERE resource_id = 'the ground' ORDER BY wp_id",
  },
  {
    name: "rows from an id on",
    insert: "INSERT INTO teams (id, slug, name) VALUES (?, ?, '')",
    row: (text, place) => [`after ${text}`, `s${place}`],
    read:
      "SELECT substr(id, 7) AS text FROM teams WHERE id >= 'after ' AND id <> 'the ground' ORDER BY id",
  },
];

/** What every row needs beside its own table. */
const GROUND: readonly string[] = [
  "INSERT INTO teams (id, slug, name) VALUES ('the ground', 'the ground', '')",
  "INSERT INTO installations (id, team_id, provider, provider_account_id) VALUES ('i', 'the ground', 'linear', '')",
  `INSERT INTO resources (id, installation_id, resource_type, external_id, workspace, key, name, label,
    url, context, workflow, next_number) VALUES ('the ground', 'i', 'team', '', '', '', '', '', '', '{}', 'open', 1)`,
];

const TEXTS = fc.uniqueArray(
  fc.oneof(
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.string({ unit: "grapheme", maxLength: 12 }),
    fc.string({ maxLength: 5 }),
    // At both sides of the surrogates: the order of UTF-16 is another one.
    fc.constantFrom(
      "",
      "\uffff",
      "\ue000",
      "\u{10000}",
      "\u{10ffff}",
      "a",
      "A",
      "ä",
      "a\u0308",
      "Z",
    ),
    fc.constantFrom("z\0", "\0", "b\0c", " ", "  a", "-a", "_"),
    fc.constantFrom("x", "é", "\u{1f600}").map((unit) => unit.repeat(240)),
  ),
  { maxLength: 25, selector: withoutNul },
);

/** Both stores take it out. */
function withoutNul(text: string): string {
  return text.replaceAll("\0", "");
}

function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/** Returns what is read back of texts that were put in; nothing of it stays. */
async function inOrder(store: HostStore, ordering: Ordering, texts: readonly string[]) {
  let found: unknown[] = [];
  const undone = new Error("undone");
  await assert.rejects(
    store.transaction(async (tx) => {
      await tx.run("DELETE FROM teams");
      for (const sql of GROUND) await tx.run(sql);
      for (const [place, text] of texts.entries()) {
        await tx.run(ordering.insert, ...ordering.row(text, place));
      }
      const rows = await tx.all(ordering.read);
      found = rows.map((row) => row["text"]);
      throw undone;
    }),
    undone,
  );
  return found;
}

Deno.test("both stores give rows in the order of the bytes of their texts, however the server sorts", (t) =>
  withDatabase((server) => emptyDatabase(server, SORTING_AS_PEOPLE), async (url) => {
    const stores = [
      await openSqliteStore(testPlatform("/nowhere"), IN_MEMORY),
      await openStore(url),
    ];
    try {
      for (const ordering of ORDERINGS) {
        await t.step(ordering.name, () =>
          fc.assert(
            fc.asyncProperty(TEXTS, async (texts) => {
              const expected = texts.map(withoutNul).sort(byBytes);
              for (const store of stores) {
                assert.deepEqual(await inOrder(store, ordering, texts), expected, store.dialect);
              }
            }),
            { numRuns: 40 },
          ));
      }
    } finally {
      for (const store of stores) await store.close();
    }
  }));
