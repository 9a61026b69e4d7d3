import assert from "node:assert/strict";
import * as contract from "../../src/contract/mod.ts";
import { isJsonObject } from "../../src/contract/field.ts";
import { examples } from "./openapi_document.ts";
import { anIssue, aPage } from "./samples.ts";

const PULL = aPage([]);

/** Every answer with optional fields, without them, and what may be left out of it. */
const ANSWERS: readonly {
  readonly name: string;
  readonly schema: Parameters<typeof contract.parseWith>[0];
  readonly body: Readonly<Record<string, unknown>>;
  readonly optional: readonly string[];
}[] = [
  {
    name: "status",
    schema: contract.StatusResultSchema,
    body: { provider: "linear", connected: true, sync_state: "never_synced" },
    optional: [
      "project_slug",
      "binding_ref",
      "display_label",
      "last_sync_at",
      "identity_path",
      "counts",
    ],
  },
  {
    name: "a mapping",
    schema: contract.MappingSchema,
    body: { wp_id: "WP01", system: "linear", workspace: "acme", external_id: "1" },
    optional: ["external_key", "external_url", "created_at", "updated_at"],
  },
  {
    name: "a reference",
    schema: contract.ExternalRefSchema,
    body: { system: "linear", workspace: "acme", id: "1" },
    optional: ["key", "url"],
  },
  { name: "a pull", schema: contract.PullResultSchema, body: PULL, optional: ["doctrine"] },
  {
    name: "a full cycle",
    schema: contract.RunResultSchema,
    body: {
      status: "ok",
      summary: PULL["summary"],
      pull: { summary: PULL["summary"], items: null },
      push: { summary: PULL["summary"], items: null },
      identity_path: PULL["identity_path"],
    },
    optional: ["doctrine"],
  },
  {
    name: "a device code",
    schema: contract.DeviceAuthorizationSchema,
    body: {
      device_code: "d",
      user_code: "u",
      verification_uri: "https://tracker.example.com/device",
      expires_in: 600,
      interval: 5,
    },
    optional: ["verification_uri_complete"],
  },
];

for (const { name, schema, body, optional } of ANSWERS) {
  Deno.test(`${name} may say null for what it may leave out, and keeps it`, () => {
    for (const field of optional) {
      const said = { ...body, [field]: null };
      assert.deepEqual(contract.parseWith(schema, said), { ok: true, value: said }, field);
    }
  });
  Deno.test(`${name} may not say null for what it must have`, () => {
    const nullable = new Set(["item_errors", "next_cursor"]);
    for (const field of Object.keys(body).filter((field) => !nullable.has(field))) {
      assert.equal(contract.parseWith(schema, { ...body, [field]: null }).ok, false, field);
    }
  });
}

Deno.test("lifetimes that are null have their defaults, as those that are left out", () => {
  const tokens = { access: "a", refresh: "r" };
  const said = { ...tokens, access_lifetime: null, refresh_lifetime: null, team_slug: null };
  const value = { ...tokens, access_lifetime: 900, refresh_lifetime: 604_800 };
  const schema = contract.TokenResponseSchema;
  assert.deepEqual(contract.parseWith(schema, tokens), { ok: true, value });
  assert.deepEqual(contract.parseWith(schema, said), {
    ok: true,
    value: { ...value, team_slug: null },
  });
});

Deno.test("a request says null for what it may leave out, and means the same", () => {
  const pull = { provider: "linear", binding_ref: "srm_1" };
  const said = { ...pull, limit: null, cursor: null, filters: null };
  assert.deepEqual(contract.parseWith(contract.PullRequestSchema, said), {
    ok: true,
    value: { ...pull, limit: 100, cursor: null, filters: null },
  });
  const search = { ...pull, query_key: null, query_text: "page", limit: null };
  assert.deepEqual(contract.parseWith(contract.IssueSearchRequestSchema, search), {
    ok: true,
    value: { ...search, limit: 10 },
  });
});

Deno.test("a transition does not go to null, and other writes may say it", () => {
  const { ref } = anIssue();
  const item = (action: string) => ({ ref, action, patch: null, target_status: null });
  assert.equal(contract.parsePushItems([item("update")]).ok, true);
  assert.equal(contract.parsePushItems([item("transition")]).ok, false);
});

Deno.test("an error may say null for the word it does not use", () => {
  const error = examples().find(({ place }) => place === "404")?.value;
  assert.ok(isJsonObject(error));
  const { error_code, ...rest } = error;
  const parsed = contract.parseErrorEnvelope({ ...rest, error_code: null, code: error_code });
  assert.equal(parsed?.error_code, error_code);
  assert.equal(contract.parseErrorEnvelope({ ...rest, error_code: null, code: null }), null);
});

Deno.test("an upgrade without a label is an upgrade, also when the label is null", () => {
  const upgrade = { binding_ref: "srm_1", display_label: null, provider_context: null };
  assert.deepEqual(contract.readBindingUpgrade(upgrade), { binding_ref: "srm_1" });
});
