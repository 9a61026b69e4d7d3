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

Deno.test("what both sides agreed on is left out of a conflict where nobody knows it", () =>
  withProvider(async ({ provider, issueId, push, ended }) => {
    provider.edit(issueId, { title: "Theirs" });
    const item = { ...updating(issueId, { title: "Ours" }), base_version: "another" };
    const { at } = await ended(await push([item]));
    assert.deepEqual(at("result.item_errors.0.details"), {
      field: "title",
      ours: "Ours",
      theirs: "Theirs",
    });
  }));
