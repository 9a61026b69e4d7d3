import assert from "node:assert/strict";
import { ENDPOINTS } from "../../src/contract/paths.ts";
import { addUser, COMMAND_LINE } from "../../src/server/mod.ts";
import { ensureTeam } from "../../src/server/accounts/users.ts";
import { addResource, ensureInstallation } from "../../src/server/bindings/resources.ts";
import { type Answered, identity, type TestHost, withHost } from "./support.ts";

/** Eve, of a team of her own that has Linear connected, too. */
async function eveAt(host: TestHost): Promise<TestHost> {
  await addUser(host.context, COMMAND_LINE, {
    username: "eve",
    password: "a secret of eve",
    team: "others",
  });
  const team = await ensureTeam(host.context, "others");
  const installation = await ensureInstallation(host.context, team.id, "linear");
  await addResource(host.context, installation, {
    provider: "linear",
    externalId: "their-team",
    workspace: "others",
    key: "OTH",
    name: "Theirs",
    label: "Theirs (OTH)",
    url: "https://linear.invalid/others",
    context: {},
    workflow: "open",
  });
  return await host.as("eve", "a secret of eve", "others");
}

Deno.test("with the references of another team no call reads or changes anything of it", () =>
  withHost(async (host) => {
    const binding_ref = await host.bind("linear", "Engineering (ENG)");
    const routed = { provider: "linear", binding_ref };
    const project_identity = identity("my-app");
    const item = {
      ref: { system: "linear", workspace: "acme", id: "7c1f0a52-team-eng-0001" },
      action: "update",
      patch: { title: "Taken over" },
    };
    const listed = await host.call("GET", "/api/v1/tracker/resources/?provider=linear");
    const candidate_token = listed.text("resources.1.candidate_token");
    const prefer = { prefer: "respond-async" };
    const accepted = await host.call("POST", "/api/v1/tracker/run/", routed, prefer);
    const operation = accepted.text("operation_id");
    await host.ended(operation);
    const query = `?provider=linear&binding_ref=${binding_ref}`;
    const origin = {
      feature_slug: "001-x",
      external_issue_id: item.ref.id,
      external_issue_key: "ENG-1",
      external_issue_url: "https://linear.app/acme/issue/ENG-1",
      title: "t",
    };
    const comment = { ...routed, external_issue_id: item.ref.id };
    const attempts: Record<string, (eve: TestHost) => Promise<Answered>> = {
      status: (eve) => eve.call("GET", `/api/v1/tracker/status/${query}`),
      mappings: (eve) => eve.call("GET", `/api/v1/tracker/mappings/${query}`),
      pull: (eve) => eve.call("POST", "/api/v1/tracker/pull/", routed),
      push: (eve) => eve.call("POST", "/api/v1/tracker/push/", { ...routed, items: [item] }),
      run: (eve) => eve.call("POST", "/api/v1/tracker/run/", routed),
      operation: (eve) => eve.call("GET", `/api/v1/tracker/operations/${operation}/`),
      resources: (eve) => eve.call("GET", "/api/v1/tracker/resources/?provider=linear"),
      resolve: (eve) =>
        eve.call("POST", "/api/v1/tracker/bind-resolve/", { provider: "linear", project_identity }),
      confirm: (eve) =>
        eve.call("POST", "/api/v1/tracker/bind-confirm/", {
          provider: "linear",
          candidate_token,
          project_identity,
        }),
      validate: (eve) =>
        eve.call("POST", "/api/v1/tracker/bind-validate/", { ...routed, project_identity }),
      search: (eve) =>
        eve.call("POST", "/api/v1/tracker/issue-search/", { ...routed, query_key: "ENG-1" }),
      bindOrigin: (eve) =>
        eve.call("POST", "/api/v1/tracker/mission-origin/bind/", { ...routed, ...origin }),
      listComments: (eve) => eve.call("POST", "/api/v1/tracker/comments/list/", comment),
      addComment: (eve) =>
        eve.call("POST", "/api/v1/tracker/comments/add/", { ...comment, body: "Taken over" }),
    };
    // All that is about a team; events and snapshots are kept for their own sender and team.
    const open = ["token", "refresh", "device", "deviceToken", "revoke", "me", "health"];
    const covered = [...open, ...Object.keys(attempts), "eventsBatch", "snapshots"];
    assert.deepEqual(ENDPOINTS.map(({ operation: name }) => name).sort(), covered.sort());

    const before = await stateOf(host);
    const eve = await eveAt(host);
    for (const [name, attempt] of Object.entries(attempts)) {
      for (const team of ["others", "acme"]) {
        const as = { ...eve, call: withTeam(eve, team) };
        const { status, body } = await attempt(as);
        const shown = JSON.stringify(body);
        for (const secret of ["Engineering", "ENG-", "my-app", "Mobile"]) {
          assert.ok(!shown.includes(secret), `${name} as ${team} shows ${secret}: ${shown}`);
        }
        const isOwn = ["resources", "resolve", "validate"].includes(name) && team === "others";
        assert.equal(status < 300, isOwn, `${name} as ${team}: ${status} ${shown}`);
      }
    }
    assert.deepEqual(await stateOf(host), before);
    assert.equal((await host.call("GET", `/api/v1/tracker/status/${query}`)).status, 200);
  }));

function withTeam(host: TestHost, team: string): TestHost["call"] {
  return (method, path, body, headers = {}) =>
    host.call(method, path, body, { "x-team-slug": team, ...headers });
}

/** What could have been changed: bindings, issues, operations, origins, unused candidate tokens. */
async function stateOf({ store }: TestHost): Promise<unknown> {
  return [
    await store.all("SELECT binding_ref, resource_id, state, last_sync_at FROM mappings"),
    await store.all("SELECT external_id, version FROM issues"),
    await store.all("SELECT id, state FROM operations"),
    await store.all("SELECT id FROM origin_links"),
    await store.all("SELECT id FROM comments"),
    await store.all("SELECT hash FROM candidate_tokens WHERE used_at IS NOT NULL"),
  ].map((rows) => rows.map((row) => ({ ...row })));
}
