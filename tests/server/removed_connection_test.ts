/** Nothing waits for a delivery by a connection that was removed. */
import assert from "node:assert/strict";
import { removeConnection } from "../../src/server/connections/admin.ts";
import { retryOutboxItem } from "../../src/server/jobs/retry.ts";
import { COMMAND_LINE } from "../../src/server/mod.ts";
import { ProviderError } from "../../src/providers/mod.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { type DeliveryScene, withProvider } from "./delivery_support.ts";
import { watchStatements } from "./statements.ts";

const CONNECTION = { name: "linear", teamId: null };

/** Pushes an item that the provider refuses; returns the number of its delivery. */
async function failedDelivery({ host, provider, push, ended }: DeliveryScene): Promise<number> {
  provider.stepIn = () => {
    throw new ProviderError({ kind: "rejected", code: "label_unknown" }, "No such label");
  };
  const ref = { system: "linear", workspace: "acme", id: "WP1" };
  await ended(await push([{ ref, action: "create", patch: { title: "New" } }]));
  const row = await host.store.one("SELECT id FROM outbox WHERE state = 'failed'");
  return Number(row?.["id"]);
}

async function states(store: HostStore): Promise<unknown[]> {
  return (await store.all("SELECT state FROM outbox")).map((row) => row["state"]);
}

Deno.test("a delivery whose connection was removed is not tried again, by name, and nothing waits", () =>
  withProvider(async (scene) => {
    const { host: { context, store } } = scene;
    const id = await failedDelivery(scene);
    await removeConnection(context, COMMAND_LINE, CONNECTION);
    await assert.rejects(retryOutboxItem(context, COMMAND_LINE, id), {
      code: "not_connected",
      message: 'The connection of the change to "WP1" was removed',
    });
    assert.deepEqual(await states(store), ["failed"]);
    const jobs = await store.all("SELECT id FROM jobs WHERE kind = 'deliver' AND state = 'open'");
    assert.deepEqual(jobs, []);
    const deeds = await store.all("SELECT action FROM audit");
    assert.deepEqual(deeds.map(({ action }) => action), ["connection.remove"]);
  }));

/** Waits until work is done or waits for a lock of another; on SQLite it waits for its turn anyway. */
async function untilDoneOrWaiting(store: HostStore, work: Promise<unknown>): Promise<void> {
  if (store.dialect === "sqlite") return;
  let isDone = false;
  void work.finally(() => isDone = true).catch(() => {});
  const waiting = "SELECT 1 AS found FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid " +
    "WHERE NOT l.granted AND a.datname = current_database()";
  while (!isDone && await store.one(waiting) === null);
}

for (
  const [first, meanwhile] of [
    ["the trial", "UPDATE outbox SET state = 'waiting'"],
    ["the removal", "UPDATE outbox SET state = 'failed'"],
  ] as const
) {
  Deno.test(`a delivery that is tried again while its connection is removed does not wait: ${first} is first`, () =>
    withProvider(async (scene) => {
      const { host: { context, store } } = scene;
      const id = await failedDelivery(scene);
      const work = [
        () => retryOutboxItem(context, COMMAND_LINE, id),
        () => removeConnection(context, COMMAND_LINE, CONNECTION),
      ];
      if (first === "the removal") work.reverse();
      const [begin, disturb] = work;
      assert.ok(begin !== undefined && disturb !== undefined);
      let disturbing: Promise<unknown> | undefined;
      const stop = watchStatements(store, async (sql) => {
        if (disturbing !== undefined || !sql.startsWith(meanwhile)) return;
        disturbing = disturb();
        await untilDoneOrWaiting(store, disturbing);
      });
      await begin();
      const [ended] = await Promise.allSettled([disturbing]);
      stop();
      assert.ok(disturbing !== undefined);
      assert.equal(ended.status, first === "the removal" ? "rejected" : "fulfilled");
      assert.deepEqual(await states(store), ["failed"]);
    }));
}

for (
  const [moment, statement] of [
    ["before it holds its resource", /^SELECT 1 AS locked FROM resources/],
    ["before it is stored", /^INSERT INTO outbox/],
  ] as const
) {
  Deno.test(`a push whose connection is removed ${moment} is not left waiting`, () =>
    withProvider(async ({ host: { context, store }, push }) => {
      // SQLite holds no rows: the removal has its turn after the push.
      const isHeld = store.dialect === "sqlite" || moment === "before it is stored";
      const before = isHeld ? /^INSERT INTO outbox/ : statement;
      let removing: Promise<unknown> | undefined;
      const stop = watchStatements(store, async (sql) => {
        if (removing !== undefined || !before.test(sql)) return;
        removing = removeConnection(context, COMMAND_LINE, CONNECTION);
        await untilDoneOrWaiting(store, removing);
      });
      const ref = { system: "linear", workspace: "acme", id: "WP1" };
      const answer = await push([{ ref, action: "create", patch: { title: "New" } }]);
      await removing;
      stop();
      assert.ok(removing !== undefined);
      assert.equal(answer.status, isHeld ? 202 : 200);
      assert.deepEqual(await states(store), isHeld ? ["failed"] : []);
      const created = await store.all("SELECT 1 FROM issues WHERE key_folded = 'eng-37'");
      assert.equal(created.length, isHeld ? 0 : 1);
    }));
}
