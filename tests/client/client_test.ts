import assert from "node:assert/strict";
import type { HostedClient } from "../../src/client/client.ts";
import type { Stub } from "../support/fetch.ts";
import { EMPTY_PAGE, EMPTY_PUSH, EMPTY_RUN, failing, STATUS, withClient } from "./support.ts";
import { resolution } from "../support/answers.ts";

const REF = { binding_ref: "srm_1" } as const;
const SLUG = { project_slug: "web" } as const;
const IDENTITY = { uuid: "u", slug: "web", node_id: "a1b2c3d4e5f6", repo_slug: null };
const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const ITEM = {
  ref: { system: "linear", workspace: "acme", id: "1" },
  action: "transition",
  target_status: "done",
} as const;

const LINK = {
  featureSlug: "042-login",
  externalIssueId: "i1",
  externalIssueKey: "WEB-1",
  externalIssueUrl: "https://linear.app/WEB-1",
  title: "Login",
};

const BOUND = {
  binding_ref: "srm_1",
  display_label: "Web",
  provider: "linear",
  provider_context: { team_name: "Core" },
};

const COMMENT = {
  id: "cmt_1",
  author: "Ada",
  body: "Seen",
  created_at: "2026-03-01T12:00:00Z",
  updated_at: "2026-03-01T12:00:00Z",
};

interface CallCase {
  readonly name: string;
  readonly stub: Stub;
  readonly call: (client: HostedClient) => Promise<unknown>;
  readonly gives: unknown;
}

