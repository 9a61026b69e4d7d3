import assert from "node:assert/strict";
import type { NormalizedIssue } from "../../src/contract/issue.ts";
import { type Database, inTransaction } from "../../src/platform/database.ts";
import { IssueTable } from "../../src/store/issues.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import { join } from "../../src/platform/paths.ts";
import { READABLE_FROM, STORE_MIGRATIONS } from "../../src/store/schema.ts";
import { SORT_FIELDS } from "../../src/store/sort_fields.ts";
import { WordIndex, type WordIndexOptions } from "../../src/store/word_index.ts";
import { testPlatform, withPlatform } from "../support/platform.ts";
import fc from "../support/properties.ts";
import { anIssue } from "./issue_fixture.ts";

/** An index that rules nothing out, so that every issue is compared. */
const SCAN = {
  words: { proposed: () => null, share: () => 1 },
  chosen: { choose: () => null, referenced: () => null },
};

/** A store whose segments are of so few issues, and the same one without an index. */
interface Indexed {
  readonly database: Database;
  readonly index: WordIndex;
  readonly issues: IssueTable;
  readonly scanned: IssueTable;
}

async function indexed(options: WordIndexOptions): Promise<Indexed & Disposable> {
  const database = await testPlatform("/nowhere").openDatabase(":memory:", {
    migrations: STORE_MIGRATIONS,
  });
  const index = new WordIndex(database, { first: 1, ...options });
  return {
    database,
    index,
    issues: new IssueTable(database, { words: index }),
    scanned: new IssueTable(database, SCAN),
    [Symbol.dispose]: () => database.close(),
  };
}

/** Characters that are compared in their own ways: case, accents, wildcards, quotes, halves, ends of texts. */
const CHARACTERS = [
  ..."abAB",
  ..."éÉİıßſ\u212a",
  ..."%_\\'\"",
  ..." \n\t-",
  "\0",
  "😀",
  "e\u0301",
  "\ud800",
  "\ufffd",
  "\uffff",
];
const texts = fc.array(fc.constantFrom(...CHARACTERS), { maxLength: 14 }).map((all) =>
  all.join("")
);

interface Step {
  readonly kind: "put" | "edit" | "remove" | "index" | "page";
  readonly id: number;
  readonly title: string;
  readonly body: string | null;
}
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    // Most are stored: what is removed most often is nothing.
    kind: fc.constantFrom("put", "put", "put", "page", "edit", "remove", "index"),
    id: fc.nat({ max: 12 }),
    title: texts,
    body: fc.option(texts),
  }),
  { maxLength: 40 },
);

function apply({ database, issues, index }: Indexed, { kind, id, title, body }: Step): void {
  if (kind === "index") return index.catchUp();
  const made = (number: number) => {
    const name = `iss-${number}`;
    const key = number % 3 === 0 ? null : `AB-${number}`;
    return anIssue(name, { title, body, ref: { system: "beads", workspace: "w", id: name, key } });
  };
  const base = made(id);
  const put = (issue: NormalizedIssue) =>
    issues.put({ issue, base: issue, edits: {}, seenAt: null });
  if (kind === "remove") return issues.remove(base.ref.id);
  if (kind === "put") return void put(base);
  if (kind === "page") {
    return inTransaction(
      database,
      () =>
        index.addPage(
          [id, id + 1, id + 2].map(made).map((issue) => ({
            row: put(issue),
            issue,
            texts: [issue.title, issue.ref.id, issue.ref.key ?? "", issue.body ?? ""],
          })),
        ),
    );
  }
  const issue = { ...base, title: `${title} ours`, body: "ours abab" };
  const fault = { code: "forbidden", message: "No", at: 2 };
  issues.put({ issue, base, edits: { title: { at: 1, fault }, body: { at: 1 } }, seenAt: null });
}

function idsOf(found: readonly NormalizedIssue[]): string[] {
  return found.map(({ ref }) => ref.id);
}

Deno.test("a search by the index finds what comparing every issue finds, in the same order", () =>
  fc.assert(
    fc.asyncProperty(
      steps,
      fc.array(texts, { minLength: 1, maxLength: 4 }),
      fc.record({ by: fc.constantFrom(...SORT_FIELDS), descending: fc.boolean() }),
      fc.integer({ min: 1, max: 5 }),
      async (made, wanted, sort, fewest) => {
        using store = await indexed({ fewest, mostProposed: 1 });
        const { issues, scanned } = store;
        for (const step of made) apply(store, step);
        // What is there is looked for as well, by a part of it.
        const there = scanned.all().flatMap((
          { issue },
        ) => [issue.title, issue.body ?? "", issue.ref.id])
          .map((text) => text.slice(1, 6)).slice(-8);
        for (const text of [...wanted, ...there]) {
          const filter = { text, sort };
          assert.deepEqual(idsOf(issues.list(filter)), idsOf(scanned.list(filter)), text);
          const found = issues.page({ ...filter, limit: 2 });
          assert.deepEqual(found, scanned.page({ ...filter, limit: 2 }));
          if (found.next === null) continue;
          const next = { ...filter, limit: 50, after: found.next, status: ["todo"] as const };
          assert.deepEqual(issues.page(next), scanned.page(next));
        }
      },
    ),
    { numRuns: 100 },
  ));

