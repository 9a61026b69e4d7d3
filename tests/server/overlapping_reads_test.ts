/** What is read of an issue by several at once, and stored in another order than it was read, leaves the newest here. */
import assert from "node:assert/strict";
import { parseWith } from "../../src/contract/parse.ts";
import { PushResultSchema } from "../../src/contract/results.ts";
import { type Access, Budget } from "../../src/providers/mod.ts";
import { inTransaction } from "../../src/server/context/host_context.ts";
import { lastChange } from "../../src/server/store/issues.ts";
import { syncedResources } from "../../src/server/store/sync_state.ts";
import { mirrorRound } from "../../src/server/sync/mirror_round.ts";
import { readIssues, type StoredPlace, storeRead } from "../../src/server/sync/read_issue.ts";
import { type Shown, shownForms } from "../../src/server/sync/store_shown.ts";
import { type DeliveryScene, storedIssues, updating, withProvider } from "./delivery_support.ts";
import { assertSame, once, sync } from "./mirror_support.ts";
import type { Answered } from "./support.ts";

/** Returns the place as a job has it that asks the provider. */
async function placeIn({ host, provider }: DeliveryScene): Promise<StoredPlace> {
  const { context, store } = host;
  const { clock, fetch } = host.platform;
  const [synced] = await syncedResources(store, "con_1");
  assert.ok(synced !== undefined);
  const access: Access = {
    baseUrl: "https://linear.invalid",
    site: null,
    credential: { kind: "token", secret: "a secret" },
    statusWords: {},
    fetch,
    clock,
    budget: new Budget(clock, provider.budgetRules),
    signal: new AbortController().signal,
  };
  const { resource } = synced;
  const slice: StoredPlace["slice"] = (work) => inTransaction(context, work);
  return { store, resourceId: resource.id, place: resource, remote: provider, access, slice };
}

/** Reads the page of a list that shows all issues. */
async function listed({ provider }: DeliveryScene, place: StoredPlace): Promise<Shown> {
  provider.pageSize = 100;
  const mark = await lastChange(place.store, place.resourceId);
  const { issues, removed } = await provider.listChanged(place.access, place.place, {
    since: null,
    cursor: null,
  });
  return { issues: shownForms(issues), removed, mark, isListed: true };
}

/** Reads and stores an issue, as for a webhook. */
async function follow(place: StoredPlace, id: string): Promise<void> {
  await storeRead(place, [await readIssues(place, [id])]);
}

async function has({ host }: DeliveryScene, id: string): Promise<boolean> {
  return (await storedIssues(host.store)).some(({ ref }) => ref.id === id);
}

/** What became of each item of a push, with the version that the client is told. */
function endsOf(operation: Answered): string[] {
  const result = parseWith(PushResultSchema, operation.at("result"));
  assert.ok(result.ok);
  return result.value.items.map(({ outcome, version }) => `${outcome} ${version}`);
}

Deno.test("an issue that nobody here knew, and that goes while a page that shows it is in hand, does not come", () =>
  withProvider(async (scene) => {
    const { host, provider } = scene;
    const place = await placeIn(scene);
    await sync(scene);
    const [synced] = await syncedResources(host.store, "con_1");
    assert.ok(synced !== undefined);
    const id = provider.add("Short-lived");
    once(provider, { method: "listChanged", phase: "after" }, async () => {
      provider.remove(id);
      await follow(place, id);
    });
    await mirrorRound({ ...place, synced, now: () => host.context.now() });
    assert.equal(await has(scene, id), false);
    await assertSame(scene);
  }));

Deno.test("an issue is removed that an older page brings while its removal is on its way", () =>
  withProvider(async (scene) => {
    const { provider } = scene;
    const place = await placeIn(scene);
    const id = provider.add("Short-lived");
    const page = await listed(scene, place);
    provider.remove(id);
    once(
      provider,
      { method: "get", phase: "after" },
      async () => void await storeRead(place, [page]),
    );
    await follow(place, id);
    assert.equal(await has(scene, id), false);
  }));

Deno.test("a change that moves no time is stored although an older page comes while it is on its way", () =>
  withProvider(async (scene) => {
    const { provider, issueId } = scene;
    const place = await placeIn(scene);
    provider.edit(issueId, { title: "Theirs" });
    const page = await listed(scene, place);
    provider.editQuietly(issueId, { labels: ["late"] });
    once(
      provider,
      { method: "get", phase: "after" },
      async () => void await storeRead(place, [page]),
    );
    await follow(place, issueId);
    await assertSame(scene);
  }));

