/** A credential that is entered while the one before is in use: what became of that one says nothing of it. */
import assert from "node:assert/strict";
import { ProviderError } from "../../src/providers/mod.ts";
import { requireHostKey } from "../../src/server/context/key_source.ts";
import { renewCredential } from "../../src/server/store/connected_resources.ts";
import { connectionById } from "../../src/server/store/connections.ts";
import { creating, type DeliveryScene, withProvider } from "./delivery_support.ts";

/** Enters another credential, as a person does at the command line or in the console. */
async function enter({ host: { context } }: DeliveryScene, secret: string): Promise<void> {
  const loaded = await requireHostKey(context, { directory: null });
  assert.ok(loaded !== null);
  const credential = await loaded.key.encrypt("con_1", secret);
  await context.store.transaction((store) =>
    renewCredential(store, "con_1", { credential, kind: "token", site: null })
  );
}

/** Refuses the first creation, once `before` has been done. */
function refuseFirst({ provider }: DeliveryScene, before: () => Promise<void>): void {
  let isFirst = true;
  provider.stepIn = async ({ method, phase }) => {
    if (method !== "create" || phase !== "before" || !isFirst) return;
    isFirst = false;
    await before();
    throw new ProviderError({ kind: "refused" }, "The token was revoked");
  };
}

async function standing({ host: { store } }: DeliveryScene) {
  const connection = await connectionById(store, "con_1");
  return [connection?.state, connection?.stateDetail];
}

Deno.test("a credential is not refused for the one that it has replaced, and is used at once", () =>
  withProvider(async (scene) => {
    refuseFirst(scene, () => enter(scene, "another secret"));
    await scene.push([creating("WP1")]);
    await scene.pass(2);
    assert.deepEqual(await standing(scene), ["ok", null]);
    assert.deepEqual(scene.provider.writes, ["create Issue WP1"]);
  }));

Deno.test("a credential that is refused itself is said to be, and waits", () =>
  withProvider(async (scene) => {
    refuseFirst(scene, () => Promise.resolve());
    await scene.push([creating("WP1")]);
    await scene.host.host.worker.idle();
    assert.deepEqual(await standing(scene), ["refused", "The token was revoked"]);
    assert.deepEqual(scene.provider.writes, []);
  }));
