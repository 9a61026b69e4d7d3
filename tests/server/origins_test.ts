import assert from "node:assert/strict";
import { type Answered, type TestHost, withHost } from "./support.ts";

function search(host: TestHost, ref: string, query: Record<string, unknown>): Promise<Answered> {
  return host.call("POST", "/api/v1/tracker/issue-search/", {
    provider: "linear",
    binding_ref: ref,
    ...query,
  });
}

function titles(answer: Answered): unknown[] {
  return answer.list("candidates").map((_, index) => answer.at(`candidates.${index}.title`));
}

function bindOrigin(
  host: TestHost,
  ref: string,
  more: Record<string, unknown> = {},
  key?: string,
): Promise<Answered> {
  return host.call("POST", "/api/v1/tracker/mission-origin/bind/", {
    provider: "linear",
    binding_ref: ref,
    feature_slug: "001-workspaces",
    external_issue_id: "7c1f0a52-team-eng-0001",
    external_issue_key: "ENG-1",
    external_issue_url: "https://linear.example/acme/issues/ENG-1",
    title: "Workspaces for larger customers",
    ...more,
  }, key === undefined ? {} : { "idempotency-key": key });
}

Deno.test("a key finds exactly its issue, in any case, and an unknown key nothing wider", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const found = await search(host, ref, { query_key: " eng-1 ", query_text: "webhooks" });
    assert.deepEqual(found.body, {
      candidates: [{
        external_issue_id: "7c1f0a52-team-eng-0001",
        external_issue_key: "ENG-1",
        title: "Workspaces for larger customers",
        status: "In Progress",
        url: "https://linear.example/acme/issues/ENG-1",
        match_type: "exact",
      }],
      resource_type: "linear_team",
      resource_id: "7c1f0a52-team-eng",
    });
    assert.deepEqual((await search(host, ref, { query_key: "ENG-999" })).list("candidates"), []);
    assert.deepEqual((await search(host, ref, { query_key: "MOB-1" })).list("candidates"), []);
  }));

Deno.test("a text finds issues that hold all its words, titles before bodies", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const found = await search(host, ref, { query_text: "AUDIT log" });
    assert.equal(found.at("candidates.0.title"), "Audit log");
    assert.equal(found.at("candidates.0.match_type"), "text");
    assert.ok(found.list("candidates").length > 1);
    const emoji = await search(host, ref, { query_text: "emoji 🎉" });
    assert.equal(emoji.at("candidates.0.title"), "Signature check fails for bodies with emoji 🎉");
    assert.deepEqual(titles(await search(host, ref, { query_text: "no such words" })), []);
    assert.deepEqual(titles(await search(host, ref, { query_text: "%_'\"\\" })), []);
  }));

Deno.test("a text that is a key puts that issue first; the limit holds; no query shows the newest", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const found = await search(host, ref, { query_text: "ENG-3" });
    assert.equal(found.at("candidates.0.external_issue_key"), "ENG-3");
    assert.equal(found.at("candidates.0.match_type"), "exact");
    assert.equal((await search(host, ref, { query_text: "a" })).list("candidates").length, 10);
    assert.equal(titles(await search(host, ref, { query_text: "a", limit: 3 })).length, 3);
    assert.equal(titles(await search(host, ref, {})).length, 10);
  }));

Deno.test("a search sees the bound resource and nothing beside it", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Mobile (MOB)");
    const found = await search(host, ref, { query_text: "webhooks" });
    assert.deepEqual(found.list("candidates"), []);
  }));

Deno.test("without a link of the user's own account neither search nor bind does anything", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    await host.call("POST", "/dev/disconnect", { provider: "linear", what: "user_link" });
    for (const refused of [await search(host, ref, {}), await bindOrigin(host, ref)]) {
      assert.equal(refused.status, 403);
      assert.equal(refused.at("error_code"), "missing_user_link");
      assert.equal(refused.at("user_action_required"), true);
    }
    const status = await host.call(
      "GET",
      `/api/v1/tracker/status/?provider=linear&binding_ref=${ref}`,
    );
    assert.equal(status.at("identity_path.type"), "installation");
    assert.equal(status.at("identity_path.user_link_id"), null);
    await host.call("POST", "/dev/link", { provider: "linear" });
    assert.equal((await search(host, ref, {})).status, 200);
  }));

