/** The mirror: what changes at a provider is read, page by page, and stored once. */
import assert from "node:assert/strict";
import { systemClock } from "../../src/platform/clock.ts";
import { ProviderError } from "../../src/providers/mod.ts";
import { inTransaction } from "../../src/server/context/host_context.ts";
import { LeaseLostError } from "../../src/server/jobs/job_kind.ts";
import { nextRoundMs } from "../../src/server/jobs/changes_job.ts";
import { syncNow } from "../../src/server/jobs/start_syncing.ts";
import { syncedResources } from "../../src/server/store/sync_state.ts";
import { assertSame, once, sync } from "./mirror_support.ts";
import { type DeliveryScene, storedIssues, withProvider } from "./delivery_support.ts";

async function titles({ host }: DeliveryScene): Promise<Map<string, string>> {
  const stored = await storedIssues(host.store);
  return new Map(stored.map(({ ref, title }) => [ref.id, title]));
}

async function state({ host }: DeliveryScene) {
  const [synced] = await syncedResources(host.store, "con_1");
  if (synced === undefined) throw new Error("Nothing is connected");
  return synced;
}

async function lastChange({ host }: DeliveryScene): Promise<number> {
  const row = await host.store.one(
    "SELECT last_change FROM resources WHERE connection_id = 'con_1'",
  );
  return Number(row?.["last_change"]);
}

Deno.test("the first round brings all issues, the next ones what has changed since", () =>
  withProvider(async (scene) => {
    const { host, provider, issueId } = scene;
    await host.store.run("DELETE FROM issues");
    await sync(scene);
    await assertSame(scene);
    assert.equal(provider.calls.get("listChanged"), 4);
    provider.edit(issueId, { title: "Theirs", labels: ["bug"] });
    const id = provider.add("New");
    await sync(scene);
    assert.equal((await titles(scene)).get(issueId), "Theirs");
    assert.equal((await titles(scene)).get(id), "New");
    await assertSame(scene);
  }));

Deno.test("a round that shows what is here already stores nothing", () =>
  withProvider(async (scene) => {
    await sync(scene);
    const before = await lastChange(scene);
    scene.provider.edit(scene.issueId, { title: "Theirs" });
    await sync(scene);
    await sync(scene);
    assert.equal(await lastChange(scene), before + 1);
  }));

Deno.test("what was delivered comes back as no change", () =>
  withProvider(async (scene) => {
    const { provider, issueId, push, ended } = scene;
    await sync(scene);
    const ref = { system: "linear", workspace: "acme", id: issueId };
    await ended(await push([{ ref, action: "update", patch: { title: "Ours" } }]));
    const before = await lastChange(scene);
    await sync(scene);
    assert.equal(await lastChange(scene), before);
    assert.deepEqual(provider.writes, [`update ${issueId} {"title":"Ours"}`]);
  }));

Deno.test("a page that was asked for before a delivery does not bring back what the delivery has replaced", () =>
  withProvider(async (scene) => {
    const { host, provider, issueId, push, pass } = scene;
    await sync(scene);
    provider.edit(issueId, { body: "Theirs" });
    const shown = Promise.withResolvers<void>();
    const isAsked = Promise.withResolvers<void>();
    provider.stepIn = async ({ method, phase }) => {
      if (method !== "listChanged" || phase !== "after") return;
      provider.stepIn = () => {};
      isAsked.resolve();
      await shown.promise;
    };
    await inTransaction(host.context, (context) => syncNow(context, "con_1"));
    await isAsked.promise;
    // Within the same second of the provider's clock.
    provider.stepMs = 0;
    const ref = { system: "linear", workspace: "acme", id: issueId };
    const accepted = await push([{ ref, action: "update", patch: { title: "Ours" } }]);
    const path = `/api/v1/tracker/operations/${accepted.text("operation_id")}/`;
    while ((await host.call("GET", path)).at("status") !== "completed") {
      // The credential is decrypted by another thread.
      await systemClock().sleep(1);
    }
    shown.resolve();
    await host.host.worker.idle();
    assert.equal((await titles(scene)).get(issueId), "Ours");
    await pass();
    await sync(scene);
    await assertSame(scene);
  }));

Deno.test("an issue that was removed here is asked for before a list brings it back", () =>
  withProvider(async (scene) => {
    const { provider, issueId } = scene;
    await sync(scene);
    const issue = provider.issues.get(issueId);
    provider.edit(issueId, { title: "Last" });
    provider.remove(issueId);
    await sync(scene, true);
    assert.equal((await titles(scene)).has(issueId), false);
    const { listChanged } = provider;
    provider.listChanged = async (access, place, round) => {
      const page = await listChanged(access, place, round);
      return issue === undefined ? page : { ...page, issues: [...page.issues, issue] };
    };
    await sync(scene);
    assert.equal((await titles(scene)).has(issueId), false);
    if (issue !== undefined) provider.issues.set(issueId, issue);
    await sync(scene);
    assert.equal((await titles(scene)).get(issueId), issue?.title);
  }));

Deno.test("a sweep removes what is gone, and brings what changed without an update", () =>
  withProvider(async (scene) => {
    const { provider, issueId } = scene;
    await sync(scene, true);
    const gone = "7c1f0a52-team-eng-0002";
    provider.remove(gone);
    provider.editQuietly(issueId, { labels: ["renamed"] });
    await sync(scene);
    assert.equal((await titles(scene)).has(gone), true);
    await sync(scene, true);
    assert.equal((await titles(scene)).has(gone), false);
    await assertSame(scene);
    assert.equal(provider.calls.get("get"), 1);
  }));

