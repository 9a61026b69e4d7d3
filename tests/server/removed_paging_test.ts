import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { findResource } from "../../src/server/mod.ts";
import { findIssue, storeIssue } from "../../src/server/store/issues.ts";
import type { SqlValue } from "../../src/server/store/store.ts";
import { removeIssue } from "../../src/server/store/tombstones.ts";
import { anIssue } from "../support/issues.ts";
import { ids, now, pull, remove, touch, withEngineering } from "./removed_support.ts";
import { valueAt } from "./support.ts";

Deno.test("a reader who pages while issues are changed, removed and made ends with exactly what the host has", () =>
  withEngineering(async (host, ref) => {
    const resource = await findResource(host.store, "linear", "Engineering (ENG)");
    assert.ok(resource !== null);
    const at = Date.parse(now(host));
    const step = fc.record({
      kind: fc.constantFrom("store", "store", "remove"),
      n: fc.integer({ min: 0, max: 11 }),
    });
    const steps = fc.array(fc.array(step, { maxLength: 4 }), { minLength: 1, maxLength: 12 });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), async (between, limit) => {
        round += 1;
        const name = (n: number) => `round-${round}-${n}`;
        const turns = [...between];
        const apply = (todo: typeof between[number]) =>
          host.store.transaction(async (tx) => {
            for (const [turn, { kind, n }] of todo.entries()) {
              if (kind === "remove") await removeIssue(tx, resource.id, name(n), at);
              else {
                const title = `${round} ${turns.length} ${turn}`;
                await storeIssue(tx, resource.id, { ...anIssue(name(n)), title }, false);
              }
            }
          });
        const here = new Set<string>();
        let cursor: unknown;
        do {
          await apply(turns.shift() ?? []);
          const more = cursor === undefined ? {} : { cursor };
          const page = await pull(host, ref, { limit: 30 * limit, ...more });
          for (const one of ids(page)) here.delete(one);
          for (const one of ids(page, "items")) here.add(one);
          cursor = page.at("next_cursor") ?? undefined;
        } while (cursor !== undefined);
        const rows = await host.store.all(
          "SELECT external_id FROM issues WHERE resource_id = ?",
          resource.id,
        );
        const there = rows.map((row) => String(row["external_id"]));
        assert.deepEqual([...here].sort(), there.sort());
      }),
      { numRuns: 40 },
    );
  }));

/** A host with one removed issue, and the means to change it beside a reader. */
interface Scene {
  readonly remove: (key: string) => Promise<void>;
  readonly touch: (key: string) => Promise<void>;
  readonly comeBack: () => Promise<void>;
}

const MEDDLING: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  "a shown issue is removed": ({ remove }) => remove("ENG-1"),
  "an issue to come is removed": ({ remove }) => remove("ENG-36"),
  "a removed issue comes back": ({ comeBack }) => comeBack(),
  "an issue is removed and others change": async ({ remove, touch }) => {
    await remove("ENG-1");
    await touch("ENG-2");
    await touch("ENG-35");
  },
};

for (const [name, meddle] of Object.entries(MEDDLING)) {
  Deno.test(`nothing is missed when ${name} between any two reads of a page`, async () => {
    let places = 0;
    while (await readsBeside(places, meddle)) places += 1;
    assert.ok(places > 5, `a page is made of ${places} reads`);
  });
}

/**
 * Reads a listing of two pages and what changed since its newest issue, and meddles before one of the reads of the
 * second page. Returns whether there is such a read.
 */
async function readsBeside(
  place: number,
  meddle: (scene: Scene) => Promise<void>,
): Promise<boolean> {
  let reads = -1;
  await withEngineering(async (host, ref) => {
    const resource = await findResource(host.store, "linear", "Engineering (ENG)");
    assert.ok(resource !== null);
    const gone = await findIssue(host.store, resource.id, "ENG-20");
    assert.ok(gone !== null);
    await remove(host, "ENG-20");
    const scene: Scene = {
      remove: (key) => remove(host, key),
      touch: async (key) => await touch(host, ref, key),
      comeBack: () =>
        host.store.transaction(async (tx) => {
          await storeIssue(tx, resource.id, gone.issue, false, { at: host.platform.clock.now() });
        }),
    };
    const seen = new Map<string, unknown>();
    let newest = "";
    const read = async (more: Record<string, unknown>) => {
      const page = await pull(host, ref, more);
      for (const one of ids(page)) seen.delete(one);
      for (const one of page.list("items")) {
        seen.set(String(valueAt(one, "ref.id")), valueAt(one, "version"));
        const updated = new Date(String(valueAt(one, "updated_at"))).toISOString();
        if (updated > newest) newest = updated;
      }
      return page.at("next_cursor");
    };
    let cursor = await read({ limit: 20 });
    const { store } = host;
    const [one, all] = [store.one.bind(store), store.all.bind(store)];
    const beside = async () => {
      if (reads < 0 || reads++ !== place) return;
      reads = -2;
      await meddle(scene);
    };
    Reflect.set(store, "one", async (sql: string, ...values: SqlValue[]) => {
      await beside();
      return await one(sql, ...values);
    });
    Reflect.set(store, "all", async (sql: string, ...values: SqlValue[]) => {
      await beside();
      return await all(sql, ...values);
    });
    reads = 0;
    while (cursor !== null) cursor = await read({ limit: 100, cursor });
    const isDone = reads < 0;
    reads = -1;
    if (!isDone) return;
    reads = -2;
    await read({ limit: 1000, filters: { updated_since: newest } });
    const rows = await store.all(
      "SELECT external_id, version FROM issues WHERE resource_id = ? ORDER BY external_id",
      resource.id,
    );
    const there = rows.map((row) => [row["external_id"], String(row["version"])]);
    assert.deepEqual([...seen].sort(), there, `at read ${place}`);
  });
  return reads === -2;
}