Deno.test("a mission has one origin: the same issue is the same link, another is a conflict", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const first = await bindOrigin(host, ref);
    assert.equal(first.status, 200);
    host.platform.clock.advance(60_000);
    assert.deepEqual((await bindOrigin(host, ref)).body, first.body);
    const other = {
      external_issue_id: "7c1f0a52-team-eng-0002",
      external_issue_key: "ENG-2",
    };
    const conflict = await bindOrigin(host, ref, other);
    assert.equal(conflict.status, 409);
    assert.equal(conflict.at("error_code"), "origin_conflict");
    const second = await bindOrigin(host, ref, { ...other, feature_slug: "002-other" });
    assert.notEqual(second.at("origin_link_id"), first.at("origin_link_id"));
    const kept = await host.call("GET", "/dev/origins");
    assert.equal(kept.list("origins").length, 2);
  }));

Deno.test("an origin is bound once per key", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const first = await bindOrigin(host, ref, {}, "origin-key-1");
    assert.deepEqual((await bindOrigin(host, ref, {}, "origin-key-1")).body, first.body);
    const conflict = await bindOrigin(host, ref, { title: "Other" }, "origin-key-1");
    assert.equal(conflict.at("error_code"), "idempotency_conflict");
  }));

Deno.test("an issue that is not in the resource is 422", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const unknown = await bindOrigin(host, ref, { external_issue_id: "none" });
    assert.equal(unknown.status, 422);
    assert.equal(unknown.at("details.0.field"), "external_issue_id");
  }));

Deno.test("issues of GitHub and GitLab are origins too, and the host says so", () =>
  withHost(async (host) => {
    const health = await host.call("GET", "/api/v1/tracker/health/");
    assert.ok(health.list("extensions").includes("origin_any"));
    for (
      const [provider, label] of [["github", "acme/web"], [
        "gitlab",
        "acme/infrastructure",
      ]] as const
    ) {
      const routed = { provider, binding_ref: await host.bind(provider, label) };
      const found = await host.call("POST", "/api/v1/tracker/issue-search/", routed);
      const bound = await host.call("POST", "/api/v1/tracker/mission-origin/bind/", {
        ...routed,
        feature_slug: `001-${provider}`,
        external_issue_id: found.at("candidates.0.external_issue_id"),
        external_issue_key: found.at("candidates.0.external_issue_key"),
        external_issue_url: found.at("candidates.0.url"),
        title: found.at("candidates.0.title"),
      });
      assert.equal(bound.status, 200);
    }
  }));

Deno.test("a search that matches much reads the bodies of those it shows, and no others", () =>
  withHost(async (host) => {
    const binding_ref = await host.bind("linear", "Engineering (ENG)");
    const routed = { provider: "linear", binding_ref };
    const items = Array.from({ length: 30 }, (_, n) => ({
      ref: { system: "linear", workspace: "acme", id: `WP${n}` },
      action: "create",
      patch: { title: `Zebra ${n}`, body: "zebra ".repeat(10_000) },
    }));
    await host.call("POST", "/api/v1/tracker/push/", { ...routed, items });
    let characters = 0;
    for (const name of ["all", "one"] as const) {
      const real = host.store[name].bind(host.store);
      Object.assign(host.store, {
        async [name](sql: string, ...values: (string | number | null)[]) {
          const rows = await real(sql, ...values);
          characters += JSON.stringify(rows).length;
          return rows;
        },
      });
    }
    const query = { ...routed, query_text: "zebra", limit: 2 };
    const found = await host.call("POST", "/api/v1/tracker/issue-search/", query);
    assert.equal(found.list("candidates").length, 2);
    assert.ok(characters < 4 * 60_000, `${characters} characters were read`);
  }));
