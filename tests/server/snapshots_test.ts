import assert from "node:assert/strict";
import { anIssue } from "../support/issues.ts";
import { publish } from "./snapshots_support.ts";
import { withHost } from "./support.ts";

Deno.test("a snapshot without a known place is kept and queued, with a receipt", () =>
  withHost(async (host) => {
    const receipt = await publish(host);
    assert.equal(receipt.at("resolution"), "queued");
    const kept = await host.call("GET", "/dev/snapshots");
    assert.equal(kept.at("snapshots.0.receipt_id"), receipt.at("receipt_id"));
    assert.equal(kept.at("snapshots.0.body.external_resource_type"), null);
  }));

Deno.test("a snapshot goes by its resource, then by its workspace, then to a person", () =>
  withHost(async (host) => {
    await host.bind("jira", "Web Platform (WEB)");
    const site = { provider: "jira", workspace: "acme.atlassian.example" };
    const named = (id: string) => ({
      ...site,
      external_resource_type: "jira_project",
      external_resource_id: id,
    });
    const resolution = async (more: Record<string, unknown>, key: string) =>
      (await publish(host, more, key.repeat(64))).at("resolution");
    assert.equal(await resolution(named("10012"), "1"), "exact");
    assert.equal(await resolution(named("99999"), "2"), "workspace");
    assert.equal(await resolution(site, "3"), "workspace");
    await host.bind("jira", "Payments (PAY)", "other");
    assert.equal(await resolution(named("10027"), "4"), "exact");
    assert.equal(await resolution(site, "5"), "queued");
    assert.equal(await resolution({ ...site, workspace: "elsewhere" }, "6"), "queued");
    await host.call("POST", "/dev/snapshot-routes", { provider: "beads", workspace: "demo" });
    assert.equal(await resolution({}, "7"), "workspace");
  }));

Deno.test("the same snapshot is taken once; its key with another body is a conflict", () =>
  withHost(async (host) => {
    const first = await publish(host);
    assert.deepEqual((await publish(host)).body, first.body);
    assert.equal((await host.call("GET", "/dev/snapshots")).list("snapshots").length, 1);
    const conflict = await publish(host, { project_slug: "other" });
    assert.equal(conflict.status, 409);
    assert.equal(conflict.at("error_code"), "idempotency_conflict");
  }));

Deno.test("one of the two resource fields without the other, or no key, is 422", () =>
  withHost(async (host) => {
    for (
      const more of [
        { external_resource_type: "jira_project" },
        { external_resource_id: "10012" },
        { external_resource_type: " ", external_resource_id: "1" },
        { issues: [{}] },
      ]
    ) assert.equal((await publish(host, more)).status, 422, JSON.stringify(more));
    for (const key of [null, "x".repeat(7), "x".repeat(201), "with space"]) {
      assert.equal((await publish(host, {}, key)).status, 422, String(key));
    }
    assert.equal((await host.call("GET", "/dev/snapshots")).list("snapshots").length, 0);
    assert.equal((await publish(host, {}, "of-mine!")).status, 200);
  }));

Deno.test("a fault deep in a snapshot is named by its place, and nothing is stored", () =>
  withHost(async (host) => {
    const issues = Array.from({ length: 300 }, (_, index) => anIssue(String(index)));
    const broken = issues.with(250, { ...anIssue("250"), status: "no status" as "todo" });
    const refused = await publish(host, { issues: broken, mappings: [{}] });
    assert.equal(refused.status, 422);
    assert.equal(refused.at("details.0.field"), "issues[250].status");
    assert.match(String(refused.at("details.1.field")), /^mappings\[0\]\./);
    assert.deepEqual((await host.call("GET", "/dev/snapshots")).list("snapshots"), []);
    assert.equal((await publish(host, { issues })).status, 200);
  }));
