import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { ENVELOPE_FIELDS, EventEnvelopeSchema } from "../../src/contract/events.ts";
import { faultsOf } from "../../src/contract/parse.ts";
import { SnapshotRequestSchema } from "../../src/contract/snapshots.ts";
import { HostedApiError } from "../../src/client/errors.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import {
  buildSnapshot,
  publishSnapshot,
  resolveResourceRouting,
  snapshotKey,
  type SnapshotParts,
} from "../../src/tracker/publish.ts";
import { anIssue as issue } from "../store/issue_fixture.ts";

const NOWHERE = { external_resource_type: null, external_resource_id: null };

const JIRA: SnapshotParts = {
  provider: "jira",
  workspace: "acme",
  credentials: { project_key: "WEB", token: "never sent" },
  binding: { doctrineMode: "external_authoritative", fieldOwners: { title: "external" } },
  identity: { uuid: "550e8400-e29b-41d4-a716-446655440000", slug: "web" },
  issues: [issue("b"), issue("a")],
  mappings: [
    { wp_id: "WP02", system: "jira", workspace: "acme", external_id: "b" },
    { wp_id: "WP01", system: "jira", workspace: "acme", external_id: "a" },
  ],
  checkpoint: { cursor: "c1", updatedSince: "2026-03-01T00:00:00Z" },
};

Deno.test("Jira and Linear are routed by their own credential, under locked wire values", () => {
  assert.deepEqual(resolveResourceRouting("jira", { project_key: "WEB", team_id: "x" }), {
    external_resource_type: "jira_project",
    external_resource_id: "WEB",
  });
  assert.deepEqual(resolveResourceRouting("linear", { team_id: "t-1", project_key: "x" }), {
    external_resource_type: "linear_team",
    external_resource_id: "t-1",
  });
});

Deno.test("The provider's name may be written in any case", () => {
  for (const name of ["Jira", "JIRA", " jIrA "]) {
    assert.equal(resolveResourceRouting(name, { project_key: "WEB" }).external_resource_id, "WEB");
  }
  assert.equal(
    resolveResourceRouting("LINEAR", { team_id: "t" }).external_resource_type,
    "linear_team",
  );
});

Deno.test("A credential that is missing, empty, blank or null gives two nulls", () => {
  for (const [provider, key] of [["jira", "project_key"], ["linear", "team_id"]] as const) {
    const absent = [{}, { [key]: "" }, { [key]: "  \t" }, { [key]: null }, { [key]: undefined }];
    for (const credentials of [...absent, { [key]: 7 }, { [key]: ["WEB"] }]) {
      assert.deepEqual(resolveResourceRouting(provider, credentials), NOWHERE);
    }
  }
});

Deno.test("Other providers have no resource, whatever their credentials say", () => {
  for (const provider of ["beads", "fp", "github", "gitlab", "azure_devops", "jira_cloud", ""]) {
    const credentials = { project_key: "WEB", team_id: "t" };
    assert.deepEqual(resolveResourceRouting(provider, credentials), NOWHERE);
  }
});

Deno.test("The routing is pure: both set or both null, never a failure, nothing changed", () => {
  fc.assert(fc.property(
    fc.oneof(fc.constantFrom("jira", "linear", "Jira", "beads"), fc.string()),
    fc.dictionary(fc.constantFrom("project_key", "team_id", "x"), fc.anything()),
    (provider, credentials) => {
      const frozen = Object.freeze(credentials);
      const first = resolveResourceRouting(provider, frozen);
      assert.deepEqual(resolveResourceRouting(provider, frozen), first);
      assert.equal(
        first.external_resource_type === null,
        first.external_resource_id === null,
      );
    },
  ));
});

