import assert from "node:assert/strict";
import { addUser, COMMAND_LINE } from "../../src/server/mod.ts";
import { type Answered, identity, type TestHost, withHost } from "./support.ts";

function resolve(host: TestHost, provider: string, who: unknown): Promise<Answered> {
  const body = { provider, project_identity: who };
  return host.call("POST", "/api/v1/tracker/bind-resolve/", body);
}

function confirm(
  host: TestHost,
  provider: string,
  token: string,
  who: unknown,
  key?: string,
): Promise<Answered> {
  const body = { provider, candidate_token: token, project_identity: who };
  const headers = key === undefined ? {} : { "idempotency-key": key };
  return host.call("POST", "/api/v1/tracker/bind-confirm/", body, headers);
}

function validate(host: TestHost, provider: string, ref: string, who: unknown): Promise<Answered> {
  const body = { provider, binding_ref: ref, project_identity: who };
  return host.call("POST", "/api/v1/tracker/bind-validate/", body);
}

Deno.test("resolve is exact, with a token, when one resource has the project's name", () =>
  withHost(async (host) => {
    for (
      const [provider, who, label] of [
        ["linear", identity("engineering"), "Engineering (ENG)"],
        ["linear", identity("mob"), "Mobile (MOB)"],
        ["jira", identity("web-platform"), "Web Platform (WEB)"],
        ["github", identity("anything", { repo_slug: "acme/web" }), "acme/web"],
        ["github", identity("api"), "acme/api"],
        ["gitlab", identity("x", { repo_slug: "fork/data-pipeline" }), "acme/data-pipeline"],
      ] as const
    ) {
      const found = await resolve(host, provider, who);
      assert.equal(found.at("match_type"), "exact", label);
      assert.equal(found.at("display_label"), label);
      assert.equal(found.at("binding_ref"), null);
      assert.deepEqual(found.list("candidates"), []);
      const bound = await confirm(host, provider, found.text("candidate_token"), who);
      assert.equal(bound.at("display_label"), label);
    }
  }));

Deno.test("resolve is exact, with the reference and no token, when the project is mapped", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Mobile (MOB)", "engineering");
    const found = await resolve(host, "linear", identity("engineering"));
    assert.equal(found.at("match_type"), "exact");
    assert.equal(found.at("binding_ref"), ref);
    assert.equal(found.at("candidate_token"), null);
    assert.equal(found.at("display_label"), "Mobile (MOB)");
  }));

Deno.test("candidates come by confidence and then label, numbered from zero, the same each time", () =>
  withHost(async (host) => {
    const who = identity("payments-and-web");
    const found = await resolve(host, "jira", who);
    assert.equal(found.at("match_type"), "candidates");
    const seen = found.list("candidates").map((_, index) => [
      found.at(`candidates.${index}.display_label`),
      found.at(`candidates.${index}.confidence`),
      found.at(`candidates.${index}.sort_position`),
    ]);
    assert.deepEqual(seen, [["Payments (PAY)", "medium", 0], ["Web Platform (WEB)", "medium", 1]]);
    const again = await resolve(host, "jira", identity("mobile-web"));
    assert.equal(again.at("candidates.0.display_label"), "Web Platform (WEB)");
    assert.equal(again.at("candidates.1.confidence"), "low");
    const tokens = found.list("candidates").map((_, i) =>
      found.text(`candidates.${i}.candidate_token`)
    );
    const repeat = await resolve(host, "jira", who);
    assert.ok(!tokens.includes(repeat.text("candidates.0.candidate_token")));
    assert.equal(repeat.at("candidates.0.display_label"), "Payments (PAY)");
  }));

Deno.test("a resource that is bound elsewhere stays in the list, last, and says so", () =>
  withHost(async (host) => {
    await host.bind("linear", "Engineering (ENG)", "first-project");
    const found = await resolve(host, "linear", identity("engineering-tools"));
    assert.equal(found.at("match_type"), "candidates");
    assert.equal(found.at("candidates.0.display_label"), "Engineering (ENG)");
    assert.equal(found.at("candidates.0.match_reason"), 'Bound to the project "first-project"');
    assert.equal(found.at("candidates.0.confidence"), "low");
    const taken = await resolve(host, "linear", identity("engineering"));
    assert.equal(taken.at("match_type"), "candidates");
    const refused = await confirm(
      host,
      "linear",
      found.text("candidates.0.candidate_token"),
      identity("engineering-tools"),
    );
    assert.equal(refused.status, 409);
    assert.equal(refused.at("error_code"), "already_bound");
  }));

