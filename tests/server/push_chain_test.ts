import assert from "node:assert/strict";
import { openedHostData } from "../support/host_data.ts";
import { jobKinds } from "../../src/server/jobs/kinds.ts";
import { Worker } from "../../src/server/jobs/worker.ts";
import { OPERATIONS_ONLY } from "./jobs_support.ts";
import { testPlatform } from "../support/platform.ts";
import { watchStatements } from "./statements.ts";
import { type Answered, openTestHost, type TestHost, withHost } from "./support.ts";

const ENG = { system: "linear", workspace: "acme" };

function push(
  host: TestHost,
  binding_ref: string,
  items: readonly unknown[],
  headers: Record<string, string> = {},
): Promise<Answered> {
  const body = { provider: "linear", binding_ref, items };
  return host.call("POST", "/api/v1/tracker/push/", body, headers);
}

function creates(count: number, more: (index: number) => object = () => ({})): object[] {
  return Array.from({ length: count }, (_, index) => ({
    ref: { ...ENG, id: `N${index}` },
    action: "create",
    patch: { title: `Issue ${index}`, ...more(index) },
  }));
}

/** Puts each issue below the one before it. */
function link(index: number): object {
  return {
    ref: { ...ENG, id: `N${index}` },
    action: "update",
    patch: { parent_ref: { ...ENG, id: `N${index - 1}` } },
  };
}

/** How many statements the host runs meanwhile. */
async function statementsOf(host: TestHost, work: () => Promise<void>): Promise<number> {
  let count = 0;
  const stop = watchStatements(host.store, () => {
    count++;
  });
  await work();
  stop();
  return count;
}

/** Waits until a signal fires, and fails then. */
async function aborted(signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === false) {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  }
  throw signal?.reason;
}

const ORDERS: Readonly<Record<string, (count: number) => number[]>> = {
  "from the top": (count) => Array.from({ length: count - 1 }, (_, index) => index + 1),
  "from the bottom": (count) => Array.from({ length: count - 1 }, (_, index) => count - 1 - index),
  "here and there": (count) =>
    Array.from({ length: count - 1 }, (_, index) => 1 + (index * 7919) % (count - 1)),
};

for (const [order, indices] of Object.entries(ORDERS)) {
  Deno.test(`a chain of parents that is pushed ${order} costs each issue about the same`, async () => {
    const costs: number[] = [];
    for (const count of [101, 402]) {
      await withHost(async (host) => {
        const ref = await host.bind("linear", "Engineering (ENG)");
        await push(host, ref, creates(count));
        const statements = await statementsOf(host, async () => {
          const done = await push(host, ref, indices(count).map(link));
          assert.equal(done.at("status"), "ok", JSON.stringify(done.at("item_errors")));
        });
        costs.push(statements / count);
      });
    }
    const [few = 0, many = 0] = costs;
    assert.ok(many < few * 1.6, `${few} statements for each issue of 101, ${many} of 402`);
  });
}

Deno.test("a loop of parents is refused, however long it is and whichever item would close it", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    await push(host, ref, creates(60));
    const done = await push(host, ref, [
      ...ORDERS["here and there"]?.(60).map(link) ?? [],
      { ref: { ...ENG, id: "N0" }, action: "update", patch: { parent_ref: { ...ENG, id: "N59" } } },
    ]);
    assert.deepEqual(done.at("summary"), { total: 60, succeeded: 59, failed: 1, skipped: 0 });
    assert.equal(done.at("item_errors.0.code"), "invalid_parent");
    assert.equal(done.at("items.59.outcome"), "failed");
  }));

Deno.test("a parent may be named as its creator names it, and is stored by its own reference", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const done = await push(
      host,
      ref,
      creates(2, (index) => index === 0 ? {} : { parent_ref: { ...ENG, id: "N0" } }),
    );
    assert.equal(done.at("status"), "ok", JSON.stringify(done.at("item_errors")));
    const pulled = await host.call("POST", "/api/v1/tracker/pull/", {
      provider: "linear",
      binding_ref: ref,
    });
    const child = pulled.list("items").length - 1;
    assert.deepEqual(pulled.at(`items.${child}.parent_ref`), done.at("items.0.remote_ref"));
  }));

Deno.test("a large push is worked on in slices, and others get their turn between two of them", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const { clock } = host.platform;
    const { sleep } = clock;
    const sizes: number[] = [];
    const applied = async () => {
      const row = await host.store.one("SELECT COUNT(*) AS count FROM operation_items");
      return Number(row?.["count"]);
    };
    clock.sleep = async (ms, options) => {
      if (ms === 0) sizes.push(await applied());
      await sleep(ms, options);
    };
    const accepted = await push(host, ref, creates(620));
    assert.equal(accepted.status, 202);
    const ended = await host.ended(accepted.text("operation_id"));
    assert.deepEqual(ended.at("result.summary"), {
      total: 620,
      succeeded: 620,
      failed: 0,
      skipped: 0,
    });
    assert.equal(ended.at("result.items.619.ref.id"), "N619");
    assert.equal(ended.at("result.item_errors"), null);
    const steps = sizes.map((size, index) => size - (sizes[index - 1] ?? 0));
    assert.ok(Math.max(...steps) <= 50, `slices of ${steps.join(", ")}`);
    assert.equal(await applied(), 0);
  }));

