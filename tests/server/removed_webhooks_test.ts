/** A connection that is removed leaves no webhook at its provider, where that can be helped. */
import assert from "node:assert/strict";
import { removeWhole } from "../../src/server/connections/remove.ts";
import { secretsOf } from "../../src/server/connections/secrets.ts";
import { provideHostKey } from "../../src/server/context/key_source.ts";
import { inTransaction } from "../../src/server/context/host_context.ts";
import { Providers } from "../../src/server/jobs/at_provider.ts";
import { syncNow } from "../../src/server/jobs/start_syncing.ts";
import { COMMAND_LINE } from "../../src/server/mod.ts";
import { setHostSetting } from "../../src/server/store/settings.ts";
import { type DeliveryScene, withProvider } from "./delivery_support.ts";

const ADDRESS = "https://tracker.acme.com/webhooks/linear/con_1";

async function remove({ host: { context }, remotes }: DeliveryScene) {
  const source = { directory: null };
  const providers = new Providers({
    remotes,
    secretOf: secretsOf(context, source),
    provideKey: async () => (await provideHostKey(context, source)).key,
  });
  return await removeWhole(context, COMMAND_LINE, { name: "linear", teamId: null }, providers);
}

/** Runs a test with a connection whose webhook is registered. */
function withWebhook(test: (scene: DeliveryScene) => Promise<void>): Promise<void> {
  return withProvider(async (scene) => {
    const { host, pass } = scene;
    await setHostSetting(host.store, "public_url", "https://tracker.acme.com");
    await inTransaction(host.context, (context) => syncNow(context, "con_1"));
    await pass(2);
    await test(scene);
    assert.equal(await host.store.one("SELECT 1 FROM connections"), null);
  });
}

Deno.test("the webhook of a connection that is removed is taken away at the provider", () =>
  withWebhook(async (scene) => {
    const removed: string[] = [];
    scene.provider.webhooks.remove = (_access, _place, url) => {
      removed.push(url);
      return Promise.resolve(true);
    };
    assert.equal((await remove(scene)).webhookLeft, null);
    assert.deepEqual(removed, [ADDRESS]);
  }));

Deno.test("a webhook of all places of a connection is taken away once, and not by its places", () =>
  withWebhook(async (scene) => {
    const removed: string[] = [];
    scene.provider.webhooks.removeForAll = (_access, places, url) => {
      assert.equal(places.length, 1);
      removed.push(url);
      return Promise.resolve(removed.length > 1);
    };
    scene.provider.webhooks.remove = () => Promise.reject(new Error("asked"));
    assert.equal((await remove(scene)).webhookLeft, ADDRESS);
    assert.deepEqual(removed, [ADDRESS]);
  }));

Deno.test("a credential that may not take the webhook away has the removal say where it leads", () =>
  withWebhook(async (scene) => {
    scene.provider.webhooks.remove = () => Promise.resolve(false);
    assert.equal((await remove(scene)).webhookLeft, ADDRESS);
  }));

Deno.test("a provider that does not answer keeps no connection from being removed", () =>
  withWebhook(async (scene) => {
    const { clock } = scene.host.platform;
    scene.provider.webhooks.remove = ({ signal }) => {
      const { promise, reject } = Promise.withResolvers<boolean>();
      signal.addEventListener("abort", () => reject(signal.reason));
      clock.advance(10_000);
      return promise;
    };
    assert.equal((await remove(scene)).webhookLeft, ADDRESS);
  }));

Deno.test("a host whose key is missing says that the webhook is left", () =>
  withWebhook(async (scene) => {
    scene.host.platform.setEnv("TRACKER_HOST_KEY", "");
    assert.equal((await remove(scene)).webhookLeft, ADDRESS);
  }));