Deno.test("the index proposes every issue for each part of its texts", () =>
  fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 5 }), async (made, fewest) => {
      using store = await indexed({ fewest, mostProposed: 1 });
      for (const step of made) apply(store, step);
      const rows = store.database.prepare("SELECT rowid AS row, title, id FROM tracker_issues")
        .all();
      for (const { row, title, id } of rows) {
        for (const text of [String(title), String(id)]) {
          const proposed = store.index.proposed(text);
          assert.ok(proposed === null || proposed.includes(Number(row)), text);
        }
      }
    }),
    { numRuns: 200 },
  ));

Deno.test("the row of a removed issue is not taken for that of the next one", async () => {
  using store = await indexed({ fewest: 2 });
  const put = (id: string, title: string) => {
    const issue = anIssue(id, { title });
    store.issues.put({ issue, base: issue, edits: {}, seenAt: null });
  };
  put("a", "first words");
  put("b", "other words");
  put("d", "more words");
  store.index.catchUp();
  store.issues.remove("d");
  put("c", "third words");
  assert.deepEqual(idsOf(store.issues.list({ text: "third" })), ["c"]);
  assert.deepEqual(store.index.proposed("first"), [3, 1], "what is new, and what the index has");
});

Deno.test("an issue that is stored again and again does not make the index grow", async () => {
  using store = await indexed({ fewest: 4 });
  for (let round = 0; round < 300; round++) {
    const issue = anIssue(`iss-${round % 3}`, { title: `round ${round}` });
    store.issues.put({ issue, base: issue, edits: {}, seenAt: null });
    // So that there are enough new ones for a segment.
    const other = anIssue(`other-${round % 5}`, { title: "beside" });
    store.issues.put({ issue: other, base: other, edits: {}, seenAt: null });
    store.index.catchUp();
  }
  const segments = store.database.prepare("SELECT count(*) AS count FROM issue_segments").get();
  assert.ok(Number(segments?.["count"]) <= 10, `${segments?.["count"]} segments`);
  assert.deepEqual(idsOf(store.issues.list({ text: "round 29" })), ["iss-0", "iss-1", "iss-2"]);
});

Deno.test("a text of three characters is asked of the index, a shorter one is not", async () => {
  using store = await indexed({ fewest: 1 });
  for (const id of ["a", "b", "c"]) {
    const issue = anIssue(id, { title: `title of ${id}`, body: `bodyof${id}` });
    store.issues.put({ issue, base: issue, edits: {}, seenAt: null });
  }
  assert.equal(store.index.proposed("yofa"), null, "nothing is indexed yet");
  store.index.catchUp();
  assert.deepEqual(store.index.proposed("yofa"), [1]);
  assert.deepEqual(store.index.proposed("nothing"), []);
  assert.equal(store.index.proposed("of"), null);
  assert.equal(store.index.proposed("a\0bcd"), null);
  assert.equal(store.index.proposed("title"), null, "all hold it");
  const shares = ["title", "yofa", "nothing", "of"].map((text) => store.index.share(text));
  assert.deepEqual(shares, [1, 1 / 3, 0, 1]);
});

Deno.test("a part of the index that is missing is damage, and not an empty answer", async () => {
  using store = await indexed({ fewest: 1 });
  for (const id of ["a", "b", "c"]) {
    const issue = anIssue(id, { title: `words of ${id}` });
    store.issues.put({ issue, base: issue, edits: {}, seenAt: null });
  }
  store.index.catchUp();
  store.database.exec("DELETE FROM issue_words");
  assert.throws(() => store.issues.list({ text: "words of b" }), { code: "database_damaged" });
});

