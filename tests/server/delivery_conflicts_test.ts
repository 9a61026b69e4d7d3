/** Delivery: what both the provider's people and a client have changed is told, and written by none of them over. */
import assert from "node:assert/strict";
import { updating, withProvider } from "./delivery_support.ts";

Deno.test("what only the provider's people changed meanwhile stays, what both changed is a conflict by name", () =>
  withProvider(async ({ provider, issueId, push, ended }) => {
    provider.edit(issueId, { title: "Theirs", priority: 1 });
    const accepted = await push([
      updating(issueId, { body: "Ours" }),
      updating(issueId, { title: "Ours" }),
    ]);
    const { at } = await ended(accepted);
    assert.equal(at("result.items.0.outcome"), "updated");
    assert.equal(at("result.item_errors.0.code"), "version_conflict");
    assert.equal(at("result.item_errors.0.details.field"), "title");
    assert.equal(at("result.item_errors.0.details.theirs"), "Theirs");
    const issue = provider.issues.get(issueId);
    assert.deepEqual([issue?.title, issue?.priority, issue?.body], ["Theirs", 1, "Ours"]);
  }));

Deno.test("of a change with conflicts the other fields are delivered, and each conflict is told", () =>
  withProvider(async ({ provider, issueId, push, ended }) => {
    provider.edit(issueId, { title: "Theirs", priority: 1 });
    const accepted = await push([
      updating(issueId, { title: "Ours", priority: 2, body: "Ours", labels_add: ["ours"] }),
      updating(issueId, { body: "Ours again" }),
    ]);
    const { at } = await ended(accepted);
    assert.deepEqual(
      [0, 1].map((place) => at(`result.item_errors.${place}.details.field`)),
      ["title", "priority"],
    );
    assert.equal(at("result.item_errors.2"), undefined);
    assert.equal(at("result.summary.failed"), 1);
    assert.equal(at("result.items.0.outcome"), "failed");
    assert.equal(at("result.items.1.outcome"), "updated");
    const issue = provider.issues.get(issueId);
    assert.deepEqual([issue?.title, issue?.priority, issue?.body], ["Theirs", 1, "Ours again"]);
    assert.ok(issue?.labels.includes("ours"));
  }));

Deno.test("a change of an outdated version is not sent, and brings the issue as it is for a merge", () =>
  withProvider(async ({ provider, issueId, push, ended, bindingRef, host }) => {
    const known = provider.issues.get(issueId);
    assert.ok(known !== undefined);
    provider.issues.set(issueId, { ...known, provider_metadata: { milestone: "2.0" } });
    const writes = provider.writes.length;
    const made = (patch: object, base_version: string) =>
      updating(issueId, patch, { base_version });
    const { at } = await ended(await push([made({ title: "Ours", labels_add: ["a"] }, "another")]));
    const { version, ...current } = Object(at("result.item_errors.0.details.current"));
    assert.deepEqual(Object.keys(Object(at("result.item_errors.0.details"))), ["current"]);
    assert.equal(at("result.item_errors.0.code"), "version_conflict");
    assert.deepEqual(current.provider_metadata, { milestone: "2.0" });
    assert.equal(provider.writes.length, writes);
    const page = await host.call("POST", "/api/v1/tracker/pull/", {
      provider: "linear",
      binding_ref: bindingRef,
    });
    const shown = page.list("items").find((one) => Object(one).ref.id === issueId);
    assert.deepEqual(shown, { ...current, version }, "the host shows it as the client was told");
    // What the client has merged is delivered.
    const again = await ended(await push([made({ title: "Ours", labels_add: ["a"] }, version)]));
    assert.equal(again.at("result.items.0.outcome"), "updated");
    assert.equal(provider.issues.get(issueId)?.title, "Ours");
    // What is so already is no conflict: the answer to an earlier sending may have been lost.
    const late = await ended(await push([made({ title: "Ours", labels_add: ["a"] }, "another")]));
    assert.equal(late.at("result.items.0.outcome"), "unchanged");
  }));

Deno.test("issues of conflicts that would overfill the answer are left out of it", () =>
  withProvider(async ({ provider, push, ended }) => {
    const body = "x".repeat(1_500_000);
    const ids = [...provider.issues.keys()].slice(0, 4);
    for (const id of ids) provider.edit(id, { body });
    const items = ids.map((id) => updating(id, { title: "Ours" }, { base_version: "another" }));
    const { at } = await ended(await push(items));
    const versions = ids.map((_, place) =>
      at(`result.item_errors.${place}.details.current.version`)
    );
    assert.deepEqual(versions.map((one) => one !== undefined), [true, true, false, false]);
    assert.equal(at("result.item_errors.3.code"), "version_conflict");
  }));

const CHANGES = [
  ["title", "Ours", "Theirs"],
  ["body", "Our text", "Their text"],
  ["priority", 1, 3],
  ["issue_type", "bug", "story"],
  ["assignees", ["ours"], ["theirs"]],
] as const;

for (const [ours, mine] of CHANGES) {
  Deno.test(`an outdated change of the ${ours} writes over nothing of the others`, () =>
    withProvider(async ({ host, provider, issueId, push, pass }) => {
      const sent = async (item: object) => {
        const accepted = await push([item]);
        await pass(1);
        return await host.ended(accepted.text("operation_id"));
      };
      const start = provider.issues.get(issueId);
      assert.ok(start !== undefined);
      const before = Object.fromEntries(CHANGES.map(([field]) => [field, start[field]]));
      for (const [theirs, , other] of CHANGES) {
        provider.edit(issueId, before);
        provider.edit(issueId, { [theirs]: other });
        const item = (base_version: string) =>
          updating(issueId, { [ours]: mine }, { base_version });
        const { at } = await sent(item("another"));
        assert.equal(at("result.item_errors.0.code"), "version_conflict");
        const shown = Object(at("result.item_errors.0.details.current"));
        assert.deepEqual([shown[theirs], provider.issues.get(issueId)?.[theirs]], [other, other]);
        // Where both changed the same, the client decides.
        if (ours === theirs) continue;
        await sent(item(shown.version));
        const issue = provider.issues.get(issueId);
        assert.deepEqual([issue?.[ours], issue?.[theirs]], [mine, other], theirs);
      }
    }));
}
