import assert from "node:assert/strict";
import type * as v from "valibot";
import {
  BindOriginRequestSchema,
  IssueSearchRequestSchema,
  MappingsQuerySchema,
  parseWith,
  PullRequestSchema,
  PushRequestSchema,
  readBindingUpgrade,
  RunRequestSchema,
  StatusQuerySchema,
} from "../../src/contract/mod.ts";

const ROUTED: Readonly<Record<string, [v.GenericSchema<unknown, unknown>, object]>> = {
  pull: [PullRequestSchema, {}],
  push: [PushRequestSchema, { items: [] }],
  run: [RunRequestSchema, {}],
  mappings: [MappingsQuerySchema, {}],
  search: [IssueSearchRequestSchema, {}],
  "bind origin": [BindOriginRequestSchema, {
    feature_slug: "007-dark-theme",
    external_issue_id: "1",
    external_issue_key: "WEB-1",
    external_issue_url: "https://example.com/1",
    title: "T",
  }],
};

function faultOf(schema: v.GenericSchema<unknown, unknown>, value: unknown): string | null {
  const parsed = parseWith(schema, value);
  return parsed.ok ? null : `${parsed.path} ${parsed.message}`;
}

for (const [call, [schema, rest]] of Object.entries(ROUTED)) {
  Deno.test(`${call} is routed by one key: of two the reference, and null is absent`, () => {
    const body = { provider: "linear", ...rest };
    assert.equal(faultOf(schema, { ...body, binding_ref: "srm_1" }), null);
    assert.equal(faultOf(schema, { ...body, project_slug: "my-project" }), null);
    assert.equal(faultOf(schema, body), "binding_ref is missing");
    for (const other of [null, "my-project"]) {
      const both = parseWith(schema, { ...body, binding_ref: "srm_1", project_slug: other });
      assert.ok(both.ok);
      assert.equal(valueOf(both.value, "binding_ref"), "srm_1");
    }
    const legacy = parseWith(schema, { ...body, binding_ref: null, project_slug: "my-project" });
    assert.ok(legacy.ok);
    assert.equal(valueOf(legacy.value, "project_slug"), "my-project");
    assert.equal(
      faultOf(schema, { ...body, binding_ref: null, project_slug: null }),
      "binding_ref is missing",
    );
    assert.equal(faultOf(schema, { ...body, binding_ref: " " }), "binding_ref must not be blank");
  });
}

function valueOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

Deno.test("a status may go without a routing key", () => {
  assert.deepEqual(parseWith(StatusQuerySchema, { provider: "jira" }), {
    ok: true,
    value: { provider: "jira" },
  });
  assert.equal(
    faultOf(StatusQuerySchema, { provider: "jira", binding_ref: "a", project_slug: "b" }),
    null,
  );
});

Deno.test("the origin of a mission is read in the words of other clients, too", () => {
  const [schema, rest] = ROUTED["bind origin"] ?? assert.fail();
  const { feature_slug: _slug, title: _title, ...bare } = Object.fromEntries(Object.entries(rest));
  const body = { provider: "jira", binding_ref: "srm_1", ...bare, external_title: "T" };
  for (
    const mission of [
      { mission_slug: "007-x", mission_id: "01JMBY7K8N3QRVX2DPFG5HWT4E" },
      { mission_id: "007-x" },
      { feature_slug: "007-x", mission_slug: "other" },
      { feature_slug: null, mission_slug: "007-x" },
    ]
  ) {
    const parsed = parseWith(schema, { ...body, ...mission });
    assert.ok(parsed.ok, JSON.stringify(parsed));
    assert.equal(valueOf(parsed.value, "feature_slug"), "007-x");
    assert.equal(valueOf(parsed.value, "title"), "T");
  }
  assert.equal(faultOf(schema, body), "feature_slug is missing");
});

Deno.test("local and removed providers are no providers of the host", () => {
  for (const provider of ["beads", "fp", "azure_devops", "Linear"]) {
    assert.match(faultOf(StatusQuerySchema, { provider }) ?? "", /^provider must be one of/);
  }
});

Deno.test("what a request leaves out takes the page's default", () => {
  const body = { provider: "linear", binding_ref: "srm_1" };
  const limitOf = (schema: v.GenericSchema<unknown, { limit: number }>) => {
    const parsed = parseWith(schema, body);
    assert.ok(parsed.ok);
    return parsed.value.limit;
  };
  assert.equal(limitOf(PullRequestSchema), 100);
  assert.equal(limitOf(RunRequestSchema), 100);
  assert.equal(limitOf(IssueSearchRequestSchema), 10);
  const run = parseWith(RunRequestSchema, body);
  assert.ok(run.ok && run.value.pull_first);
});

Deno.test("a limit is a whole number from 1 to 10000", () => {
  const body = { provider: "linear", binding_ref: "srm_1" };
  for (const limit of [1, 10_000]) {
    assert.equal(faultOf(PullRequestSchema, { ...body, limit }), null);
  }
  for (const limit of [0, 10_001, 1.5, -1]) {
    assert.equal(
      faultOf(PullRequestSchema, { ...body, limit }),
      "limit must be a whole number from 1 to 10000",
    );
  }
});

Deno.test("a fault in a pushed item is named by its place in the request", () => {
  const items = [{ ref: { system: "a", workspace: "b", id: "c" }, action: "transition" }];
  assert.equal(
    faultOf(PushRequestSchema, { provider: "jira", binding_ref: "srm_1", items }),
    "items[0].target_status is missing",
  );
});

Deno.test("an answer's binding is read from beside its payload", () => {
  assert.deepEqual(
    readBindingUpgrade({
      status: "ok",
      binding_ref: "srm_1",
      display_label: "Web app (WEB)",
      provider_context: { team_name: "Engineering" },
    }),
    {
      binding_ref: "srm_1",
      display_label: "Web app (WEB)",
      provider_context: { team_name: "Engineering" },
    },
  );
  assert.deepEqual(readBindingUpgrade({ binding_ref: "srm_1" }), { binding_ref: "srm_1" });
});

Deno.test("an answer without a usable binding upgrades nothing", () => {
  for (const body of [null, [], "x", {}, { binding_ref: null }, { binding_ref: "" }]) {
    assert.equal(readBindingUpgrade(body), null);
  }
});
