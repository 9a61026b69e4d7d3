import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { inTransaction, type TransactionContext } from "../../src/server/context/host_context.ts";
import { indexJob } from "../../src/server/jobs/index_job.ts";
import { position } from "../../src/server/store/dialect.ts";
import { fold } from "../../src/server/model/text.ts";
import { storeIssue } from "../../src/server/store/issues.ts";
import { lockResource } from "../../src/server/store/locks.ts";
import { integer, text } from "../../src/server/store/row.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { removeIssue } from "../../src/server/store/tombstones.ts";
import { indexChanges, mergeParts, unindexedPlaces } from "../../src/server/store/word_index.ts";
import { issuesHolding } from "../../src/server/store/word_search.ts";
import { anIssue } from "../support/issues.ts";
import { watchStatements } from "./statements.ts";
import { withHost } from "./support.ts";

const LABEL = "Mobile (MOB)";

async function idOf(store: HostStore, label: string): Promise<string> {
  const row = await store.one("SELECT id FROM resources WHERE label = ?", label);
  return text(row ?? {}, "id");
}

/** Searches as the host does. */
async function found(
  store: HostStore,
  resourceId: string,
  words: readonly string[],
  limit = 1_000,
): Promise<number[]> {
  const rows = await issuesHolding(store, {
    resourceId,
    words,
    columns: { sql: "i.change AS change", values: [] },
    limit,
    pause: () => Promise.resolve(),
  });
  return rows.map((row) => integer(row, "change"));
}

/** Adds all changes to the index, as the job of a host does. */
async function indexAll(store: HostStore): Promise<void> {
  for (const place of await unindexedPlaces(store)) {
    while (await store.transaction((tx) => indexChanges(tx, place)));
  }
}

/** Compares the words with every issue. */
async function scanned(
  store: HostStore,
  resourceId: string,
  words: readonly string[],
): Promise<number[]> {
  const rows = await store.all(
    `SELECT change FROM issues WHERE resource_id = ?${
      ` AND ${position(store, "search", "?")} > 0`.repeat(words.length)
    } ORDER BY change DESC`,
    resourceId,
    ...words,
  );
  return rows.map((row) => integer(row, "change"));
}

/** Few characters, so that texts share sequences; those that SQL, a pattern or the index could take for their own. */
const character = fc.oneof(
  fc.constantFrom(..."abAB%_\\\"'*^:- \n\t(){}-+äßİıσςﬁ漢字かな𝒳👍🏽é\u0301\u200d\u0000\uffff\ufffe"),
  fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
  fc.constantFrom("\ud83d", "\udc4d"),
);
const someText = fc.array(character, { maxLength: 14 }).map((characters) => characters.join(""));

Deno.test("the index answers what reading every issue does, for any text", () =>
  withHost(async ({ store }) => {
    const id = await idOf(store, LABEL);
    const changes = fc.array(
      fc.record({ issue: fc.nat({ max: 5 }), title: someText, body: fc.option(someText) }),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(
        changes,
        fc.array(someText, { maxLength: 3 }),
        fc.boolean(),
        async (some, others, isIndexed) => {
          await store.transaction(async (tx) => {
            await lockResource(tx, id);
            for (const { issue, title, body } of some) {
              const name = `searched-${issue}`;
              if (title === "") await removeIssue(tx, id, name, 1);
              else await storeIssue(tx, id, anIssue(name, { title, body }), false);
            }
          });
          if (isIndexed) await indexAll(store);
          const texts = [...some.map(({ title, body }) => `${title}\n${body ?? ""}`), ...others];
          for (const phrase of texts) {
            const words = fold(phrase).split(/\s+/).filter((word) => word !== "");
            if (words.length === 0) continue;
            const parts = [
              words,
              words.slice(0, 1),
              words.map((word) => [...word].slice(1).join("")),
            ]
              .map((part) => part.filter((word) => word !== ""));
            for (const asked of parts.filter((part) => part.length > 0)) {
              const expected = await scanned(store, id, asked);
              assert.deepEqual(await found(store, id, asked), expected, JSON.stringify(asked));
              assert.deepEqual(await found(store, id, asked, 2), expected.slice(0, 2));
            }
          }
        },
      ),
      {
        numRuns: 20,
        examples: [[[{ issue: 0, title: "\ud83d\u0000\udc4d", body: "aab" }], [], false]],
      },
    );
    if (store.dialect === "postgres") return;
    // What was changed or removed is in the index no longer.
    await indexAll(store);
    const rows = await store.one(
      "SELECT (SELECT COUNT(*) FROM search_words) AS held, (SELECT COUNT(*) FROM issues) AS issues",
    );
    assert.equal(rows?.["held"], rows?.["issues"]);
  }));