Deno.test("a page that is enough for a segment is in the index when it is stored", async () => {
  using store = await indexed({ fewest: 4 });
  const page = (from: number, size: number) =>
    inTransaction(
      store.database,
      () =>
        store.index.addPage(Array.from({ length: size }, (_, at) => {
          const issue = anIssue(`iss-${from + at}`, { title: `words of ${from + at}` });
          const row = store.issues.put({ issue, base: issue, edits: {}, seenAt: null });
          return { row, issue, texts: [issue.title, issue.ref.id, issue.body ?? ""] };
        })),
    );
  const indexedRow = () =>
    store.database.prepare("SELECT * FROM issue_words_place").get()?.["indexed"];
  page(0, 3);
  assert.equal(indexedRow(), 3);
  page(3, 1);
  assert.equal(indexedRow(), 3, "one issue waits for others");
  page(4, 2);
  assert.equal(indexedRow(), 3, "what waits comes first");
  store.index.catchUp();
  assert.equal(indexedRow(), 3, "three are too few");
  page(6, 1);
  store.index.catchUp();
  assert.equal(indexedRow(), 7);
  assert.deepEqual(idsOf(store.issues.list({ text: "words of 5" })), ["iss-5"]);
});

Deno.test("a cache of few issues has no index, and gets one of all of them with enough others", async () => {
  using store = await indexed({ fewest: 2, first: 6 });
  const indexedRow = () =>
    store.database.prepare("SELECT * FROM issue_words_place").get()?.["indexed"];
  const put = (from: number, size: number) =>
    inTransaction(
      store.database,
      () =>
        store.index.addPage(Array.from({ length: size }, (_, at) => {
          const issue = anIssue(`iss-${from + at}`, { title: `words of ${from + at}` });
          const row = store.issues.put({ issue, base: issue, edits: {}, seenAt: null });
          return { row, issue, texts: [issue.title, issue.ref.id, issue.body ?? ""] };
        })),
    );
  put(0, 5);
  store.index.catchUp();
  assert.equal(indexedRow(), 0);
  assert.equal(store.index.proposed("words of 3"), null);
  put(5, 2);
  assert.equal(indexedRow(), 0, "what waits comes first");
  store.index.catchUp();
  assert.equal(indexedRow(), 7);
  assert.deepEqual(store.index.proposed("words of 3"), [4]);
  put(7, 2);
  assert.equal(indexedRow(), 9, "the next page is added while it is stored");
});

Deno.test("a disk that is full is told, and what was stored is searched all the same", () =>
  withPlatform({}, async (platform) => {
    const path = join(platform.home, "a.db");
    {
      using old = await platform.openDatabase(path, {
        migrations: STORE_MIGRATIONS.slice(0, READABLE_FROM),
      });
      const table = new IssueTable(old);
      for (let number = 0; number < 2_500; number++) {
        const issue = anIssue(`iss-${number}`, { body: `number ${number}, ${"text ".repeat(50)}` });
        table.put({ issue, base: issue, edits: {}, seenAt: null });
      }
    }
    const openDatabase: typeof platform.openDatabase = async (...given) => {
      const database = await platform.openDatabase(...given);
      // As if the disk had no page left.
      const { page_count } = database.prepare("PRAGMA page_count").get() ?? {};
      database.exec(`PRAGMA max_page_count = ${page_count}`);
      return database;
    };
    await assert.rejects(IssueStore.open({ ...platform, openDatabase }, path), {
      code: "database_unusable",
      message: /full/,
    });
    const found = (store: IssueStore | null) => idsOf(store?.list({ text: "number 777," }) ?? []);
    using reader = await IssueStore.openForReading(platform, path);
    assert.deepEqual(found(reader), ["iss-777"]);
    using store = await IssueStore.open(platform, path);
    assert.deepEqual(found(store), ["iss-777"]);
    assert.deepEqual(store.check(), []);
  }));

Deno.test("an index that cannot be continued does not fail what was stored", () =>
  withPlatform({}, async (platform) => {
    const path = join(platform.home, "a.db");
    using store = await IssueStore.open(platform, path);
    const page = (from: number, size: number) =>
      store.putPage(Array.from({ length: size }, (_, at) => anIssue(`iss-${from + at}`)));
    for (let from = 0; from < 2_000; from += 200) page(from, 200);
    {
      using other = await platform.openDatabase(path);
      other.exec(
        "CREATE TRIGGER full BEFORE UPDATE ON issue_words_place BEGIN SELECT RAISE(ABORT, 'no room'); END",
      );
    }
    assert.equal(page(2_000, 200).created, 200);
    assert.deepEqual(idsOf(store.list({ text: "iss-2177" })), ["iss-2177"]);
    {
      using other = await platform.openDatabase(path);
      assert.equal(
        other.prepare("SELECT indexed FROM issue_words_place").get()?.["indexed"],
        0,
        "nothing is indexed",
      );
      other.exec("DROP TRIGGER full");
    }
    store.transaction(() => {});
    using other = await platform.openDatabase(path);
    assert.notEqual(other.prepare("SELECT indexed FROM issue_words_place").get()?.["indexed"], 0);
  }));
