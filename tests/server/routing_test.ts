import assert from "node:assert/strict";
import { addUser, COMMAND_LINE } from "../../src/server/mod.ts";
import { type Answered, type TestHost, withHost } from "./support.ts";

/** Every routed call, with the routing key to be filled in. */
function routed(
  host: TestHost,
  provider: string,
  key: Record<string, string>,
): Promise<Answered>[] {
  const query = new URLSearchParams({ provider, ...key });
  const body = { provider, ...key };
  const origin = {
    feature_slug: "001-first",
    external_issue_id: "7c1f0a52-team-eng-0001",
    external_issue_key: "ENG-1",
    external_issue_url: "https://linear.example/acme/issues/ENG-1",
    title: "Workspaces for larger customers",
  };
  return [
    host.call("GET", `/api/v1/tracker/status/?${query}`),
    host.call("GET", `/api/v1/tracker/mappings/?${query}`),
    host.call("POST", "/api/v1/tracker/pull/", body),
    host.call("POST", "/api/v1/tracker/push/", { ...body, items: [] }),
    host.call("POST", "/api/v1/tracker/run/", body),
    host.call("POST", "/api/v1/tracker/issue-search/", { ...body, query_text: "page" }),
    host.call("POST", "/api/v1/tracker/mission-origin/bind/", { ...body, ...origin }),
  ];
}

Deno.test("a call routed by a reference carries no upgrade beside its payload", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    for (const answer of await Promise.all(routed(host, "linear", { binding_ref: ref }))) {
      assert.ok(answer.status === 200 || answer.status === 202, JSON.stringify(answer.body));
      assert.equal(answer.at("provider_context"), undefined);
    }
  }));

Deno.test("a call routed by a legacy slug carries reference, label and context, a 202 too", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)", "old-name");
    for (const answer of await Promise.all(routed(host, "linear", { project_slug: "old-name" }))) {
      assert.ok(answer.status === 200 || answer.status === 202, JSON.stringify(answer.body));
      assert.equal(answer.at("binding_ref"), ref);
      assert.equal(answer.at("display_label"), "Engineering (ENG)");
      assert.equal(answer.at("provider_context.team_key"), "ENG");
    }
  }));

Deno.test("an unknown slug and an unknown or deleted reference are 404, each with its code", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    await host.call("POST", "/dev/mapping-state", { binding_ref: ref, state: "deleted" });
    for (
      const [key, code] of [
        [{ project_slug: "my-app" }, "no_resource_mapping"],
        [{ binding_ref: ref }, "binding_not_found"],
        [{ binding_ref: "srm_nowhere" }, "binding_not_found"],
      ] as const
    ) {
      for (const answer of await Promise.all(routed(host, "linear", key))) {
        assert.equal(answer.status, 404);
        assert.equal(answer.at("error_code"), code);
        assert.equal(answer.at("provider"), "linear");
      }
    }
  }));

Deno.test("a disabled mapping is 409 by reference and by slug", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    await host.call("POST", "/dev/mapping-state", { binding_ref: ref, state: "disabled" });
    for (const key of [{ binding_ref: ref }, { project_slug: "my-app" }]) {
      for (const answer of await Promise.all(routed(host, "linear", key))) {
        assert.equal(answer.status, 409);
        assert.equal(answer.at("error_code"), "mapping_disabled");
      }
    }
  }));

Deno.test("a reference of another provider is a project mismatch, one of another team is not found", () =>
  withHost(async (host) => {
    const ref = await host.bind("jira", "Payments (PAY)");
    for (const answer of await Promise.all(routed(host, "linear", { binding_ref: ref }))) {
      assert.equal(answer.status, 403);
      assert.equal(answer.at("error_code"), "project_mismatch");
    }
    await addUser(host.context, COMMAND_LINE, {
      username: "eve",
      password: "a secret of eve",
      team: "other",
    });
    await host.store.run(
      `INSERT INTO installations (id, team_id, provider, provider_account_id)
       SELECT 'ins_other', id, 'jira', 'x' FROM teams WHERE slug = 'other'`,
    );
    const eve = await host.as("eve", "a secret of eve", "other");
    for (const answer of await Promise.all(routed(eve, "jira", { binding_ref: ref }))) {
      assert.equal(answer.status, 404);
      assert.equal(answer.at("error_code"), "binding_not_found");
    }
  }));

