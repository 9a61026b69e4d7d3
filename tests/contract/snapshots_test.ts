import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import {
  canonicalJson,
  parseWith,
  resolveResourceRouting,
  snapshotIdentity,
  type SnapshotRequest,
  SnapshotRequestSchema,
} from "../../src/contract/mod.ts";
import { anIssue } from "./samples.ts";

const NOTHING = { external_resource_type: null, external_resource_id: null };

const SNAPSHOT: SnapshotRequest = {
  provider: "jira",
  workspace: "acme",
  external_resource_type: "jira_project",
  external_resource_id: "SITE",
  doctrine_mode: "external_authoritative",
  doctrine_field_owners: {},
  project_uuid: "550e8400-e29b-41d4-a716-446655440000",
  project_slug: "my-project",
  issues: [anIssue()],
  mappings: [],
  checkpoint: { cursor: null, updated_since: null },
};

Deno.test("Jira routes by its project key, Linear by its team id", () => {
  assert.deepEqual(resolveResourceRouting("jira", { project_key: "SITE" }), {
    external_resource_type: "jira_project",
    external_resource_id: "SITE",
  });
  assert.deepEqual(resolveResourceRouting("linear", { team_id: "team_1" }), {
    external_resource_type: "linear_team",
    external_resource_id: "team_1",
  });
});

Deno.test("blanks and case of the provider, and blanks around the credential, do not count", () => {
  assert.deepEqual(resolveResourceRouting(" Jira ", { project_key: " SITE\n" }), {
    external_resource_type: "jira_project",
    external_resource_id: "SITE",
  });
});

Deno.test("a missing, empty, blank or strange credential routes nowhere", () => {
  for (const project_key of [undefined, null, "", "  ", "\t\n", 7, {}, ["SITE"]]) {
    assert.deepEqual(resolveResourceRouting("jira", { project_key }), NOTHING);
  }
  assert.deepEqual(resolveResourceRouting("linear", {}), NOTHING);
});

Deno.test("one provider's credential does not route another", () => {
  assert.deepEqual(resolveResourceRouting("jira", { team_id: "team_1" }), NOTHING);
  assert.deepEqual(resolveResourceRouting("linear", { project_key: "SITE" }), NOTHING);
});

Deno.test("any other provider routes nowhere, whatever its credentials hold", () => {
  for (const provider of ["beads", "fp", "github", "gitlab", ""]) {
    const credentials = { project_key: "SITE", team_id: "team_1" };
    assert.deepEqual(resolveResourceRouting(provider, credentials), NOTHING);
  }
});

Deno.test("type and id are both set or both null, for any provider and any credential", () => {
  fc.assert(fc.property(
    fc.oneof(fc.constantFrom("jira", "linear", "beads"), fc.string()),
    fc.record({ project_key: fc.anything(), team_id: fc.anything() }, { requiredKeys: [] }),
    (provider, credentials) => {
      const routing = resolveResourceRouting(provider, credentials);
      assert.equal(routing.external_resource_type === null, routing.external_resource_id === null);
      assert.notEqual(routing.external_resource_id?.trim(), "");
    },
  ));
});

Deno.test("a snapshot with one of the two resource fields is refused", () => {
  assert.ok(parseWith(SnapshotRequestSchema, SNAPSHOT).ok);
  assert.ok(parseWith(SnapshotRequestSchema, { ...SNAPSHOT, ...NOTHING }).ok);
  const halves: object[] = [{ external_resource_id: null }, { external_resource_type: null }];
  const paths = halves.map((half) => {
    const parsed = parseWith(SnapshotRequestSchema, { ...SNAPSHOT, ...half });
    return parsed.ok ? null : parsed.path;
  });
  assert.deepEqual(paths, ["external_resource_id", "external_resource_id"]);
});

Deno.test("the identity of a snapshot follows its seven fields and no other", () => {
  const identity = snapshotIdentity(SNAPSHOT);
  assert.equal(snapshotIdentity({ ...SNAPSHOT, project_slug: "other" }), identity);
  assert.equal(snapshotIdentity({ ...SNAPSHOT, doctrine_mode: "split_ownership" }), identity);
  const others: SnapshotRequest[] = [
    { ...SNAPSHOT, provider: "linear" },
    { ...SNAPSHOT, workspace: "other" },
    { ...SNAPSHOT, external_resource_type: "linear_team", external_resource_id: "SITE" },
    { ...SNAPSHOT, external_resource_type: "jira_project", external_resource_id: "WEB" },
    { ...SNAPSHOT, external_resource_type: null, external_resource_id: null },
    { ...SNAPSHOT, issues: [] },
    { ...SNAPSHOT, mappings: [{ wp_id: "WP01", system: "s", workspace: "w", external_id: "1" }] },
    { ...SNAPSHOT, checkpoint: { cursor: "c_1", updated_since: null } },
  ];
  const identities = new Set([identity, ...others.map(snapshotIdentity)]);
  assert.equal(identities.size, others.length + 1);
});

Deno.test("canonical JSON sorts keys at every depth and has no blanks", () => {
  assert.equal(
    canonicalJson({ b: [{ z: 1, y: null }], a: "ü", 10: true, 9: false, gone: undefined }),
    '{"10":true,"9":false,"a":"ü","b":[{"y":null,"z":1}]}',
  );
  assert.equal(canonicalJson([undefined, "x"]), '[null,"x"]');
});

Deno.test("canonical JSON says the same value, and the same text for any order of keys", () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
    const text = canonicalJson(value);
    assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
    const reversed = Object.fromEntries(Object.entries(value).reverse());
    assert.equal(canonicalJson(reversed), text);
  }));
});
