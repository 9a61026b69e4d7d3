import assert from "node:assert/strict";
import { type HostContext, inTransaction } from "../../src/server/context/host_context.ts";
import { listResources } from "../../src/server/store/resources.ts";
import { text } from "../../src/server/store/row.ts";
import { applyPush } from "../../src/server/sync/apply_push.ts";
import type { PushPatch } from "../../src/contract/push.ts";
import { withHost } from "./support.ts";

/** A host's context in which every step takes long, and how often others have had their turn. */
function slow(
  context: HostContext,
): { readonly context: HostContext; readonly turns: () => number } {
  const { platform } = context;
  let [turns, ms] = [0, 0];
  const clock = {
    ...platform.clock,
    monotonic: () => ms += 30,
    sleep: () => {
      turns++;
      return Promise.resolve();
    },
  };
  return { context: { ...context, platform: { ...platform, clock } }, turns: () => turns };
}

Deno.test("others have their turn between the steps on one pushed issue: a text in it may be large", () =>
  withHost(async (host) => {
    const place = await host.store.one(
      "SELECT id, installation_id FROM resources WHERE label = ?",
      "Engineering (ENG)",
    );
    const id = text(place ?? {}, "id");
    const resource = (await listResources(host.store, text(place ?? {}, "installation_id")))
      .find((one) => one.id === id);
    assert.ok(resource !== undefined);
    const { context, turns } = slow(host.context);
    const push = async (action: "create" | "update", patch: PushPatch) => {
      const before = turns();
      const ref = { system: "linear", workspace: resource.workspace, id: "large" };
      const result = await inTransaction(
        context,
        (context) => applyPush(context, resource, [{ ref, action, patch }]),
      );
      return [result?.items[0]?.outcome, turns() - before];
    };
    // After the issue is written as JSON, before it is stored, and before that is committed.
    assert.deepEqual(await push("create", { title: "A", body: "b" }), [
      "created",
      3,
    ]);
    // Also after it was read, and after it was compared.
    assert.deepEqual(await push("update", { body: "c" }), ["updated", 5]);
  }));
