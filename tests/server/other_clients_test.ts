/** Calls of other clients, older and newer than the contract, that this host answers in words they can use. */
import assert from "node:assert/strict";
import { withHost } from "./support.ts";

const TICKET = {
  external_issue_id: "7c1f0a52-team-eng-0001",
  external_issue_key: "ENG-1",
  external_issue_url: "https://linear.example/acme/issues/ENG-1",
  title: "Workspaces for larger customers",
};

Deno.test("a search at the older path finds what it finds at today's", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const body = { provider: "linear", binding_ref: ref, query_key: "ENG-1", limit: 10 };
    const older = await host.call("POST", "/api/v1/tracker/issues/search/", body);
    assert.deepEqual(
      older.body,
      (await host.call("POST", "/api/v1/tracker/issue-search/", body)).body,
    );
  }));

Deno.test("an origin bound at the older path is the one of today's", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const common = { provider: "linear", binding_ref: ref, ...TICKET };
    const older = await host.call("POST", "/api/v1/tracker/origin/bind/", {
      ...common,
      mission_id: "001-workspaces",
    }, { "idempotency-key": crypto.randomUUID() });
    const today = await host.call("POST", "/api/v1/tracker/mission-origin/bind/", {
      ...common,
      feature_slug: "001-workspaces",
    }, { "idempotency-key": crypto.randomUUID() });
    assert.equal(older.status, 200);
    assert.equal(older.at("origin_link_id"), today.at("origin_link_id"));
  }));

Deno.test("a client that asks for a live channel is told that there is none, not that its team is wrong", () =>
  withHost(async (host) => {
    const answer = await host.call("POST", "/api/v1/ws-token/", { team_id: "acme" });
    assert.equal(answer.status, 403);
    assert.match(String(answer.at("error_description")), /no live channel/);
  }));

Deno.test("a file of a mission is refused for good, so that its client stops sending it", () =>
  withHost(async (host) => {
    const answer = await host.call("POST", "/api/dossier/push-content/", {
      artifact_path: "spec.md",
    });
    assert.equal(answer.status, 404);
    assert.equal(answer.at("error"), "namespace_not_found");
  }));

Deno.test("calls of other clients need a session as all others do", () =>
  withHost(async (host) => {
    for (const path of ["/api/v1/ws-token/", "/api/dossier/push-content/"]) {
      const answer = await host.call("POST", path, {}, { authorization: "Bearer wrong" });
      assert.equal(answer.status, 401, path);
    }
  }));
