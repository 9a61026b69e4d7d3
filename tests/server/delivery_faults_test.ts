/** Delivery, when what is stored cannot be read, or the host does not know the provider. */
import assert from "node:assert/strict";
import { endPush } from "../../src/server/jobs/end_push.ts";
import { inTransaction } from "../../src/server/context/host_context.ts";
import { type DeliveryScene, updating, withProvider } from "./delivery_support.ts";

/** Pushes two changes of an issue and one new issue while nothing is delivered. */
async function pushed({ host, push, issueId }: DeliveryScene) {
  await host.store.run("UPDATE connections SET paused_at = 1");
  const accepted = await push([
    updating(issueId, { title: "One" }),
    updating(issueId, { title: "Two" }),
    { ...updating("WP1", { title: "New" }), action: "create" },
  ]);
  await host.host.worker.idle();
  return accepted;
}

for (const broken of ["{", "[]", '{"action":"update"}']) {
  Deno.test(`a stored item that reads ${broken} fails by itself, and all others are delivered`, () =>
    withProvider(async (scene) => {
      const { host, provider, ended, issueId } = scene;
      const accepted = await pushed(scene);
      await host.store.run("UPDATE outbox SET item = ? WHERE place = 1", broken);
      await host.store.run("UPDATE connections SET paused_at = NULL");
      const { at } = await ended(accepted);
      assert.equal(at("status"), "completed");
      assert.equal(at("result.summary.succeeded"), 2);
      assert.equal(at("result.items.1.ref.id"), issueId);
      assert.equal(at("result.item_errors.0.code"), "delivery_unreadable");
      assert.deepEqual(
        provider.writes,
        [`update ${issueId} {"title":"One"}`, "create New"],
      );
      assert.match(host.platform.stderr(), /^Delivery \d+ of con_1 failed: The host cannot read/m);
    }));
}

Deno.test("a stored shadow that cannot be read makes a conflict of what differs, and stops nothing", () =>
  withProvider(async (scene) => {
    const { host, provider, ended, issueId } = scene;
    const accepted = await pushed(scene);
    await host.store.run("UPDATE outbox SET shadow = '{' WHERE place = 0");
    await host.store.run("UPDATE connections SET paused_at = NULL");
    const { at } = await ended(accepted);
    assert.equal(at("result.summary.failed"), 1);
    assert.equal(at("result.item_errors.0.code"), "version_conflict");
    assert.equal(at("result.item_errors.0.details.ours"), "One");
    assert.deepEqual(provider.writes, [`update ${issueId} {"title":"Two"}`, "create New"]);
  }));

Deno.test("a push with an item that cannot be read ends, too, when its connection is removed", () =>
  withProvider(async (scene) => {
    const { host, issueId } = scene;
    const accepted = await pushed(scene);
    await host.store.run(
      `UPDATE outbox SET state = 'failed', item = '{', error = 'The connection was removed'`,
    );
    const id = accepted.text("operation_id");
    await inTransaction(host.context, (context) => endPush(context, id));
    const { at } = await host.ended(id);
    assert.equal(at("result.items.0.ref.id"), issueId);
    assert.equal(at("result.items.2.action"), "create");
    assert.equal(at("result.item_errors.0.message"), "The connection was removed");
  }));

Deno.test("what waits for a provider that the host does not know is delivered once it does", () =>
  withProvider(async (scene) => {
    const { host, provider, remotes, push, pass, issueId } = scene;
    delete remotes.linear;
    const accepted = await push([updating(issueId, { title: "New" })]);
    await pass(20);
    const waiting = await host.store.one("SELECT state, state_detail FROM connections");
    assert.equal(waiting?.["state"], "unreachable");
    assert.equal(waiting?.["state_detail"], "This version of the host cannot reach linear");
    remotes.linear = provider;
    await pass(20);
    const { at } = await host.ended(accepted.text("operation_id"));
    assert.equal(at("result.items.0.outcome"), "updated");
    assert.equal((await host.store.one("SELECT state FROM connections"))?.["state"], "ok");
  }));
