import assert from "node:assert/strict";
import type { HostContext } from "../../src/server/context/host_context.ts";
import { seedIssues } from "../../src/server/dev/seed.ts";
import { listResources } from "../../src/server/store/resources.ts";
import { integer, type Row, text } from "../../src/server/store/row.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { indexChanges, unindexedPlaces } from "../../src/server/store/word_index.ts";
import { issuesHolding } from "../../src/server/store/word_search.ts";
import { sequencesOf } from "../../src/server/store/word_sequences.ts";
import { withHost } from "./support.ts";

const LABEL = "Mobile (MOB)";

/** Adds issues, all of them in the index, to a resource; returns its id. */
async function indexed(context: HostContext, count: number): Promise<string> {
  const { store } = context;
  const place = await store.one("SELECT id, installation_id FROM resources WHERE label = ?", LABEL);
  const id = text(place ?? {}, "id");
  const resource = (await listResources(store, text(place ?? {}, "installation_id")))
    .find((one) => one.id === id);
  assert.ok(resource !== undefined);
  await seedIssues(context, { resource, count });
  for (const place of await unindexedPlaces(store)) {
    while (await store.transaction((tx) => indexChanges(tx, place)));
  }
  return id;
}

/** What a search has asked the store for. */
interface Searched {
  readonly changes: readonly number[];
  /** Sequences by which it was told how rare they are. */
  readonly samples: number;
  /** Issues that were compared with the words, of each statement. */
  readonly compared: readonly number[];
}

async function search(
  store: HostStore,
  resourceId: string,
  words: readonly string[],
): Promise<Searched> {
  let samples = 0;
  const compared: number[] = [];
  const watched: HostStore = Object.assign(Object.create(store), {
    one: (sql: string, ...values: string[]) => {
      if (sql.includes("MATCH")) samples++;
      return store.one(sql, ...values);
    },
    all: async (sql: string, ...values: string[]): Promise<Row[]> => {
      const rows = await store.all(sql, ...values);
      if (sql.includes("MATCH")) compared.push(rows.length);
      return rows;
    },
  });
  const rows = await issuesHolding(watched, {
    resourceId,
    words,
    columns: { sql: "i.change AS change", values: [] },
    limit: 1_000,
    pause: () => Promise.resolve(),
  });
  return { changes: rows.map((row) => integer(row, "change")), samples, compared };
}

Deno.test("sequences with digits come first, each word's first before any second", () => {
  const first = sequencesOf(["for", "the", "517.", "time", "copy5x"]).map(({ text }) => text);
  assert.deepEqual(first.slice(0, 4), ["y5x", "517", "py5", "17."]);
  assert.deepEqual(first.slice(4), ["ime", "for", "the", "tim", "opy", "cop"]);
});

Deno.test("every word of a long text is among the sequences, and they have a bound", () => {
  const words = Array.from(
    { length: 20 },
    (_, index) => `${"abcdefghijklmnopqrst"[index]}longword`,
  );
  const sequences = sequencesOf(words);
  assert.ok(sequences.length <= 24);
  assert.deepEqual(sequencesOf(["ab", "c"]), []);
  assert.equal(
    new Set(sequencesOf(words.map((word, at) => word + at)).map(({ word }) => word)).size,
    20,
  );
});

Deno.test("a search looks at no more sequences when those it knows are rare enough", () =>
  withHost(async ({ context, store }) => {
    if (store.dialect === "postgres") return;
    const id = await indexed(context, 300);
    const words = ["it", "happened", "again.", "seen", "for", "note", "217:"];
    const { changes, samples } = await search(store, id, words);
    assert.equal(changes.length, 1);
    assert.ok(samples <= 2, `${samples}`);
  }));

Deno.test("a statement compares a bounded number of issues, however many the index proposes", () =>
  withHost(async ({ context, store }) => {
    if (store.dialect === "postgres") return;
    const count = 2_200;
    const id = await indexed(context, count);
    // Each issue holds all sequences of the word that are looked at, and none holds the word.
    const { changes, compared } = await search(store, id, ["happeagain"]);
    assert.deepEqual(changes, []);
    assert.ok(compared.reduce((sum, one) => sum + one, 0) >= count, `${compared}`);
    assert.ok(Math.max(...compared) <= 2_000, `${compared}`);
  }));

Deno.test("a search finds the last of many hits", () =>
  withHost(async ({ context, store }) => {
    const id = await indexed(context, 1_500);
    const { changes } = await search(store, id, ["happened", "again."]);
    const all = await store.all(
      "SELECT change FROM issues WHERE resource_id = ? AND search LIKE '%happened again.%'",
      id,
    );
    const newestFirst = all.map((row) => integer(row, "change")).sort((one, other) => other - one);
    assert.ok(newestFirst.length >= 1_500);
    assert.deepEqual(changes, newestFirst.slice(0, 1_000));
  }));