const CALLS: readonly CallCase[] = [
  {
    name: "status by binding_ref names it in the query",
    stub: {
      request: "GET /api/v1/tracker/status/?provider=linear&binding_ref=srm_1",
      reply: { status: 200, json: STATUS },
    },
    call: (client) => client.status("linear", REF),
    gives: STATUS,
  },
  {
    name: "status by a legacy project_slug names that alone",
    stub: {
      request: "GET /api/v1/tracker/status/?provider=jira&project_slug=web",
      reply: { status: 200, json: STATUS },
    },
    call: (client) => client.status("jira", SLUG),
    gives: STATUS,
  },
  {
    name: "status of the installation names the provider alone",
    stub: {
      request: "GET /api/v1/tracker/status/?provider=linear",
      reply: {
        status: 200,
        json: {
          provider: "linear",
          connected: true,
          installation_id: "in",
          resource_count: 0,
          bindings: [],
        },
      },
    },
    call: (client) => client.installationStatus("linear"),
    gives: {
      provider: "linear",
      connected: true,
      installation_id: "in",
      resource_count: 0,
      bindings: [],
    },
  },
  {
    name: "mappings are asked for by the routing key",
    stub: {
      request: "GET /api/v1/tracker/mappings/?provider=linear&binding_ref=srm_1",
      reply: { status: 200, json: { mappings: [] } },
    },
    call: (client) => client.mappings("linear", REF),
    gives: { mappings: [] },
  },
  {
    name: "pull sends provider, routing key and the default limit",
    stub: {
      request: "POST /api/v1/tracker/pull/",
      headers: { "idempotency-key": null, "content-type": "application/json" },
      body: { provider: "linear", binding_ref: "srm_1", limit: 100 },
      reply: { status: 200, json: EMPTY_PAGE },
    },
    call: (client) => client.pull("linear", REF, { cursor: null }),
    gives: EMPTY_PAGE,
  },
  {
    name: "pull passes limit, cursor and filters on",
    stub: {
      request: "POST /api/v1/tracker/pull/",
      body: {
        provider: "github",
        project_slug: "web",
        limit: 7,
        cursor: "c",
        filters: { status: ["todo"] },
      },
      reply: { status: 200, json: EMPTY_PAGE },
    },
    call: (client) =>
      client.pull("github", SLUG, { limit: 7, cursor: "c", filters: { status: ["todo"] } }),
    gives: EMPTY_PAGE,
  },
  {
    name: "push sends its items with a fresh idempotency key",
    stub: {
      request: "POST /api/v1/tracker/push/",
      headers: { "idempotency-key": UUID_V4 },
      body: { provider: "linear", binding_ref: "srm_1", items: [ITEM] },
      reply: { status: 200, json: EMPTY_PUSH },
    },
    call: (client) => client.push("linear", REF, [ITEM]),
    gives: { kind: "done", result: EMPTY_PUSH, replayed: false },
  },
  {
    name: "push by a legacy project_slug",
    stub: {
      request: "POST /api/v1/tracker/push/",
      body: { provider: "linear", project_slug: "web", items: [] },
      reply: { status: 200, json: EMPTY_PUSH },
    },
    call: (client) => client.push("linear", SLUG, []),
    gives: { kind: "done", result: EMPTY_PUSH, replayed: false },
  },
  {
    name: "push carries the caller's idempotency key, and a 202 is an operation to wait for",
    stub: {
      request: "POST /api/v1/tracker/push/",
      headers: { "idempotency-key": "7d444840-9dc0-4ad1-945f-ce1e1b0a1c31" },
      reply: { status: 202, json: { operation_id: "op_1", status: "pending" } },
    },
    call: (client) =>
      client.push("linear", REF, [], { idempotencyKey: "7d444840-9dc0-4ad1-945f-ce1e1b0a1c31" }),
    gives: { kind: "accepted", operationId: "op_1", replayed: false },
  },
  {
    name: "run pulls first and has a limit of 100 unless told otherwise",
    stub: {
      request: "POST /api/v1/tracker/run/",
      headers: { "idempotency-key": UUID_V4 },
      body: { provider: "linear", binding_ref: "srm_1", pull_first: true, limit: 100 },
      reply: { status: 200, json: EMPTY_RUN },
    },
    call: (client) => client.run("linear", REF),
    gives: { kind: "done", result: EMPTY_RUN, replayed: false },
  },
  {
    name: "run by a legacy project_slug, told otherwise, accepted with a 202",
    stub: {
      request: "POST /api/v1/tracker/run/",
      body: { provider: "gitlab", project_slug: "web", pull_first: false, limit: 5 },
      reply: { status: 202, json: { operation_id: "op_2", status: "pending" } },
    },
    call: (client) => client.run("gitlab", SLUG, { pullFirst: false, limit: 5 }),
    gives: { kind: "accepted", operationId: "op_2", replayed: false },
  },
  {
    name: "an operation is looked at by its id, escaped",
    stub: {
      request: "GET /api/v1/tracker/operations/a%2Fb/",
      reply: {
        status: 200,
        json: { operation_id: "a/b", status: "running", result: null, error: null },
      },
    },
    call: (client) => client.operation("a/b"),
    gives: { operation_id: "a/b", status: "running", result: null, error: null },
  },
  {
    name: "health is asked for without a provider",
    stub: {
      request: "GET /api/v1/tracker/health/",
      reply: { status: 200, json: { status: "ok" } },
    },
    call: (client) => client.health(),
    gives: { status: "ok", version: null, extensions: [] },
  },
  {
    name: "resources of a provider are listed",
    stub: {
      request: "GET /api/v1/tracker/resources/?provider=jira",
      reply: { status: 200, json: { resources: [], installation_id: "in", provider: "jira" } },
    },
    call: (client) => client.resources("jira"),
    gives: { resources: [], installation_id: "in", provider: "jira" },
  },
  {
    name: "bind-resolve sends provider and project identity",
    stub: {
      request: "POST /api/v1/tracker/bind-resolve/",
      headers: { "idempotency-key": null },
      body: { provider: "linear", project_identity: IDENTITY },
      reply: {
        status: 200,
        json: resolution(),
      },
    },
    call: (client) => client.bindResolve("linear", IDENTITY),
    gives: resolution(),
  },
  {
    name: "bind-confirm sends the candidate token with an idempotency key",
    stub: {
      request: "POST /api/v1/tracker/bind-confirm/",
      headers: { "idempotency-key": UUID_V4 },
      body: { provider: "linear", candidate_token: "ct", project_identity: IDENTITY },
      reply: { status: 200, json: { ...BOUND, bound_at: "2026-03-01T12:00:00Z" } },
    },
    call: (client) => client.bindConfirm("linear", "ct", IDENTITY),
    gives: { ...BOUND, bound_at: "2026-03-01T12:00:00Z" },
  },
  {
    name: "bind-validate of a good reference",
    stub: {
      request: "POST /api/v1/tracker/bind-validate/",
      body: { provider: "linear", binding_ref: "srm_1", project_identity: IDENTITY },
      reply: { status: 200, json: { valid: true, ...BOUND } },
    },
    call: (client) => client.bindValidate("linear", "srm_1", IDENTITY),
    gives: { valid: true, ...BOUND },
  },
  {
    name: "bind-validate of a bad reference is an answer too",
    stub: {
      request: "POST /api/v1/tracker/bind-validate/",
      reply: {
        status: 200,
        json: { valid: false, binding_ref: "x", reason: "mapping_deleted", guidance: "Bind again" },
      },
    },
    call: (client) => client.bindValidate("linear", "x", IDENTITY),
    gives: { valid: false, binding_ref: "x", reason: "mapping_deleted", guidance: "Bind again" },
  },
  {
    name: "a search sends key and text as given and a limit of 10",
    stub: {
      request: "POST /api/v1/tracker/issue-search/",
      body: {
        provider: "linear",
        binding_ref: "srm_1",
        query_key: "WEB-1",
        query_text: "login",
        limit: 10,
      },
      reply: {
        status: 200,
        json: { candidates: [], resource_type: "linear_team", resource_id: "t" },
      },
    },
    call: (client) => client.searchIssues("linear", REF, { queryKey: "WEB-1", queryText: "login" }),
    gives: { candidates: [], resource_type: "linear_team", resource_id: "t" },
  },
  {
    name: "an origin is bound with all of the ticket and an idempotency key",
    stub: {
      request: "POST /api/v1/tracker/mission-origin/bind/",
      headers: { "idempotency-key": UUID_V4 },
      body: {
        provider: "linear",
        binding_ref: "srm_1",
        feature_slug: "042-login",
        external_issue_id: "i1",
        external_issue_key: "WEB-1",
        external_issue_url: "https://linear.app/WEB-1",
        title: "Login",
        external_status: "Todo",
      },
      reply: { status: 200, json: { origin_link_id: "ol", bound_at: "2026-03-01T12:00:00Z" } },
    },
    call: (client) => client.bindOrigin("linear", REF, { ...LINK, externalStatus: "Todo" }),
    gives: { origin_link_id: "ol", bound_at: "2026-03-01T12:00:00Z" },
  },
  {
    name: "comments of an issue are asked for by page",
    stub: {
      request: "POST /api/v1/tracker/comments/list/",
      body: { provider: "jira", ...REF, external_issue_id: "i1", cursor: "c2" },
      reply: { status: 200, json: { comments: [COMMENT], next_cursor: null } },
    },
    call: (client) => client.listComments("jira", REF, "i1", { cursor: "c2" }),
    gives: { comments: [COMMENT], next_cursor: null },
  },
  {
    name: "a comment is added under a key",
    stub: {
      request: "POST /api/v1/tracker/comments/add/",
      body: { provider: "jira", ...SLUG, external_issue_id: "i1", body: "Seen" },
      headers: { "idempotency-key": UUID_V4 },
      reply: { status: 200, json: COMMENT },
    },
    call: (client) => client.addComment("jira", SLUG, { issueId: "i1", body: "Seen" }),
    gives: { kind: "done", result: COMMENT, replayed: false },
  },
];

for (const { name, stub, call, gives } of CALLS) {
  Deno.test(name, async () => {
    await withClient([stub], async ({ client }) => assert.deepEqual(await call(client), gives));
  });
}

Deno.test("without any routing key the call fails before a request", async () => {
  await withClient([], async ({ client, platform }) => {
    const calls = [
      client.status("linear", null),
      client.mappings("linear", null),
      client.pull("linear", null),
      client.push("linear", null, []),
      client.run("linear", null),
      client.searchIssues("linear", null, { queryText: "x" }),
      client.bindOrigin("linear", null, LINK),
    ];
    for (const call of calls) {
      const error = await failing(call, "missing_routing_key");
      assert.match(error.nextAction ?? "", /tracker bind/);
    }
    assert.equal(platform.network.requests.length, 0);
  });
});
