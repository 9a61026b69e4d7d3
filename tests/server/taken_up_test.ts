/** A place whose connection was removed, and that another one brings: what was done here meanwhile is not lost. */
import assert from "node:assert/strict";
import { removeConnection } from "../../src/server/connections/admin.ts";
import { inTransaction } from "../../src/server/context/host_context.ts";
import { LeaseLostError } from "../../src/server/jobs/job_kind.ts";
import { syncNow } from "../../src/server/jobs/start_syncing.ts";
import { COMMAND_LINE } from "../../src/server/mod.ts";
import { ProviderError } from "../../src/providers/mod.ts";
import { connect, type DeliveryScene, storedIssues, withProvider } from "./delivery_support.ts";

const ENG = { system: "linear", workspace: "acme" };

function creating(id: string, patch: object): object {
  return { ref: { ...ENG, id }, action: "create", patch };
}

/** Works on the issues while no connection brings them. */
async function alone(scene: DeliveryScene, items: readonly object[]): Promise<void> {
  const { host, push, pass, provider } = scene;
  await pass(2);
  await removeConnection(host.context, COMMAND_LINE, { name: "linear", teamId: null });
  host.platform.clock.advance(60_000);
  const pushed = await push(items);
  assert.deepEqual([pushed.status, pushed.at("status")], [200, "ok"]);
  assert.deepEqual(provider.writes, []);
  host.platform.clock.advance(60_000);
}

/** Brings the issues again, and has the host read all of them. */
async function again({ host, pass }: DeliveryScene): Promise<void> {
  await connect(host);
  await inTransaction(host.context, (context) => syncNow(context, "con_1", { sweep: true }));
  await pass(8);
}

/** Both sides have the same issues under the same ids. */
async function assertSame({ host, provider }: DeliveryScene): Promise<void> {
  const here = await storedIssues(host.store);
  assert.deepEqual(
    here.map(({ ref, title }) => [ref.id, title]).sort(),
    [...provider.issues.values()].map(({ ref, title }) => [ref.id, title]).sort(),
  );
}

Deno.test("issues that were made without a connection are created once, with what they name", () =>
  withProvider(async (scene) => {
    const { host, provider } = scene;
    await alone(scene, [
      creating("WP1", { title: "Parent", body: "Text", labels: ["bug"] }),
      creating("WP2", { title: "Child", parent_ref: { ...ENG, id: "WP1" } }),
    ]);
    await again(scene);
    await assertSame(scene);
    const made = [...provider.issues.values()].filter(({ title }) => /Parent|Child/.test(title));
    const [parent, child] = made;
    assert.equal(made.length, 2);
    assert.deepEqual([parent?.body, parent?.labels], ["Text", ["bug"]]);
    assert.equal(child?.parent_ref?.id, parent?.ref.id);
    const mapped = await host.store.all("SELECT wp_id, external_id FROM package_mappings");
    const names = new Map(mapped.map((row) => [row["wp_id"], row["external_id"]]));
    assert.deepEqual([names.get("WP1"), names.get("WP2")], [parent?.ref.id, child?.ref.id]);
    assert.equal(provider.writes.length, 2);
  }));

Deno.test("a process that dies after it has created an issue leaves one, not two", () =>
  withProvider(async (scene) => {
    const { provider } = scene;
    await alone(scene, [creating("WP1", { title: "Once" })]);
    let deaths = 0;
    provider.stepIn = ({ method, phase }) => {
      if (method === "create" && phase === "after" && deaths++ === 0) throw new LeaseLostError();
    };
    await again(scene);
    assert.equal(deaths, 1);
    await assertSame(scene);
    assert.equal([...provider.issues.values()].filter(({ title }) => title === "Once").length, 1);
  }));

Deno.test("of an issue that was changed on both sides without a connection, the later one counts", () =>
  withProvider(async (scene) => {
    const { provider, issueId } = scene;
    const [other = ""] = [...provider.issues.keys()].filter((id) => id !== issueId);
    const titled = (id: string, title: string) => ({
      ref: { ...ENG, id },
      action: "update",
      patch: { title },
    });
    await alone(scene, [titled(issueId, "Ours"), titled(other, "Ours")]);
    provider.edit(other, { title: "Theirs" });
    await again(scene);
    await assertSame(scene);
    assert.equal(provider.issues.get(issueId)?.title, "Ours");
    assert.equal(provider.issues.get(other)?.title, "Theirs");
  }));

Deno.test("what the provider does not take stays here, through every sweep, and a change of it says so", () =>
  withProvider(async (scene) => {
    const { host, provider, push, ended } = scene;
    await alone(scene, [creating("WP1", { title: "Refused" })]);
    provider.stepIn = ({ method }) => {
      if (method !== "create") return;
      throw new ProviderError({ kind: "rejected", code: "not_taken" }, "No such thing");
    };
    await again(scene);
    const kept = (await storedIssues(host.store)).find(({ title }) => title === "Refused");
    assert.ok(kept !== undefined);
    const { key } = kept.ref;
    assert.ok(
      host.platform.stderr().includes(
        `"${key}" of "Engineering (ENG)", changed without a connection, was not sent: No such thing`,
      ),
    );
    const update = { ref: { ...ENG, id: kept.ref.id }, action: "update", patch: { title: "X" } };
    const { at } = await ended(await push([update]));
    assert.equal(at("result.item_errors.0.code"), "not_at_provider");
    assert.ok((await storedIssues(host.store)).some(({ title }) => title === "Refused"));
  }));
