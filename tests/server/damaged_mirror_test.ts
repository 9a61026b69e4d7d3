/** Issues whose stored text is damaged: the provider's replaces it, or removes it, and no other issue waits for that. */
import assert from "node:assert/strict";
import { inTransaction } from "../../src/server/context/host_context.ts";
import { syncNow } from "../../src/server/jobs/start_syncing.ts";
import { type DeliveryScene, storedIssues, withProvider } from "./delivery_support.ts";

/** Has the host read the provider, and compare all issues. */
async function sweep({ host, pass }: DeliveryScene): Promise<void> {
  await inTransaction(host.context, (context) => syncNow(context, "con_1", { sweep: true }));
  await pass(2);
}

for (const damaged of ["{}", "{", '{"ref":7}']) {
  Deno.test(`a stored issue that reads ${damaged} is replaced by what the provider shows`, () =>
    withProvider(async (scene) => {
      const { host, provider, issueId } = scene;
      await host.store.run("UPDATE issues SET json = ? WHERE external_id = ?", damaged, issueId);
      await sweep(scene);
      const stored = await storedIssues(host.store);
      assert.deepEqual(
        stored.find(({ ref }) => ref.id === issueId),
        provider.issues.get(issueId),
      );
      assert.equal(stored.length, provider.issues.size);
    }));

  Deno.test(`a stored issue that reads ${damaged} is removed when the provider has it no more`, () =>
    withProvider(async (scene) => {
      const { host, provider, issueId } = scene;
      await host.store.run("UPDATE issues SET json = ? WHERE external_id = ?", damaged, issueId);
      provider.remove(issueId);
      await sweep(scene);
      assert.equal((await storedIssues(host.store)).length, provider.issues.size);
      const row = await host.store.one(
        "SELECT ref FROM tombstones WHERE external_id = ?",
        issueId,
      );
      assert.deepEqual(JSON.parse(String(row?.["ref"])), {
        system: "linear",
        workspace: "acme",
        id: issueId,
      });
    }));
}