Deno.test("operations that an earlier process left are taken up one slice at a time", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "tracker-host-" });
  try {
    const first = await openTestHost({ dataDir });
    const ref = await first.bind("linear", "Engineering (ENG)");
    // Nothing has its effect in the first process.
    first.platform.clock.sleep = (_ms, options) => aborted(options?.signal);
    for (const part of ["a", "b", "c"]) {
      const items = creates(120).map((item, index) => ({
        ...item,
        ref: { ...ENG, id: `${part}${index}` },
      }));
      assert.equal((await push(first, ref, items, { prefer: "respond-async" })).status, 202);
    }
    await first.host.close();

    const platform = testPlatform("/nowhere");
    const context = await openedHostData(platform, dataDir);
    const { sleep } = platform.clock;
    let between = 0;
    let most = 0;
    watchStatements(context.store, (sql) => {
      if (sql.includes("INTO operation_items")) most = Math.max(most, ++between);
    });
    platform.clock.sleep = async (ms, options) => {
      between = 0;
      await sleep(ms, options);
    };
    const worker = new Worker(context, jobKinds(OPERATIONS_ONLY));
    await worker.start();
    const ended = async () =>
      (await context.store.all("SELECT 1 FROM operations WHERE state = 'completed'")).length;
    for (let turn = 0; turn < 20_000 && await ended() < 3; turn++) await sleep(1);
    assert.equal(await ended(), 3);
    await worker.stop();
    await context.store.close();
    assert.ok(most > 0 && most <= 50, `${most} items without a pause`);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

Deno.test("a host that ends within a large push continues it after the last item applied", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "tracker-host-" });
  const created = async ({ store }: TestHost) => {
    const sql = "SELECT COUNT(*) AS count FROM issues WHERE json LIKE '%\"Issue %'";
    return Number((await store.one(sql))?.["count"]);
  };
  try {
    const first = await openTestHost({ dataDir });
    const ref = await first.bind("linear", "Engineering (ENG)");
    const { clock } = first.platform;
    const { sleep } = clock;
    let left = 5;
    clock.sleep = async (ms, options) => {
      if (ms === 0 && left-- <= 0) await aborted(options?.signal);
      await sleep(ms, options);
    };
    const accepted = await push(first, ref, creates(600));
    while (left >= 0) await new Promise((resolve) => setTimeout(resolve, 0));
    await first.host.close();

    const second = await openTestHost({ dataDir });
    const ended = await second.ended(accepted.text("operation_id"));
    assert.equal(ended.at("result.summary.succeeded"), 600);
    assert.equal(ended.list("result.items").length, 600);
    const outcomes = new Set(
      ended.list("result.items").map((_, at) => ended.at(`result.items.${at}.outcome`)),
    );
    assert.deepEqual([...outcomes], ["created"]);
    assert.equal(await created(second), 600);
    await second.host.close();
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

Deno.test("an issue high above another is found with a few queries, and a stored loop ends the looking", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    await push(host, ref, creates(402));
    await push(host, ref, ORDERS["from the top"]?.(402).map(link) ?? []);
    const top = { ref: { ...ENG, id: "N0" }, action: "update" };
    const statements = await statementsOf(host, async () => {
      const done = await push(host, ref, [
        { ...top, patch: { parent_ref: { ...ENG, id: "N401" } } },
      ]);
      assert.equal(done.at("item_errors.0.code"), "invalid_parent");
    });
    assert.ok(statements < 40, `${statements} statements`);
    // As an import may bring it: a loop that neither issue is in.
    await host.store.transaction(async (tx) => {
      await tx.run(
        "UPDATE issues SET parent_id = (SELECT MAX(external_id) FROM issues) WHERE external_id = (SELECT MAX(external_id) FROM issues)",
      );
    });
    const done = await push(host, ref, [{ ...top, patch: { parent_ref: { ...ENG, id: "N401" } } }]);
    assert.equal(done.status, 200);
  }));

Deno.test("a push that needs more lookups than one answer may take is accepted, and one item ends it for itself", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    await push(host, ref, creates(1));
    // Two chains of 9,000 issues: whether one end may go below the other takes both of them.
    const row = await host.store.one(
      "SELECT resource_id, json FROM issues ORDER BY id DESC LIMIT 1",
    );
    await host.store.transaction(async (tx) => {
      for (let index = 0; index < 18_000; index++) {
        const [chain, place] = [index < 9_000 ? "A" : "B", index % 9_000];
        await tx.run(
          `INSERT INTO issues (resource_id, external_id, key_folded, status, issue_type, updated_ms,
             change, version, undelivered, parent_id, json, search)
           VALUES (?, ?, ?, 'todo', 'task', 0, ?, 1, 0, ?, ?, '')`,
          String(row?.["resource_id"]),
          `${chain}${place}`,
          `${chain}${place}`.toLowerCase(),
          100_000 + index,
          place === 0 ? null : `${chain}${place - 1}`,
          String(row?.["json"]).replace(/"id":"[^"]+"/, `"id":"${chain}${place}"`),
        );
      }
    });
    const move = {
      ref: { ...ENG, id: "A0" },
      action: "update",
      patch: { parent_ref: { ...ENG, id: "B8999" } },
    };
    const accepted = await push(host, ref, [move, ...creates(2)]);
    assert.equal(accepted.status, 202);
    const ended = await host.ended(accepted.text("operation_id"));
    assert.equal(ended.at("result.item_errors.0.code"), "invalid_parent");
    assert.match(ended.text("result.item_errors.0.message"), /^Too many issues/);
    assert.equal(ended.at("result.items.2.outcome"), "created");
  }));
