import assert from "node:assert/strict";
import { fold } from "../../src/server/model/text.ts";
import { storeIssue } from "../../src/server/store/issues.ts";
import { lockResource } from "../../src/server/store/locks.ts";
import { listResources } from "../../src/server/store/resources.ts";
import { integer, type Row, text } from "../../src/server/store/row.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { indexChanges, unindexedPlaces } from "../../src/server/store/word_index.ts";
import { issuesHolding } from "../../src/server/store/word_search.ts";
import { searchIssues } from "../../src/server/sync/search.ts";
import { chanceOf } from "../support/chance.ts";
import { anIssue } from "../support/issues.ts";
import { type TestHost, withHost } from "./support.ts";

const WORDS = ["importer", "exporter", "porter", "ort", "Büro", "x1", "deported", "im"] as const;
/** Issues that are searched: more than a search looks at first. */
const ISSUES = 400;

async function filled(host: TestHost) {
  const { store } = host;
  const row = await store.one(
    "SELECT id, installation_id FROM resources WHERE label = 'Mobile (MOB)'",
  );
  const resources = await listResources(store, text(row ?? {}, "installation_id"));
  const resource = resources.find(({ id }) => id === row?.["id"]);
  assert.ok(resource !== undefined);
  const chance = chanceOf(3);
  const words = () => Array.from({ length: 3 }, () => chance.pick(WORDS)).join(" ");
  await store.transaction(async (tx) => {
    await lockResource(tx, resource.id);
    for (let number = 0; number < ISSUES; number++) {
      const issue = { title: words(), body: chance.once(2) ? words() : null };
      await storeIssue(tx, resource.id, anIssue(`ranked-${number}`, issue), false);
    }
  });
  return { resource, chance };
}

/** Adds all changes to the index, as the job of a host does. */
async function indexAll(store: HostStore): Promise<void> {
  for (const place of await unindexedPlaces(store)) {
    while (await store.transaction((tx) => indexChanges(tx, place)));
  }
}

/** Ranks every issue that holds all words, as the contract of a search says. */
async function ranked(
  { store }: TestHost,
  resourceId: string,
  query: string,
  limit: number,
): Promise<string[]> {
  const phrase = fold(query);
  const words = [...new Set(phrase.split(" "))];
  const rows = await store.all(
    "SELECT external_id, search FROM issues WHERE resource_id = ? ORDER BY change DESC",
    resourceId,
  );
  const hits = rows.map((row) => ({ id: text(row, "external_id"), search: text(row, "search") }))
    .filter(({ search }) => words.every((word) => search.includes(word)))
    .map(({ id, search }) => {
      const title = search.slice(0, search.indexOf("\n"));
      const ranks = words.map((word) =>
        !title.includes(word) ? 0 : ` ${title}`.includes(` ${word}`) ? 4 : 2
      );
      const whole = title.includes(phrase) ? 100 : search.includes(phrase) ? 10 : 0;
      return { id, rank: ranks.reduce((sum: number, rank) => sum + rank, whole) };
    });
  return hits.toSorted((one, other) => other.rank - one.rank).slice(0, limit).map(({ id }) => id);
}

Deno.test("a search finds what ranking every hit does, however few are looked at", () =>
  withHost(async (host) => {
    const { context, store } = host;
    const { resource, chance } = await filled(host);
    const compare = async () => {
      for (let time = 0; time < 60; time++) {
        const words = Array.from({ length: 1 + chance.below(3) }, () => chance.pick(WORDS));
        const query_text = words.join(" ");
        const limit = chance.pick([1, 3, 10, 60]);
        const found = await searchIssues(context, resource, {
          provider: "linear",
          project_slug: "any",
          query_text,
          limit,
        });
        const ids = found.map(({ external_issue_id }) => external_issue_id);
        assert.deepEqual(ids, await ranked(host, resource.id, query_text, limit), query_text);
      }
    };
    await compare();
    await indexAll(store);
    await compare();
  }));

Deno.test("where the issues changed last are enough, few others are looked at", () =>
  withHost(async (host) => {
    const { store } = host;
    const { resource: { id: resourceId } } = await filled(host);
    const asked = {
      resourceId,
      words: ["port"],
      columns: { sql: "i.id AS id", values: [] },
      limit: 1_000,
      pause: () => Promise.resolve(),
    };
    const idsOf = (rows: readonly Row[]) => rows.map((row) => integer(row, "id"));
    const compare = async () => {
      const all = idsOf(await issuesHolding(store, asked));
      const enough = (wanted: number) => (rows: readonly Row[]) => rows.length >= wanted;
      const few = idsOf(await issuesHolding(store, { ...asked, isEnough: enough(10) }));
      assert.deepEqual(few, all.slice(0, few.length));
      assert.ok(few.length >= 10);
      if (store.dialect === "sqlite") assert.ok(few.length <= 100 && all.length > 300);
      const never = await issuesHolding(store, { ...asked, isEnough: enough(1_001) });
      assert.deepEqual(idsOf(never), all);
    };
    await compare();
    await indexAll(store);
    await compare();
  }));
