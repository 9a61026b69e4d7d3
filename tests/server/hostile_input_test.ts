import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { ENDPOINTS } from "../../src/contract/paths.ts";
import { identity, type TestHost, withHost } from "./support.ts";

const PATIENT = { rateLimit: { burst: 1_000_000, perSecond: 1 } };

/** A body that is right for each write, to be spoilt in one place. */
async function goodBodies(host: TestHost): Promise<Record<string, Record<string, unknown>>> {
  const binding_ref = await host.bind("linear", "Engineering (ENG)");
  const routed = { provider: "linear", binding_ref };
  const project_identity = identity("my-app");
  return {
    pull: { ...routed, limit: 5, filters: { status: ["todo"] } },
    push: {
      ...routed,
      items: [{
        ref: { system: "linear", workspace: "acme", id: "WP01" },
        action: "update",
        patch: { title: "x" },
        target_status: "done",
      }],
    },
    run: { ...routed, pull_first: true, limit: 5 },
    search: { ...routed, query_text: "page", limit: 3 },
    resolve: { provider: "linear", project_identity },
    confirm: { provider: "linear", candidate_token: "cand_x", project_identity },
    validate: { provider: "linear", binding_ref, project_identity },
    bindOrigin: {
      ...routed,
      feature_slug: "001-x",
      external_issue_id: "1",
      external_issue_key: "K",
      external_issue_url: "u",
      title: "t",
    },
    token: { username: "a", password: "b" },
    refresh: { refresh: "tkr_x" },
    snapshots: {
      provider: "beads",
      workspace: "w",
      external_resource_type: null,
      external_resource_id: null,
      doctrine_mode: "m",
      doctrine_field_owners: {},
      project_uuid: "u",
      project_slug: "s",
      issues: [],
      mappings: [],
      checkpoint: { cursor: null, updated_since: null },
    },
  };
}

Deno.test("no body, however strange, makes the host fail", () =>
  withHost(async (host) => {
    const good = await goodBodies(host);
    const strange = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom("\u0000", "💥".repeat(500), -0, 1e308),
    );
    const calls = ENDPOINTS.filter(({ operation }) => operation in good);
    assert.equal(calls.length, Object.keys(good).length);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...calls), fc.nat(), strange, async (call, at, value) => {
        const body = good[call.operation] ?? {};
        const keys = Object.keys(body);
        const key = keys[at % keys.length] ?? "";
        for (const spoilt of [{ ...body, [key]: value }, value]) {
          const { status } = await host.call("POST", call.path, spoilt);
          assert.ok(status < 500, `${call.operation} ${JSON.stringify(spoilt)}: ${status}`);
        }
      }),
      { numRuns: 300 },
    );
    assert.equal(host.platform.stderr(), "");
  }, PATIENT));

Deno.test("no query, however strange, makes the host fail", () =>
  withHost(async (host) => {
    const gets = ENDPOINTS.filter(({ method }) => method === "GET");
    const fields = fc.dictionary(
      fc.constantFrom("provider", "binding_ref", "project_slug", "x"),
      fc.oneof(fc.string(), fc.constantFrom("linear", "", "__proto__", "'; DROP TABLE users")),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...gets), fields, fc.string(), async (call, query, id) => {
        const path = call.path.replace("{id}", encodeURIComponent(`op${id}`));
        const { status } = await host.call("GET", `${path}?${new URLSearchParams(query)}`);
        assert.ok(status < 500, `${path} ${JSON.stringify(query)}: ${status}`);
      }),
      { numRuns: 200 },
    );
    assert.equal(host.platform.stderr(), "");
  }, PATIENT));

Deno.test("no event, however strange, makes the host fail", () =>
  withHost(async (host) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 5 }), async (events) => {
        const answer = await host.call("POST", "/api/v1/events/batch/", { events });
        assert.equal(answer.status, 200);
        assert.equal(answer.list("results").length, events.length);
      }),
      { numRuns: 100 },
    );
  }, PATIENT));

Deno.test("an issue whose texts hold a NUL and half characters is told of, delivered and removed like any other", () =>
  withHost(async (host) => {
    const binding_ref = await host.bind("linear", "Engineering (ENG)");
    const routed = { provider: "linear", binding_ref };
    const ref = { system: "linear", workspace: "acme", id: "WP77" };
    const patch = { title: "a\u0000b\uD800c", body: "\uDC4D\\u0000" };
    const items = [{ ref, action: "create", patch }];
    const pushed = await host.call("POST", "/api/v1/tracker/push/", { ...routed, items });
    assert.equal(pushed.at("items.0.outcome"), "created");
    const key = pushed.text("items.0.remote_ref.key");
    const status = await host.call("GET", `/api/v1/tracker/status/?${new URLSearchParams(routed)}`);
    assert.equal(status.status, 200);
    const run = { ...routed, pull_first: false, limit: 10 };
    const told = await host.call("POST", "/api/v1/tracker/run/", run);
    assert.equal(told.at("push.items.0.ref.key"), key);
    const found = await host.call("POST", "/api/v1/tracker/comments/list/", {
      ...routed,
      external_issue_id: key,
    });
    assert.equal(found.status, 200);
    const removed = await host.call("POST", "/dev/issues/remove", {
      provider: "linear",
      resource: "Engineering (ENG)",
      keys: [key],
    });
    assert.equal(removed.at("removed"), 1);
  }));