Deno.test("The body has both fields beside what it had, keeps the contract, and holds no credential", () => {
  const body = buildSnapshot(JIRA);
  assert.deepEqual(Object.keys(body).sort(), [
    "checkpoint",
    "doctrine_field_owners",
    "doctrine_mode",
    "external_resource_id",
    "external_resource_type",
    "issues",
    "mappings",
    "project_slug",
    "project_uuid",
    "provider",
    "workspace",
  ]);
  assert.equal(body.external_resource_type, "jira_project");
  assert.equal(body.external_resource_id, "WEB");
  assert.deepEqual(body.checkpoint, { cursor: "c1", updated_since: "2026-03-01T00:00:00Z" });
  assert.deepEqual(faultsOf(SnapshotRequestSchema, JSON.parse(JSON.stringify(body))), []);
  assert.doesNotMatch(JSON.stringify(body), /never sent/);
});

Deno.test("A snapshot before the first pull, without a resource, is a whole one", () => {
  const body = buildSnapshot({
    ...JIRA,
    provider: "beads",
    issues: [],
    mappings: [],
    checkpoint: null,
  });
  assert.equal(body.external_resource_type, null);
  assert.equal(body.external_resource_id, null);
  assert.deepEqual(body.checkpoint, { cursor: null, updated_since: null });
  assert.deepEqual(faultsOf(SnapshotRequestSchema, body), []);
});

Deno.test("Rebinding changes the idempotency key while nothing else does", async () => {
  const key = await snapshotKey(buildSnapshot(JIRA));
  assert.match(key, /^[0-9a-f]{64}$/);
  const same = await snapshotKey(buildSnapshot({ ...JIRA, issues: [...JIRA.issues].reverse() }));
  assert.equal(same, key);
  const others: SnapshotParts[] = [
    { ...JIRA, credentials: { project_key: "OPS" } },
    { ...JIRA, credentials: {} },
    { ...JIRA, provider: "linear" },
    { ...JIRA, workspace: "other" },
    { ...JIRA, issues: [issue("a")] },
    { ...JIRA, mappings: [] },
    { ...JIRA, checkpoint: { cursor: "c2", updatedSince: "2026-03-01T00:00:00Z" } },
    { ...JIRA, checkpoint: null },
  ];
  const keys = await Promise.all(others.map((parts) => snapshotKey(buildSnapshot(parts))));
  assert.equal(new Set([key, ...keys]).size, others.length + 1);
});

Deno.test("A conflict of the key is explained; other failures come as they are", async () => {
  const failing = (errorCode: string) => ({
    publishSnapshot: () =>
      Promise.reject(new HostedApiError({ errorCode, message: "No", statusCode: 409 })),
  });
  const codeOf = async (work: Promise<unknown>): Promise<string> =>
    await work.then(() => "none", (error) => error instanceof TrackerError ? error.code : "other");
  const snapshot = buildSnapshot(JIRA);
  assert.equal(
    await codeOf(publishSnapshot(failing("idempotency_conflict"), snapshot)),
    "snapshot_conflict",
  );
  assert.equal(await codeOf(publishSnapshot(failing("unauthorized"), snapshot)), "unauthorized");
});

Deno.test("The event envelope has its 15 fields and their types, no more and no less", () => {
  const event: Record<string, unknown> = {
    event_id: "01J9Z3NDEKTSV4RRFFQ69G5FAV",
    event_type: "FeatureCreated",
    aggregate_id: "012-fix-login",
    aggregate_type: "Feature",
    payload: {},
    timestamp: "2026-03-01T12:00:00+00:00",
    node_id: "a1b2c3d4e5f6",
    lamport_clock: 0,
    causation_id: null,
    team_slug: "local",
    project_uuid: null,
    project_slug: null,
    git_branch: null,
    head_commit_sha: null,
    repo_slug: null,
  };
  assert.deepEqual([...ENVELOPE_FIELDS], Object.keys(event));
  assert.deepEqual(faultsOf(EventEnvelopeSchema, event), []);
  for (const name of Object.keys(event)) {
    const { [name]: _left, ...rest } = event;
    assert.notDeepEqual(faultsOf(EventEnvelopeSchema, rest), [], `without ${name}`);
    const wrong = { ...event, [name]: name === "payload" ? "x" : { wrong: true } };
    assert.notDeepEqual(faultsOf(EventEnvelopeSchema, wrong), [], `wrong ${name}`);
  }
  assert.notDeepEqual(faultsOf(EventEnvelopeSchema, { ...event, external_resource_id: "x" }), []);
});
