import assert from "node:assert/strict";
import { type Answered, type TestHost, valueAt, withHost } from "./support.ts";

const ENG = { system: "linear", workspace: "acme" };
const FIRST = { ...ENG, id: "7c1f0a52-team-eng-0001" };
const SECOND = { ...ENG, id: "7c1f0a52-team-eng-0002" };

function push(host: TestHost, ref: string, items: unknown, headers = {}): Promise<Answered> {
  return host.call(
    "POST",
    "/api/v1/tracker/push/",
    { provider: "linear", binding_ref: ref, items },
    headers,
  );
}

function rename(title: string, base_version?: string | null, ref = FIRST) {
  return { ref, action: "update", patch: { title }, base_version };
}

async function pulled(host: TestHost, ref: string, id: string): Promise<unknown> {
  const page = await host.call("POST", "/api/v1/tracker/pull/", {
    provider: "linear",
    binding_ref: ref,
  });
  return page.list("items").find((item) => valueAt(item, "ref.id") === id);
}

async function withEngineering(
  test: (host: TestHost, ref: string) => Promise<void>,
): Promise<void> {
  await withHost(async (host) => await test(host, await host.bind("linear", "Engineering (ENG)")));
}

Deno.test("the host says that it checks versions and changes sets", () =>
  withHost(async (host) => {
    const health = await host.call("GET", "/api/v1/tracker/health/");
    const listed = health.list("extensions");
    for (const name of ["base_version", "patch_sets"]) assert.ok(listed.includes(name), name);
  }));

Deno.test("a pulled issue carries the version that a push of it answers with", () =>
  withEngineering(async (host, ref) => {
    assert.equal(valueAt(await pulled(host, ref, FIRST.id), "version"), "1");
    const done = await push(host, ref, [rename("Once more")]);
    assert.equal(done.at("items.0.version"), "2");
    assert.equal(valueAt(await pulled(host, ref, FIRST.id), "version"), "2");
    const run = await host.call("POST", "/api/v1/tracker/run/", {
      provider: "linear",
      binding_ref: ref,
      pull_first: true,
      limit: 5,
    });
    for (const item of run.list("pull.items")) assert.equal(valueAt(item, "version"), "1");
  }));

Deno.test("an item made on the current version is applied, and one without a version, too", () =>
  withEngineering(async (host, ref) => {
    const done = await push(host, ref, [rename("One", "1"), rename("Two", "2"), rename("Three")]);
    assert.deepEqual(done.at("summary"), { total: 3, succeeded: 3, failed: 0, skipped: 0 });
    assert.equal(done.at("items.2.version"), "4");
    const none = await push(host, ref, [rename("Four", null)]);
    assert.equal(none.at("items.0.outcome"), "updated");
  }));

Deno.test("an item made on an older version changes nothing and brings the issue as it is; others go on", () =>
  withEngineering(async (host, ref) => {
    await push(host, ref, [rename("A colleague's title")]);
    const before = await pulled(host, ref, FIRST.id);
    const done = await push(host, ref, [rename("Ours", "1"), rename("Other", "1", SECOND)]);
    assert.equal(done.at("status"), "partial");
    assert.deepEqual(done.at("items.0"), {
      ref: FIRST,
      action: "update",
      outcome: "failed",
      remote_ref: null,
      version: null,
      message: 'The issue has changed since version "1"; it is at version "2" now',
    });
    assert.equal(done.at("items.1.outcome"), "updated");
    assert.deepEqual(done.at("item_errors"), [{
      ref: FIRST,
      code: "version_conflict",
      message: 'The issue has changed since version "1"; it is at version "2" now',
      retryable: false,
      details: { current: before },
    }]);
    assert.deepEqual(await pulled(host, ref, FIRST.id), before);
  }));

Deno.test("a version that the issue has never had is a conflict", () =>
  withEngineering(async (host, ref) => {
    const done = await push(host, ref, [rename("Ours", "9"), rename("Ours", "x"), rename("O", "")]);
    assert.equal(done.at("status"), "error");
    assert.equal(done.at("item_errors.1.details.current.version"), "1");
  }));

