/** A place whose connection was removed, and that another one brings: what was done here meanwhile is not lost. */
import assert from "node:assert/strict";
import { removeConnection } from "../../src/server/connections/admin.ts";
import { inTransaction } from "../../src/server/context/host_context.ts";
import { LeaseLostError } from "../../src/server/jobs/job_kind.ts";
import { retryOutboxItem } from "../../src/server/jobs/retry.ts";
import { syncNow } from "../../src/server/jobs/start_syncing.ts";
import { COMMAND_LINE } from "../../src/server/mod.ts";
import { ProviderError } from "../../src/providers/mod.ts";
import { forgetExpired } from "../../src/server/store/retention.ts";
import { type DeliveryScene, storedIssues, withProvider } from "./delivery_support.ts";
import { again, alone } from "./detached_support.ts";
import type { Answered, TestHost } from "./support.ts";

const ENG = { system: "linear", workspace: "acme" };

function creating(id: string, patch: object): object {
  return { ref: { ...ENG, id }, action: "create", patch };
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

const titled = (id: string, title: string, more: object = {}) => ({
  ref: { ...ENG, id },
  action: "update",
  patch: { title, ...more },
});

/** The deliveries that failed, with why. */
async function failed({ store }: TestHost): Promise<{ id: number; error: string }[]> {
  const rows = await store.all("SELECT id, error FROM outbox WHERE state = 'failed' ORDER BY id");
  return rows.map(({ id, error }) => ({ id: Number(id), error: String(error) }));
}

Deno.test("of an issue that was changed on both sides without a connection, each field goes where it was changed", () =>
  withProvider(async (scene) => {
    const { provider, issueId } = scene;
    const before = provider.issues.get(issueId);
    assert.ok(before !== undefined);
    const labels = ["ours", ...before.labels];
    await alone(scene, [titled(issueId, "Ours", { labels })]);
    provider.edit(issueId, { body: "Theirs", labels: [...before.labels, "theirs"] });
    await again(scene);
    await assertSame(scene);
    const after = provider.issues.get(issueId);
    assert.deepEqual([after?.title, after?.body], ["Ours", "Theirs"]);
    assert.deepEqual([...after?.labels ?? []].sort(), [...before.labels, "ours", "theirs"].sort());
    assert.equal(provider.writes.length, 1);
  }));

Deno.test("a field that both sides have changed without a connection stays as it is there, and ours is kept until a person decides", () =>
  withProvider(async (scene) => {
    const { host, provider, pass, issueId } = scene;
    const base = provider.issues.get(issueId)?.title;
    await alone(scene, [titled(issueId, "Ours", { priority: 1 })]);
    provider.edit(issueId, { title: "Theirs" });
    await again(scene);
    await assertSame(scene);
    const { title, priority } = provider.issues.get(issueId) ?? {};
    assert.deepEqual([title, priority], ["Theirs", 1]);
    const [conflict, ...more] = await failed(host);
    assert.ok(conflict !== undefined);
    assert.deepEqual(more, []);
    const { code, details } = JSON.parse(conflict.error);
    assert.equal(code, "version_conflict");
    assert.deepEqual(details, { field: "title", base, ours: "Ours", theirs: "Theirs" });
    assert.match(host.platform.stderr(), /was not sent: "title" was changed at the provider, too/);
    await inTransaction(host.context, (context) => syncNow(context, "con_1"));
    await pass();
    assert.deepEqual(await failed(host), [conflict], "no sync decides for a person");
    assert.ok(await retryOutboxItem(host.context, COMMAND_LINE, conflict.id));
    await pass();
    assert.equal(provider.issues.get(issueId)?.title, "Ours");
    assert.deepEqual(await failed(host), []);
    await assertSame(scene);
  }));

Deno.test("a field that they change once more after a person has decided is not replaced", () =>
  withProvider(async (scene) => {
    const { host, provider, pass, issueId } = scene;
    await alone(scene, [titled(issueId, "Ours")]);
    provider.edit(issueId, { title: "Theirs" });
    await again(scene);
    provider.edit(issueId, { title: "Theirs, again" });
    const [conflict] = await failed(host);
    await retryOutboxItem(host.context, COMMAND_LINE, conflict?.id ?? 0);
    await pass();
    assert.equal(provider.issues.get(issueId)?.title, "Theirs, again");
    assert.equal((await failed(host)).length, 1);
  }));

Deno.test("what an earlier version has changed without a connection is decided by a person where it differs", () =>
  withProvider(async (scene) => {
    const { host, provider, issueId } = scene;
    await alone(scene, [titled(issueId, "Ours")]);
    await host.store.run("DELETE FROM detached_bases");
    await again(scene);
    const [conflict, ...more] = await failed(host);
    assert.deepEqual(more, []);
    const { field, ours } = JSON.parse(conflict?.error ?? "{}").details;
    assert.deepEqual([field, ours], ["title", "Ours"]);
    assert.notEqual(provider.issues.get(issueId)?.title, "Ours");
  }));

/** Does not let the provider create issues until it is called. */
function refusingToCreate({ provider }: DeliveryScene): () => void {
  provider.stepIn = ({ method }) => {
    if (method !== "create") return;
    throw new ProviderError({ kind: "rejected", code: "not_taken" }, "No such thing");
  };
  return () => provider.stepIn = () => {};
}

Deno.test("what the provider did not take is tried again by every sync, with what names it", () =>
  withProvider(async (scene) => {
    const { host, provider, pass } = scene;
    await alone(scene, [
      creating("WP1", { title: "Parent" }),
      creating("WP2", { title: "Child", parent_ref: { ...ENG, id: "WP1" } }),
    ]);
    const takeIt = refusingToCreate(scene);
    await again(scene);
    assert.equal((await failed(host)).length, 2);
    const shown = await statusOf(scene);
    assert.equal(shown.at("connection.not_taken"), 2);
    takeIt();
    await inTransaction(host.context, (context) => syncNow(context, "con_1"));
    await pass();
    await assertSame(scene);
    const made = [...provider.issues.values()].filter(({ title }) => /Parent|Child/.test(title));
    assert.deepEqual(made.map(({ title }) => title).sort(), ["Child", "Parent"]);
    const [parent, child] = ["Parent", "Child"].map((name) =>
      made.find(({ title }) => title === name)
    );
    assert.equal(child?.parent_ref?.id, parent?.ref.id);
    assert.equal((await statusOf(scene)).at("connection.not_taken"), 0);
  }));

Deno.test("what one connection was not rid of is delivered by the next one", () =>
  withProvider(async (scene) => {
    const { host, provider, push } = scene;
    await alone(scene, [creating("WP1", { title: "First" })]);
    const takeIt = refusingToCreate(scene);
    await again(scene);
    await removeConnection(host.context, COMMAND_LINE, { name: "linear", teamId: null });
    await push([creating("WP2", { title: "Second" })]);
    takeIt();
    await again(scene);
    await assertSame(scene);
    const titles = [...provider.issues.values()].map(({ title }) => title);
    assert.deepEqual(titles.filter((title) => /First|Second/.test(title)), ["First", "Second"]);
    assert.deepEqual(await failed(host), []);
  }));

Deno.test("what was not taken is not forgotten with old deliveries", () =>
  withProvider(async (scene) => {
    const { host } = scene;
    await alone(scene, [creating("WP1", { title: "Refused" })]);
    refusingToCreate(scene);
    await again(scene);
    const at = host.context.now() + 1_000;
    await inTransaction(host.context, ({ store }) =>
      forgetExpired(store, {
        tokens: 0,
        deviceCodes: 0,
        operations: at,
        answers: 0,
        limits: 0,
        audit: 0,
        webhooks: 0,
        jobs: 0,
      }));
    assert.equal((await failed(host)).length, 1);
  }));

async function commentOn({ host, bindingRef }: DeliveryScene, id: string, body: string) {
  const sent = await host.call("POST", "/api/v1/tracker/comments/add/", {
    provider: "linear",
    binding_ref: bindingRef,
    external_issue_id: id,
    body,
  }, { "idempotency-key": crypto.randomUUID() });
  assert.equal(sent.status, 200);
}

Deno.test("comments that were written without a connection are sent, also on issues that were made without one", () =>
  withProvider(async (scene) => {
    const { provider, issueId } = scene;
    await alone(scene, [creating("WP1", { title: "Made" })]);
    await commentOn(scene, issueId, "On theirs");
    await commentOn(scene, "WP1", "On ours");
    await commentOn(scene, issueId, "And once more");
    await again(scene);
    await assertSame(scene);
    const made = [...provider.issues.values()].find(({ title }) => title === "Made");
    const bodies = (id = "") => (provider.commentsOf.get(id) ?? []).map(({ body }) => body);
    assert.deepEqual(bodies(issueId), ["On theirs", "And once more"]);
    assert.deepEqual(bodies(made?.ref.id), ["On ours"]);
    await removeConnection(scene.host.context, COMMAND_LINE, { name: "linear", teamId: null });
    await again(scene);
    assert.deepEqual(bodies(issueId), ["On theirs", "And once more"], "each once");
  }));

Deno.test("a comment on an issue that the provider did not take is sent after it", () =>
  withProvider(async (scene) => {
    const { host, provider, pass } = scene;
    await alone(scene, [creating("WP1", { title: "Made" })]);
    await commentOn(scene, "WP1", "On ours");
    const takeIt = refusingToCreate(scene);
    await again(scene);
    assert.equal((await failed(host)).length, 2);
    takeIt();
    await inTransaction(host.context, (context) => syncNow(context, "con_1"));
    await pass();
    const made = [...provider.issues.values()].find(({ title }) => title === "Made");
    const comments = provider.commentsOf.get(made?.ref.id ?? "") ?? [];
    assert.deepEqual(comments.map(({ body }) => body), ["On ours"]);
  }));

async function statusOf({ host, bindingRef }: DeliveryScene): Promise<Answered> {
  return await host.call(
    "GET",
    `/api/v1/tracker/status/?provider=linear&binding_ref=${bindingRef}`,
  );
}

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

Deno.test("that no connection brings a place any more is said until one does again", () =>
  withProvider(async (scene) => {
    const { host, issueId, bindingRef } = scene;
    const told = async () => {
      const status = await host.call(
        "GET",
        `/api/v1/tracker/status/?provider=linear&binding_ref=${bindingRef}`,
      );
      return [status.at("connected"), status.at("connection.state")];
    };
    assert.deepEqual(await told(), [true, "ok"]);
    await alone(scene, [titled(issueId, "Ours")]);
    assert.deepEqual(await told(), [false, "removed"]);
    await again(scene);
    assert.deepEqual(await told(), [true, "ok"]);
  }));