Deno.test("resolve finds none when the installation has no resources", () =>
  withHost(async (host) => {
    await host.call("POST", "/dev/disconnect", { provider: "github", what: "resources" });
    const found = await resolve(host, "github", identity("web"));
    assert.deepEqual(found.body, {
      match_type: "none",
      candidate_token: null,
      binding_ref: null,
      candidates: [],
      display_label: null,
    });
  }));

Deno.test("a provider the team has not connected is 403 on every binding call", () =>
  withHost(async (host) => {
    await host.call("POST", "/dev/disconnect", { provider: "gitlab", what: "installations" });
    const who = identity("x");
    for (
      const refused of [
        await resolve(host, "gitlab", who),
        await confirm(host, "gitlab", "cand_x", who),
        await validate(host, "gitlab", "srm_x", who),
        await host.call("GET", "/api/v1/tracker/resources/?provider=gitlab"),
        await host.call("GET", "/api/v1/tracker/status/?provider=gitlab"),
      ]
    ) {
      assert.equal(refused.status, 403);
      assert.equal(refused.at("error_code"), "no_installation");
      assert.equal(refused.at("provider"), "gitlab");
    }
  }));

Deno.test("a candidate token works once, for ten minutes, for its project, provider and team", () =>
  withHost(async (host) => {
    const who = identity("x");
    const token = async () =>
      (await resolve(host, "linear", who)).text("candidates.0.candidate_token");
    const refused = async (answer: Promise<Answered>) => {
      const { status, at } = await answer;
      assert.equal(status, 400);
      assert.equal(at("error_code"), "invalid_candidate_token");
    };
    await refused(confirm(host, "linear", "cand_made_up", who));
    await refused(confirm(host, "linear", await token(), identity("y")));
    await refused(confirm(host, "jira", await token(), who));
    await addUser(host.context, COMMAND_LINE, {
      username: "eve",
      password: "a secret of eve",
      team: "other",
    });
    const eve = await host.as("eve", "a secret of eve", "other");
    assert.equal((await confirm(eve, "linear", await token(), who)).status, 403);
    const good = await token();
    assert.equal((await confirm(host, "linear", good, who)).status, 200);
    await refused(confirm(host, "linear", good, who));
    const old = await host.call("GET", "/api/v1/tracker/resources/?provider=linear");
    host.platform.clock.advance(600_000);
    await refused(confirm(host, "linear", old.text("resources.0.candidate_token"), who));
  }));

Deno.test("a refused confirm leaves the token usable, and its key free", () =>
  withHost(async (host) => {
    const who = identity("x");
    const token = (await resolve(host, "linear", who)).text("candidates.0.candidate_token");
    await host.bind("linear", "Engineering (ENG)", "first-project");
    assert.equal((await confirm(host, "linear", token, who, "same-key-1")).status, 409);
    const [ref] = (await host.store.all("SELECT binding_ref FROM mappings")).map((row) =>
      String(row["binding_ref"])
    );
    await host.call("POST", "/dev/mapping-state", { binding_ref: ref, state: "deleted" });
    assert.equal((await confirm(host, "linear", token, who, "same-key-1")).status, 200);
  }));

Deno.test("a repeated confirm with its key replays the first answer although the token is spent", () =>
  withHost(async (host) => {
    const who = identity("x");
    const token = (await resolve(host, "linear", who)).text("candidates.0.candidate_token");
    const first = await confirm(host, "linear", token, who, "key-of-bind");
    const second = await confirm(host, "linear", token, who, "key-of-bind");
    assert.deepEqual(second.body, first.body);
    assert.equal(second.headers.get("idempotency-replayed"), "true");
    const other = await confirm(host, "linear", token, identity("y"), "key-of-bind");
    assert.equal(other.at("error_code"), "idempotency_conflict");
  }));

