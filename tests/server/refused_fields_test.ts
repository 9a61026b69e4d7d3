/** Delivery: what the provider refuses of an item is told by name, and everything else of it is delivered. */
import assert from "node:assert/strict";
import { retryOutboxItem } from "../../src/server/jobs/retry.ts";
import { COMMAND_LINE } from "../../src/server/model/actor.ts";
import { creating, updating, withProvider } from "./delivery_support.ts";

Deno.test("of a change with an assignee whom the provider refuses, the other fields are delivered", () =>
  withProvider(async ({ provider, issueId, push, ended }) => {
    provider.unassignable.add("ghost");
    const item = updating(issueId, { title: "New", assignees: ["ghost"] });
    const { at } = await ended(await push([item, updating(issueId, { body: "Text" })]));
    const { title, body, assignees = [] } = provider.issues.get(issueId) ?? {};
    assert.deepEqual([title, body, assignees.includes("ghost")], ["New", "Text", false]);
    assert.equal(at("result.status"), "partial");
    assert.equal(at("result.summary.failed"), 1);
    assert.equal(at("result.items.0.outcome"), "updated");
    assert.equal(at("result.items.0.remote_ref.id"), issueId);
    assert.match(String(at("result.items.0.message")), /"ghost"/);
    assert.equal(at("result.items.1.outcome"), "updated");
    assert.equal(at("result.item_errors.0.code"), "assignee_unknown");
    assert.deepEqual(at("result.item_errors.0.details"), { field: "assignees" });
    assert.equal(at("result.item_errors.1"), undefined);
  }));

Deno.test("a change of nothing but an assignee whom the provider refuses has failed", () =>
  withProvider(async ({ provider, issueId, push, ended }) => {
    provider.unassignable.add("ghost");
    const { at } = await ended(await push([updating(issueId, { assignees_add: ["ghost"] })]));
    assert.equal(at("result.items.0.outcome"), "failed");
    assert.deepEqual(at("result.item_errors.0.details"), { field: "assignees" });
    assert.equal(at("result.item_errors.1"), undefined);
  }));

Deno.test("a refused assignee and a conflict of the same change are both told by their fields", () =>
  withProvider(async ({ provider, issueId, push, ended }) => {
    provider.unassignable.add("ghost");
    provider.edit(issueId, { title: "Theirs" });
    const patch = { title: "Ours", body: "Ours", assignees: ["ghost"] };
    const { at } = await ended(await push([updating(issueId, patch)]));
    assert.deepEqual(
      [0, 1].map((place) => at(`result.item_errors.${place}.details.field`)).toSorted(),
      ["assignees", "title"],
    );
    const issue = provider.issues.get(issueId);
    assert.deepEqual([issue?.title, issue?.body], ["Theirs", "Ours"]);
  }));

Deno.test("a new issue is created without the assignee whom the provider refuses, who is assigned by another attempt", () =>
  withProvider(async ({ host, provider, push, ended, pass }) => {
    provider.unassignable.add("ghost");
    const made = { ...creating("WP1"), patch: { title: "New", assignees: ["ghost"] } };
    const { at } = await ended(await push([made]));
    assert.equal(at("result.items.0.outcome"), "created");
    assert.equal(at("result.item_errors.0.code"), "assignee_unknown");
    assert.deepEqual(at("result.item_errors.0.details"), { field: "assignees" });
    const id = String(at("result.items.0.remote_ref.id"));
    assert.deepEqual(provider.issues.get(id)?.assignees, []);
    provider.unassignable.clear();
    const row = await host.store.one("SELECT id FROM outbox WHERE state = 'failed'");
    assert.equal(await retryOutboxItem(host.context, COMMAND_LINE, Number(row?.["id"])), true);
    await pass();
    assert.deepEqual(provider.issues.get(id)?.assignees, ["ghost"]);
    assert.equal(provider.writes.filter((write) => write.startsWith("create")).length, 1);
  }));