Deno.test("an older page does not take back a change that moves no time", () =>
  withProvider(async (scene) => {
    const { provider, issueId } = scene;
    const place = await placeIn(scene);
    provider.edit(issueId, { title: "Theirs" });
    const page = await listed(scene, place);
    provider.editQuietly(issueId, { labels: ["late"] });
    await follow(place, issueId);
    await storeRead(place, [page]);
    await assertSame(scene);
  }));

Deno.test("an issue that has come back is here although its removal was stored behind the page that shows it", () =>
  withProvider(async (scene) => {
    const { provider, issueId } = scene;
    const place = await placeIn(scene);
    const issue = provider.issues.get(issueId);
    assert.ok(issue !== undefined);
    provider.remove(issueId);
    const gone = await readIssues(place, [issueId]);
    provider.issues.set(issueId, issue);
    const page = await listed(scene, place);
    await storeRead(place, [gone]);
    assert.equal(await has(scene, issueId), false);
    await storeRead(place, [page]);
    await assertSame(scene);
  }));

Deno.test("an issue that others store at each look is asked for a few times, and left as they have it", () =>
  withProvider(async (scene) => {
    const { provider, issueId } = scene;
    const place = await placeIn(scene);
    let edits = 0;
    let isInner = false;
    provider.stepIn = async ({ method, phase }) => {
      if (method !== "get" || phase !== "after" || isInner) return;
      isInner = true;
      provider.editQuietly(issueId, { labels: [`edit ${++edits}`] });
      await follow(place, issueId);
      isInner = false;
    };
    await follow(place, issueId);
    assert.equal(edits, 4);
    await assertSame(scene);
  }));

Deno.test("an issue that goes between its delivery and what is stored of it is not brought back", () =>
  withProvider(async (scene) => {
    const { provider, issueId, push, ended } = scene;
    await sync(scene);
    const place = await placeIn(scene);
    once(provider, { method: "get", phase: "after", after: 1 }, async () => {
      provider.remove(issueId);
      await follow(place, issueId);
    });
    const operation = await ended(await push([updating(issueId, { title: "Ours" })]));
    assert.equal(await has(scene, issueId), false);
    assert.deepEqual(endsOf(operation), ["updated null"]);
  }));

Deno.test("a delivery does not take back what others have changed and the host has read since", () =>
  withProvider(async (scene) => {
    const { host, provider, issueId, push, ended } = scene;
    await sync(scene);
    const place = await placeIn(scene);
    once(provider, { method: "get", phase: "after", after: 1 }, async () => {
      provider.edit(issueId, { body: "Theirs" });
      await follow(place, issueId);
    });
    const accepted = await push([updating(issueId, { title: "Ours" })]);
    // No round brings it.
    provider.listChanged = () =>
      Promise.resolve({ issues: [], removed: [], cursor: null, highWater: null });
    const operation = await ended(accepted);
    const inHost = (await storedIssues(host.store)).filter(({ ref }) => ref.id === issueId)
      .map(({ title, body }) => `${title} ${body}`);
    assert.deepEqual(inHost, ["Ours Theirs"]);
    // The client learns of the newer state by its next pull: no version of it is named here.
    assert.deepEqual(endsOf(operation), ["updated null"]);
  }));

Deno.test("an issue that comes back after nobody here knew it is at its first version", () =>
  withProvider(async (scene) => {
    const { host, provider } = scene;
    const place = await placeIn(scene);
    await sync(scene);
    const id = provider.add("Back again");
    const issue = provider.issues.get(id);
    assert.ok(issue !== undefined);
    provider.remove(id);
    await follow(place, id);
    await follow(place, id);
    const tombstones = await host.store.all(
      "SELECT version FROM tombstones WHERE external_id = ?",
      id,
    );
    assert.deepEqual(tombstones.map((row) => row["version"]), [0]);
    provider.issues.set(id, issue);
    await follow(place, id);
    const row = await host.store.one("SELECT version FROM issues WHERE external_id = ?", id);
    assert.equal(row?.["version"], 1);
    await assertSame(scene);
  }));
