/** Jobs about the places of one connection, whose provider is slow, leave room for those of others. */
import assert from "node:assert/strict";
import { type HostContext, inTransaction } from "../../src/server/context/host_context.ts";
import { DONE, type JobKind } from "../../src/server/jobs/job_kind.ts";
import { enqueue } from "../../src/server/jobs/queue.ts";
import { Worker } from "../../src/server/jobs/worker.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { withScene } from "./jobs_support.ts";

/** Stores connections of these names with so many places each, which are called after them. */
async function connections(store: HostStore, counts: Readonly<Record<string, number>>) {
  await store.run("INSERT INTO teams (id, slug, name) VALUES ('t', 't', 't')");
  await store.run(
    `INSERT INTO installations (id, team_id, provider, provider_account_id)
     VALUES ('i', 't', 'linear', 'a')`,
  );
  for (const [name, count] of Object.entries(counts)) {
    await store.run(
      `INSERT INTO connections (id, team_id, installation_id, name, base_url, credential_kind,
         credential, made_at, state) VALUES (?, 't', 'i', ?, 'https://x.test', 'token', 'x', 0, 'ok')`,
      name,
      name,
    );
    for (let place = 1; place <= count; place++) {
      await store.run(
        `INSERT INTO resources (id, installation_id, resource_type, external_id, workspace, key, name,
           label, url, context, workflow, next_number, connection_id)
         VALUES (?, 'i', 'linear_team', ?, 'w', 'k', 'n', 'l', 'https://x.test', '{}', 'open', 1, ?)`,
        `${name}${place}`,
        `${name}${place}`,
        name,
      );
    }
  }
}

function add(context: HostContext, key: string, afterMs = 0): Promise<void> {
  return inTransaction(
    context,
    (context) => enqueue(context, { kind: "sync.changes", key, teamId: "t", afterMs }),
  );
}

/** Work that takes for ever at a slow connection until it is let go. */
function slowly() {
  const gate = Promise.withResolvers<void>();
  const slow = new Set<string>();
  const started: string[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const kind: JobKind = {
    atOnce: 4,
    async run({ job: { key } }) {
      started.push(key);
      if (key.startsWith("slow")) slow.add(key);
      for (const { count, resolve } of waiting) if (started.length >= count) resolve();
      if (key.startsWith("slow")) await gate.promise;
      return DONE;
    },
  };
  const begun = (count: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (started.length >= count) resolve();
    else waiting.push({ count, resolve });
    return promise;
  };
  return { kind, started, slow, begun, letGo: gate.resolve };
}

Deno.test("while places of others are due, a connection has half of what is worked on, and all but one later", () =>
  withScene(async ({ contexts: [context] }) => {
    await connections(context.store, { slow: 6, fast: 3 });
    for (let place = 1; place <= 6; place++) await add(context, `slow${place}`);
    for (let place = 1; place <= 3; place++) await add(context, `fast${place}`);
    const { kind, started, slow, begun, letGo } = slowly();
    const worker = new Worker(context, { "sync.changes": kind });
    await worker.start();
    await begun(6);
    assert.deepEqual(started.slice(0, 4).toSorted(), ["fast1", "fast2", "slow1", "slow2"]);
    assert.deepEqual(started.slice(4).toSorted(), ["fast3", "slow3"]);
    assert.equal(slow.size, 3);
    await add(context, "fast1");
    await begun(7);
    assert.equal(started.at(-1), "fast1");
    letGo();
    await worker.idle();
    assert.equal(slow.size, 6);
    await worker.stop();
  }));

Deno.test("a connection leaves one place free for others whose time has not come, and has all where there are none", () =>
  withScene(async ({ contexts: [context] }) => {
    await connections(context.store, { slow: 6, fast: 1 });
    for (let place = 1; place <= 6; place++) await add(context, `slow${place}`);
    const { kind, started, begun, letGo } = slowly();
    const worker = new Worker(context, { "sync.changes": kind });
    await worker.start();
    await begun(4);
    assert.equal(started.length, 4);
    letGo();
    await worker.idle();
    await worker.stop();

    for (let place = 1; place <= 6; place++) await add(context, `slow${place}`);
    await add(context, "fast1", 60 * 60_000);
    const later = slowly();
    const second = new Worker(context, { "sync.changes": later.kind });
    await second.start();
    await later.begun(3);
    await add(context, "fast1");
    await later.begun(4);
    assert.equal(later.started.at(-1), "fast1");
    assert.equal(later.slow.size, 3);
    later.letGo();
    await second.idle();
    await second.stop();
  }));
