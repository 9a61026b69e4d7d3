import assert from "node:assert/strict";
import { HostedClient } from "../../src/client/client.ts";
import { SessionTokens } from "../../src/client/session.ts";
import { buildSnapshot, publishSnapshot, snapshotKey } from "../../src/tracker/publish.ts";
import { CredentialStore } from "../../src/user/credentials.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { installStandIn } from "../standins/stand_in.ts";
import { withWorld, type World } from "../support/world.ts";
import { bdIssue } from "../support/issues.ts";
import { openHost } from "../../src/client/open_host.ts";

/** A signed-in user whose project is bound to a stand-in for `bd` with two issues, both pulled. */
function inPulledProject(test: (world: World) => Promise<void>): Promise<void> {
  return withWorld(async (world) => {
    const tool = installStandIn(world.home, "bd");
    tool.setIssues(["bd-1", "bd-2"].map((id) => bdIssue(id)));
    await world.signIn();
    await world.ok(
      "bind",
      ...["-p", "beads", "--workspace", "main"],
      ...["--credential", `command=${tool.command}`, "--credential", `cwd=${tool.cwd}`],
    );
    await world.ok("sync", "pull");
    await world.ok("map", "add", "--wp-id", "WP01", "--external-id", "bd-1");
    await world.forgetRequests();
    await test(world);
  });
}

Deno.test("A local project's snapshot reaches the host whole, and a repeat is the same one", () =>
  inPulledProject(async (world) => {
    const planned = await world.json("sync", "publish", "--dry-run");
    assert.deepEqual((await world.look("snapshots")).snapshots, []);
    const receipt = await world.json("sync", "publish");
    assert.equal(receipt.resolution, "queued");
    const again = await world.json("sync", "publish");
    assert.deepEqual(again, receipt);
    const { snapshots } = await world.look("snapshots");
    assert.equal(snapshots.length, 1);
    const [{ body }] = snapshots;
    assert.deepEqual(body, planned.snapshot);
    assert.equal(body.provider, "beads");
    assert.equal(body.external_resource_type, null);
    assert.equal(body.external_resource_id, null);
    assert.equal(body.issues.length, 2);
    assert.equal(body.mappings.length, 1);
    const { records } = await world.look("idempotency");
    assert.ok(records.some((record: { key: string }) => record.key === planned.idempotency_key));
  }));

Deno.test("publish The host places a snapshot by its workspace once somebody has said where", () =>
  inPulledProject(async (world) => {
    await world.lever("snapshot-routes", { provider: "beads", workspace: "main" });
    assert.equal((await world.json("sync", "publish")).resolution, "workspace");
  }));

Deno.test("publish A token from standard input counts, and none at all is the host's 401", () =>
  inPulledProject(async (world) => {
    const token = (await world.ok("auth", "token")).trim();
    // The logout ends the second session at the host; the token is of the first.
    await world.signIn();
    await world.ok("auth", "logout");
    const refused = await world.run(["sync", "publish"]);
    assert.equal(refused.code, 1);
    assert.equal(refused.stdout, "");
    const given = await world.run(["sync", "publish", "--auth-token-stdin"], {
      stdin: token,
      env: { TRACKER_TEAM: "acme" },
    });
    assert.equal(given.code, 0, given.stderr);
  }));

Deno.test("Both resource fields are in the body the host sees, and a rebind is another snapshot", () =>
  withWorld(async (world) => {
    await world.signIn();
    const access = { authToken: (await world.ok("auth", "token")).trim(), teamSlug: "acme" };
    await world.lever("snapshot-routes", {
      provider: "jira",
      workspace: "acme",
      external_resource_type: "jira_project",
      external_resource_id: "WEB",
    });
    const platform = { ...systemPlatform(), env: { get: (name: string) => world.env[name] } };
    const host = await openHost({ platform, baseUrl: world.hostUrl, version: "9.8.7" });
    const credentials = new CredentialStore({ platform });
    const client = new HostedClient({
      ...host,
      tokens: new SessionTokens({ ...host, credentials }),
    });
    const snapshotOf = (key: string | null) =>
      buildSnapshot({
        provider: "jira",
        workspace: "acme",
        credentials: { project_key: key },
        binding: { doctrineMode: "external_authoritative", fieldOwners: {} },
        identity: { uuid: "550e8400-e29b-41d4-a716-446655440000", slug: "web" },
        issues: [],
        mappings: [],
        checkpoint: null,
      });
    const web = await publishSnapshot(client, snapshotOf("WEB"), access);
    const ops = await publishSnapshot(client, snapshotOf("OPS"), access);
    const none = await publishSnapshot(client, snapshotOf(" "), access);
    assert.equal(web.resolution, "exact");
    assert.equal(new Set([web.receipt_id, ops.receipt_id, none.receipt_id]).size, 3);
    assert.notEqual(await snapshotKey(snapshotOf("WEB")), await snapshotKey(snapshotOf("OPS")));
    const { snapshots } = await world.look("snapshots");
    const seen = snapshots.map(({ body }: { body: Record<string, unknown> }) => [
      body["external_resource_type"],
      body["external_resource_id"],
    ]);
    assert.deepEqual(seen.sort(), [[null, null], ["jira_project", "OPS"], ["jira_project", "WEB"]]);
  }));