Deno.test("the job adds changes to the index, and is taken again later", () =>
  withHost(async ({ context, store }) => {
    const indexed = await unindexedPlaces(store);
    if (store.dialect === "postgres") return assert.deepEqual(indexed, []);
    assert.ok(indexed.length > 1);
    const slice = <T>(work: (context: TransactionContext) => Promise<T>) =>
      inTransaction(context, work);
    const { signal } = new AbortController();
    const job = { id: "job_1", kind: "index", key: "host", tried: 0, lease: "l", share: "host" };
    const end = await indexJob().run({
      job,
      context,
      signal,
      slice,
      beginning: slice,
      turn: (step) => step(),
    });
    assert.equal(end.kind, "again");
    assert.deepEqual(await unindexedPlaces(store), []);
    assert.equal(await store.transaction(mergeParts), false);
  }));

Deno.test("the parts that the index is made of are merged, a little at a time", () =>
  withHost(async ({ store }) => {
    if (store.dialect === "postgres") return;
    const id = await idOf(store, LABEL);
    const parts = async () =>
      integer(
        await store.one("SELECT COUNT(DISTINCT segid) AS parts FROM search_words_idx") ?? {},
        "parts",
      );
    let words = 0;
    for (let part = 0; part < 40; part++) {
      await store.transaction(async (tx) => {
        await lockResource(tx, id);
        for (let one = 0; one < 10; one++) {
          const body = Array.from({ length: 150 }, () => `word${words++ * 7919}`).join(" ");
          await storeIssue(tx, id, anIssue(`many-${part}-${one}`, { body }), false);
        }
      });
      await indexAll(store);
    }
    const asked = [`word${5 * 7919}`, `word${9 * 7919}`];
    const before = await found(store, id, asked);
    assert.equal(before.length, 1);
    assert.ok(await parts() > 3, String(await parts()));
    let slices = 1;
    while (await store.transaction(mergeParts)) slices++;
    assert.ok(slices > 3, `${slices}`);
    assert.ok(await parts() <= 3, String(await parts()));
    assert.deepEqual(await found(store, id, asked), before);
  }));

Deno.test("words of one or two characters are found in the issues that changed last", () =>
  withHost(async ({ store }) => {
    const id = await idOf(store, LABEL);
    await store.transaction(async (tx) => {
      await lockResource(tx, id);
      await storeIssue(tx, id, anIssue("short", { title: "Ünïq q\u0301z" }), false);
    });
    const expected = await scanned(store, id, [fold("q\u0301z")]);
    assert.equal(expected.length, 1);
    assert.deepEqual(await found(store, id, [fold("q\u0301z")]), expected);
    assert.deepEqual(await found(store, id, ["q%"]), []);
  }));

Deno.test("a text that is too long for the index is found all the same", () =>
  withHost(async ({ store }) => {
    const id = await idOf(store, LABEL);
    const put = (name: string, body: string) =>
      store.transaction(async (tx) => {
        await lockResource(tx, id);
        await storeIssue(tx, id, anIssue(name, { title: name, body }), false);
      });
    await put("long", `${"much said ".repeat(30_000)} needle-in-it`);
    await put("short", "a needle-in-it and more");
    await indexAll(store);
    assert.equal((await found(store, id, ["needle-in-it"])).length, 2);
    assert.equal((await found(store, id, ["needle-in-it", "much"])).length, 1);
    assert.equal((await found(store, id, ["needle-elsewhere"])).length, 0);
    await put("long", "cut");
    await indexAll(store);
    assert.equal((await found(store, id, ["needle-in-it"])).length, 1);
  }));

Deno.test("on PostgreSQL a few issues tell of rare words and of common ones, and more of those between", () =>
  withHost(async ({ store }) => {
    if (store.dialect === "sqlite") return;
    const id = await idOf(store, LABEL);
    await store.transaction(async (tx) => {
      await lockResource(tx, id);
      for (let issue = 0; issue < 400; issue++) {
        const title = issue === 77 ? "zzrarest" : issue % 10 === 0 ? "zzbetween" : "";
        await storeIssue(tx, id, anIssue(`sampled-${issue}`, { title, body: "zzcommon" }), false);
      }
    });
    const expected = [["zzrarest", 1, [64]], ["zzcommon", 400, [64]], ["zzbetween", 40, [
      64,
      300,
    ]]] as const;
    for (const [word, hits, looks] of expected) {
      const asked: number[] = [];
      let statements = 0;
      const stop = watchStatements(store, (sql) => {
        statements++;
        const [, changes] = /generate_series\(1, (\d+)\)/.exec(sql) ?? [];
        if (changes !== undefined) asked.push(Number(changes));
      });
      const last = await found(store, id, [word], 1);
      stop();
      const all = await scanned(store, id, [word]);
      assert.equal(all.length, hits, word);
      assert.deepEqual(last, all.slice(0, 1), word);
      assert.deepEqual(asked, looks, word);
      // Each look, and the search: what they need to know comes with them.
      assert.equal(statements, looks.length + 1, word);
      assert.deepEqual(await found(store, id, [word]), all, word);
    }
  }));