Deno.test("an item whose answer was lost is unchanged when it is sent again on its old version", () =>
  withEngineering(async (host, ref) => {
    const item = {
      ref: FIRST,
      action: "transition",
      target_status: "done",
      patch: { labels_add: ["sent"], custom_fields: { estimate: 3 } },
      base_version: "1",
    };
    assert.equal((await push(host, ref, [item])).at("items.0.outcome"), "transitioned");
    const again = await push(host, ref, [item]);
    assert.equal(again.at("items.0.outcome"), "unchanged");
    assert.equal(again.at("items.0.version"), "2");
    await push(host, ref, [rename("A colleague's title")]);
    const later = await push(host, ref, [item]);
    assert.equal(later.at("items.0.outcome"), "unchanged");
    assert.equal(later.at("items.0.version"), "3");
  }));

Deno.test("a conflict comes before what the workflow would say", () =>
  withHost(async (host) => {
    const ref = await host.bind("jira", "Payments (PAY)");
    const page = await host.call("POST", "/api/v1/tracker/pull/", {
      provider: "jira",
      binding_ref: ref,
      filters: { status: ["todo"] },
    });
    const item = {
      ref: valueAt(page.at("items.0"), "ref"),
      action: "transition",
      target_status: "done",
    };
    const send = (base_version: string) =>
      host.call("POST", "/api/v1/tracker/push/", {
        provider: "jira",
        binding_ref: ref,
        items: [{ ...item, base_version }],
      });
    assert.equal((await send("0")).at("item_errors.0.code"), "version_conflict");
    assert.equal((await send("1")).at("item_errors.0.code"), "transition_not_allowed");
  }));

Deno.test("a create takes no notice of a version", () =>
  withEngineering(async (host, ref) => {
    const create = {
      ref: { ...ENG, id: "WP07" },
      action: "create",
      patch: { title: "Fresh work" },
      base_version: "7",
    };
    assert.equal((await push(host, ref, [create])).at("items.0.outcome"), "created");
    assert.equal((await push(host, ref, [create])).at("items.0.outcome"), "unchanged");
  }));

Deno.test("an operation tells of its conflicts, too", () =>
  withEngineering(async (host, ref) => {
    const headers = { prefer: "respond-async" };
    const accepted = await push(host, ref, [rename("Ours", "0"), rename("Other")], headers);
    assert.equal(accepted.status, 202);
    const ended = await host.ended(accepted.text("operation_id"));
    assert.equal(ended.at("result.item_errors.0.code"), "version_conflict");
    assert.equal(ended.at("result.item_errors.0.details.current.version"), "1");
    assert.equal(ended.at("result.items.1.outcome"), "updated");
  }));

Deno.test("conflicts that would overfill the answer come without their issues", () =>
  withEngineering(async (host, ref) => {
    const body = "x".repeat(1_500_000);
    const refs = [FIRST, SECOND, { ...ENG, id: "7c1f0a52-team-eng-0003" }];
    for (const ref_ of refs) {
      await push(host, ref, [{ ref: ref_, action: "update", patch: { body } }]);
    }
    const done = await push(host, ref, refs.map((one) => rename("Ours", "1", one)));
    const told = done.list("item_errors").map((error) =>
      valueAt(error, "details.current.version") ?? null
    );
    assert.deepEqual(told, ["2", "2", null]);
  }));

Deno.test("what an imported issue says of a version is not this host's", () =>
  withHost(async (host) => {
    const { importIssues } = await import("../../src/server/import/import.ts");
    const issue = {
      ref: { system: "linear", workspace: "acme", id: "imp-1" },
      title: "Imported",
      status: "todo",
      issue_type: "task",
      created_at: "2026-01-01T00:00:00Z",
      updated_at: "2026-01-01T00:00:00Z",
      version: "99",
    };
    await importIssues(host.context, JSON.stringify([issue]), { label: "Imported" });
    const ref = await host.bind("linear", "Imported");
    assert.equal(valueAt(await pulled(host, ref, "imp-1"), "version"), "1");
  }));