Deno.test("a sweep over a list of ids alone reads what is new, and nothing else", () =>
  withProvider(async (scene) => {
    const { provider } = scene;
    await sync(scene);
    provider.listsWhole = false;
    const listChanged = provider.listChanged;
    provider.listChanged = () =>
      Promise.resolve({ issues: [], removed: [], cursor: null, highWater: null });
    provider.add("Missed");
    await sync(scene, true);
    await assertSame(scene);
    assert.equal(provider.calls.get("get"), 1);
    provider.listChanged = listChanged;
  }));

for (const after of [0, 1, 2, 3]) {
  Deno.test(`a process that dies at page ${after + 1} of a sweep leaves one that continues there`, () =>
    withProvider(async (scene) => {
      const { provider, issueId } = scene;
      await sync(scene);
      provider.remove(issueId);
      once(provider, { method: "listAll", phase: "after", after }, () => {
        throw new LeaseLostError();
      });
      await sync(scene, true);
      await scene.pass(2);
      await assertSame(scene);
      assert.equal(provider.calls.get("listAll"), 5);
      assert.notEqual((await state(scene)).lastSweepAt, null);
    }));
}

Deno.test("a sweep that somebody asks for meets what has gone since an interrupted one began", () =>
  withProvider(async (scene) => {
    const { host, provider } = scene;
    await sync(scene);
    const until = host.context.now() + 600_000;
    once(provider, { method: "listAll", phase: "before", after: 1 }, () => {
      throw new ProviderError({ kind: "limited", until }, "Too many calls");
    });
    await sync(scene, true);
    assert.notEqual((await state(scene)).sweep, null);
    const gone = "7c1f0a52-team-eng-0002";
    provider.remove(gone);
    await sync(scene, true);
    await scene.pass(40);
    assert.equal((await state(scene)).sweep, null);
    assert.equal((await titles(scene)).has(gone), false);
  }));

Deno.test("a list that does not show an issue is not believed, and one that is not shown at all is asked for", () =>
  withProvider(async (scene) => {
    const { provider, issueId } = scene;
    await sync(scene);
    const { listAll } = provider;
    provider.listAll = async (access, place, cursor) => {
      const page = await listAll(access, place, cursor);
      return { ...page, ids: page.ids.filter((id) => id !== issueId) };
    };
    await sync(scene, true);
    assert.equal((await titles(scene)).has(issueId), true);
    assert.equal(provider.calls.get("get"), 1);
  }));

Deno.test("a place that was renamed has its new name after a sweep", () =>
  withProvider(async (scene) => {
    const { provider } = scene;
    await sync(scene);
    const { resource } = await state(scene);
    provider.place = { ...resource, label: "Builders (BLD)", key: "BLD" };
    await sync(scene, true);
    const { resource: after } = await state(scene);
    assert.equal(after.label, "Builders (BLD)");
    assert.equal(after.key, "BLD");
    assert.equal(after.id, resource.id);
  }));

Deno.test("a cursor that the provider does not know any more begins the round again", () =>
  withProvider(async (scene) => {
    const { host, provider } = scene;
    await host.store.run("DELETE FROM issues");
    once(provider, { method: "listChanged", phase: "before", after: 2 }, () => {
      throw new ProviderError({ kind: "rejected", code: "http_400" }, "The cursor has expired");
    });
    await sync(scene);
    await scene.pass(2);
    await assertSame(scene);
    assert.equal((await state(scene)).error, null);
  }));

Deno.test("a resource that the provider does not show is told, and read once it does; the connection works", () =>
  withProvider(async (scene) => {
    const { host, provider } = scene;
    provider.stepIn = () => {
      throw new ProviderError({ kind: "rejected", code: "http_404" }, "No such team");
    };
    await sync(scene);
    assert.equal((await state(scene)).error, "No such team");
    assert.equal((await host.store.one("SELECT state FROM connections"))?.["state"], "ok");
    provider.stepIn = () => {};
    await scene.pass(60);
    assert.equal((await state(scene)).error, null);
  }));

Deno.test("a provider that takes no more calls is left alone until it does", () =>
  withProvider(async (scene) => {
    const { host, provider } = scene;
    const until = host.context.now() + 600_000;
    once(provider, { method: "listChanged", phase: "before" }, () => {
      throw new ProviderError({ kind: "limited", until }, "Too many calls");
    });
    await sync(scene);
    const limited = await host.store.one("SELECT state, state_at FROM connections");
    assert.deepEqual({ ...limited }, { state: "limited", state_at: until });
    await sync(scene);
    assert.equal(provider.calls.get("listChanged"), 1);
    await scene.pass(40);
    assert.equal((await host.store.one("SELECT state FROM connections"))?.["state"], "ok");
    await assertSame(scene);
  }));

Deno.test("a paused connection reads nothing until it is resumed", () =>
  withProvider(async (scene) => {
    const { host, provider } = scene;
    await host.store.run("UPDATE connections SET paused_at = 1");
    await sync(scene);
    assert.equal(provider.calls.size, 0);
    await host.store.run("UPDATE connections SET paused_at = NULL");
    await scene.pass(6);
    assert.equal(provider.calls.get("listChanged"), 4);
  }));

Deno.test("rounds are the more seldom the less there is to see, and the more webhooks tell", () => {
  const now = 1_000_000_000;
  const minutes = [0, 1, 2, 3, 4, 9].map((quiet) =>
    nextRoundMs(quiet, { webhookAt: null }, now) / 60_000
  );
  assert.deepEqual(minutes, [1, 2, 3, 4, 5, 5]);
  assert.equal(nextRoundMs(0, { webhookAt: now - 1 }, now), 60_000);
  assert.equal(nextRoundMs(1, { webhookAt: now - 1 }, now), 15 * 60_000);
  assert.equal(nextRoundMs(1, { webhookAt: now - 25 * 60 * 60_000 }, now), 2 * 60_000);
});