Deno.test("the same project and resource keep their reference; a project that moves frees the old one", () =>
  withHost(async (host) => {
    const first = await host.bind("linear", "Engineering (ENG)");
    assert.equal(await host.bind("linear", "Engineering (ENG)"), first);
    const moved = await host.bind("linear", "Mobile (MOB)");
    assert.notEqual(moved, first);
    const listed = await host.call("GET", "/api/v1/tracker/resources/?provider=linear");
    assert.equal(listed.at("resources.0.binding_ref"), null);
    assert.equal(listed.at("resources.1.binding_ref"), moved);
    assert.equal(listed.at("resources.1.bound_project_slug"), "my-app");
    assert.equal(
      (await validate(host, "linear", first, identity("my-app"))).at("reason"),
      "mapping_deleted",
    );
  }));

Deno.test("validate says what a good reference shows", () =>
  withHost(async (host) => {
    const ref = await host.bind("jira", "Payments (PAY)");
    const { body } = await validate(host, "jira", ref, identity("my-app"));
    assert.deepEqual(body, {
      valid: true,
      binding_ref: ref,
      display_label: "Payments (PAY)",
      provider: "jira",
      provider_context: {
        project_name: "Payments",
        project_key: "PAY",
        site: "acme.atlassian.example",
        workspace: "acme.atlassian.example",
      },
      project_uuid: identity("my-app").uuid,
    });
  }));

Deno.test("validate knows a checkout without a UUID by its slug or repository", () =>
  withHost(async (host) => {
    const ref = await host.bind("jira", "Payments (PAY)");
    const { uuid: _, ...known } = identity("my-app");
    const verdict = async (project: object) =>
      (await validate(host, "jira", ref, project)).at("valid");
    assert.equal(await verdict(known), true);
    assert.equal(await verdict({ ...known, slug: "another" }), false);
  }));

Deno.test("validate says why a reference is not good, with guidance, as a 200", () =>
  withHost(async (host) => {
    const ref = await host.bind("jira", "Payments (PAY)");
    const reason = async (answer: Promise<Answered>) => {
      const { status, at, text } = await answer;
      assert.equal(status, 200);
      assert.equal(at("valid"), false);
      assert.ok(text("guidance").length > 20);
      return at("reason");
    };
    const who = identity("my-app");
    assert.equal(await reason(validate(host, "jira", "srm_none", who)), "mapping_deleted");
    assert.equal(await reason(validate(host, "linear", ref, who)), "mapping_deleted");
    assert.equal(await reason(validate(host, "jira", ref, identity("y"))), "project_mismatch");
    await host.call("POST", "/dev/mapping-state", { binding_ref: ref, state: "disabled" });
    assert.equal(await reason(validate(host, "jira", ref, who)), "mapping_disabled");
    await host.call("POST", "/dev/mapping-state", { binding_ref: ref, state: "deleted" });
    assert.equal(await reason(validate(host, "jira", ref, who)), "mapping_deleted");
  }));

Deno.test("a disabled mapping is no match, and cannot be confirmed back into life", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    await host.call("POST", "/dev/mapping-state", { binding_ref: ref, state: "disabled" });
    const found = await resolve(host, "linear", identity("my-app"));
    assert.equal(found.at("match_type"), "candidates");
    assert.equal(found.at("candidates.0.match_reason"), "The mapping is disabled");
    const token = found.text("candidates.0.candidate_token");
    const refused = await confirm(host, "linear", token, identity("my-app"));
    assert.equal(refused.status, 409);
    assert.equal(refused.at("error_code"), "mapping_disabled");
  }));

Deno.test("another clone of the same repository is the same project", () =>
  withHost(async (host) => {
    const who = identity("web", { repo_slug: "acme/web" });
    const found = await resolve(host, "github", who);
    const bound = await confirm(host, "github", found.text("candidate_token"), who);
    const clone = identity("clone", { repo_slug: "acme/web" });
    const again = await resolve(host, "github", clone);
    assert.equal(again.at("binding_ref"), bound.at("binding_ref"));
    const checked = await validate(host, "github", bound.text("binding_ref"), clone);
    assert.equal(checked.at("valid"), true);
  }));
