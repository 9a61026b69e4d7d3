/** A round over what has changed ends, however much changes while it is read. */
import assert from "node:assert/strict";
import { secretsOf } from "../../src/server/connections/secrets.ts";
import { inTransaction } from "../../src/server/context/host_context.ts";
import { provideHostKey } from "../../src/server/context/key_source.ts";
import { Providers } from "../../src/server/jobs/at_provider.ts";
import { syncedResources } from "../../src/server/store/sync_state.ts";
import type { ListBounds } from "../../src/server/sync/endless_list.ts";
import { mirrorRound } from "../../src/server/sync/mirror_round.ts";
import { type DeliveryScene, storedIssues, withProvider } from "./delivery_support.ts";

/** Reads a round whose beginning was at `startedAt`. */
async function round({ host, remotes }: DeliveryScene, startedAt: number, bounds: ListBounds) {
  const { context } = host;
  const source = { directory: null };
  const providers = new Providers({
    remotes,
    secretOf: secretsOf(context, source),
    provideKey: async () => (await provideHostKey(context, source)).key,
  });
  const [synced] = await syncedResources(host.store, "con_1");
  assert.ok(synced !== undefined);
  const { resource } = synced;
  const { signal } = new AbortController();
  await providers.ask(context, "con_1", signal, ({ remote, access }) =>
    mirrorRound({
      resourceId: resource.id,
      place: resource,
      remote,
      access,
      store: host.store,
      synced,
      bounds,
      now: () => startedAt,
      slice: (work) => inTransaction(context, work),
    }));
}

/** Has two issues added whenever a page is asked for. */
function everNewer({ provider }: DeliveryScene): void {
  provider.pageSize = 2;
  provider.stepIn = ({ method, phase }) => {
    if (method !== "listChanged" || phase !== "before") return;
    for (let count = 0; count < 3; count++) provider.add("Newer");
  };
}

Deno.test("a round that is shown ever newer issues ends, and the next one begins there", () =>
  withProvider(async (scene) => {
    const { host, provider } = scene;
    everNewer(scene);
    await round(scene, 0, { mostNewer: 5 });
    const calls = provider.calls.get("listChanged") ?? 0;
    assert.ok(calls < 40, String(calls));
    const [ended] = await syncedResources(host.store, "con_1");
    assert.equal(ended?.round, null);
    assert.notEqual(ended?.since ?? null, null);
    provider.stepIn = () => {};
    provider.pageSize = 100;
    await round(scene, Date.parse("2027-01-01T00:00:00Z"), {});
    assert.equal((await storedIssues(host.store)).length, provider.issues.size);
  }));

Deno.test("a round that has no end although nothing is newer than its beginning is given up, by name", () =>
  withProvider(async (scene) => {
    everNewer(scene);
    await assert.rejects(round(scene, Date.parse("2027-01-01T00:00:00Z"), { mostPages: 30 }), {
      message: "The provider's list has not ended after 30 pages",
    });
  }));