Deno.test("a slug that several bindings have is refused by every call, and the bindings are named", () =>
  withHost(async (host) => {
    const first = await host.bind("linear", "Engineering (ENG)");
    const second = await host.bind("linear", "Mobile (MOB)", "another");
    await host.store.run("UPDATE mappings SET project_slug = 'shared'");
    for (const answer of await Promise.all(routed(host, "linear", { project_slug: "shared" }))) {
      assert.equal(answer.status, 409);
      assert.equal(answer.at("error_code"), "ambiguous_project");
      const named = answer.list("details.bindings").map((_, at) =>
        answer.at(`details.bindings.${at}.binding_ref`)
      );
      assert.deepEqual(named.sort(), [first, second].sort());
      assert.match(answer.text("message"), /Engineering \(ENG\)/);
      assert.equal(answer.at("binding_ref"), undefined);
    }
    const disable = { binding_ref: second, state: "disabled" };
    await host.call("POST", "/dev/mapping-state", disable);
    const clear = await host.call(
      "GET",
      "/api/v1/tracker/status/?provider=linear&project_slug=shared",
    );
    assert.equal(clear.at("binding_ref"), first);
  }));

Deno.test("of a reference and a slug the reference counts, and null is absent", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const pull = (key: object) =>
      host.call("POST", "/api/v1/tracker/pull/", { provider: "linear", ...key });
    assert.equal((await pull({ binding_ref: ref, project_slug: "unknown" })).status, 200);
    assert.equal((await pull({ binding_ref: ref, project_slug: null })).status, 200);
    const legacy = await pull({ binding_ref: null, project_slug: "my-app" });
    assert.equal(legacy.at("binding_ref"), ref);
    for (const call of ["status", "mappings"]) {
      const path = `/api/v1/tracker/${call}/?provider=linear&project_slug=`;
      assert.equal((await host.call("GET", `${path}&binding_ref=${ref}`)).status, 200, call);
      assert.equal((await host.call("GET", path)).status, 422, call);
    }
  }));

Deno.test("no routing key or a provider that is not hosted is 422 with the field", () =>
  withHost(async (host) => {
    const pull = (body: unknown) => host.call("POST", "/api/v1/tracker/pull/", body);
    for (
      const [body, field] of [
        [{ provider: "linear" }, "binding_ref"],
        [{ provider: "beads", binding_ref: "a" }, "provider"],
        [{ binding_ref: "a" }, "provider"],
        [{ provider: "linear", binding_ref: "a", limit: 0 }, "limit"],
        [{ provider: "linear", binding_ref: "a", limit: 10_001 }, "limit"],
        [{ provider: "linear", binding_ref: "a", filters: { status: ["x"] } }, "filters.status[0]"],
      ] as const
    ) {
      const { status, at } = await pull(body);
      assert.equal(status, 422);
      assert.equal(at("error_code"), "validation_error");
      assert.equal(at("details.0.field"), field);
    }
    const query = await host.call("GET", "/api/v1/tracker/mappings/?provider=linear");
    assert.equal(query.status, 422);
  }));

Deno.test("status shows a project, and the whole installation without a routing key", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const one = await host.call("GET", `/api/v1/tracker/status?provider=linear&binding_ref=${ref}`);
    assert.equal(one.at("sync_state"), "never_synced");
    assert.equal(one.at("last_sync_at"), undefined);
    assert.equal(one.at("project_slug"), "my-app");
    assert.equal(one.at("counts.total"), 36);
    assert.equal(one.at("identity_path.type"), "user_link");
    const all = await host.call("GET", "/api/v1/tracker/status/?provider=linear");
    assert.equal(all.at("resource_count"), 2);
    assert.deepEqual(all.list("bindings").length, 1);
    assert.equal(all.at("bindings.0.binding_ref"), ref);
    assert.equal(all.at("bindings.0.status"), "active");
  }));

Deno.test("mappings list which work package is which issue", () =>
  withHost(async (host) => {
    const ref = await host.bind("jira", "Web Platform (WEB)");
    const { at } = await host.call(
      "GET",
      `/api/v1/tracker/mappings/?provider=jira&binding_ref=${ref}`,
    );
    assert.equal(at("mappings.0.wp_id"), "WP01");
    assert.equal(at("mappings.0.external_key"), "WEB-2");
    assert.equal(at("mappings.0.system"), "jira");
  }));

Deno.test("health answers without a session, and lists what a client may use beyond the contract", () =>
  withHost(async ({ call }) => {
    const { status, at, list } = await call("GET", "/api/v1/tracker/health/", undefined, {
      authorization: null,
      "x-team-slug": null,
    });
    assert.equal(status, 200);
    assert.equal(at("status"), "ok");
    for (const name of ["complete", "replayed"]) assert.ok(list("extensions").includes(name), name);
  }));
