/** A full cycle of a project at a provider: what it waits for, and what it tells. */
import assert from "node:assert/strict";
import { creating, updating, withProvider } from "./delivery_support.ts";

Deno.test("a full cycle waits for what was pushed before it, and tells what was delivered and what failed", () =>
  withProvider(async ({ host, provider, bindingRef, push, ended }) => {
    const asked = Promise.withResolvers<void>();
    provider.stepIn = () => asked.promise;
    await push([creating("WP1"), updating("nowhere", { title: "New" })]);
    const accepted = await host.call("POST", "/api/v1/tracker/run/", {
      provider: "linear",
      binding_ref: bindingRef,
      pull_first: false,
    });
    assert.equal(accepted.status, 202);
    asked.resolve();
    const { at } = await ended(accepted);
    assert.equal(at("result.push.summary.created"), 1);
    assert.equal(at("result.push.summary.failed"), 1);
    assert.equal(at("result.item_errors.0.code"), "issue_not_found");
    assert.equal(at("result.has_more"), false);
  }));

Deno.test("a full cycle tells nothing of what failed before it: the push has told that", () =>
  withProvider(async ({ host, bindingRef, push, ended }) => {
    await ended(await push([updating("nowhere", { title: "New" })]));
    const { status, at } = await host.call("POST", "/api/v1/tracker/run/", {
      provider: "linear",
      binding_ref: bindingRef,
      pull_first: false,
    });
    assert.deepEqual([status, at("status"), at("push.summary.total")], [200, "ok", 0]);
    assert.equal(at("has_more"), false);
  }));
