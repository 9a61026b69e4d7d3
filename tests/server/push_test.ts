import assert from "node:assert/strict";
import { type Answered, type TestHost, withHost } from "./support.ts";

const ENG = { system: "linear", workspace: "acme" };
const FIRST = { ...ENG, id: "7c1f0a52-team-eng-0001" };

function push(host: TestHost, ref: string, items: unknown, key?: string): Promise<Answered> {
  return host.call(
    "POST",
    "/api/v1/tracker/push/",
    { provider: "linear", binding_ref: ref, items },
    key === undefined ? {} : { "idempotency-key": key },
  );
}

async function issue(host: TestHost, ref: string, key: string): Promise<Answered> {
  return await host.call("POST", "/api/v1/tracker/issue-search/", {
    provider: "linear",
    binding_ref: ref,
    query_key: key,
  });
}

Deno.test("an update changes the fields it names and counts the version", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const patch = { title: "Another name", priority: 1, labels: ["a"], body: null, assignees: [] };
    const done = await push(host, ref, [{ ref: FIRST, action: "update", patch }]);
    assert.equal(done.at("status"), "ok");
    assert.equal(done.at("items.0.outcome"), "updated");
    assert.equal(done.at("items.0.version"), "2");
    assert.equal(done.at("items.0.remote_ref.key"), "ENG-1");
    assert.equal(done.at("item_errors"), null);
    const pulled = await host.call("POST", "/api/v1/tracker/pull/", {
      provider: "linear",
      binding_ref: ref,
      filters: { updated_since: new Date(host.platform.clock.now()).toISOString() },
    });
    assert.equal(pulled.list("items").length, 1);
    assert.equal(pulled.at("items.0.title"), "Another name");
    assert.equal(pulled.at("items.0.body"), null);
    assert.equal(pulled.at("items.0.issue_type"), "epic");
  }));

Deno.test("a push that changes nothing is unchanged, skipped, and moves no time", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const title = "Workspaces for larger customers";
    const done = await push(host, ref, [
      { ref: FIRST, action: "update", patch: { title } },
      { ref: FIRST, action: "update" },
      { ref: FIRST, action: "transition", target_status: "in_progress" },
    ]);
    assert.deepEqual(done.at("summary"), { total: 3, succeeded: 0, failed: 0, skipped: 3 });
    for (const index of [0, 1, 2]) {
      assert.equal(done.at(`items.${index}.outcome`), "unchanged");
      assert.equal(done.at(`items.${index}.version`), "1");
    }
  }));

Deno.test("a create makes one issue per caller's id, with a key of its own", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const item = {
      ref: { ...ENG, id: "WP07" },
      action: "create",
      patch: { title: "Fresh work", issue_type: "bug", parent_ref: FIRST },
    };
    const made = await push(host, ref, [item]);
    assert.equal(made.at("items.0.outcome"), "created");
    assert.equal(made.at("items.0.ref.id"), "WP07");
    assert.equal(made.at("items.0.remote_ref.key"), "ENG-37");
    const again = await push(host, ref, [{ ...item, patch: { title: "Other words" } }]);
    assert.equal(again.at("items.0.outcome"), "unchanged");
    assert.equal(again.at("items.0.remote_ref.id"), made.at("items.0.remote_ref.id"));
    const mapped = await host.call(
      "GET",
      `/api/v1/tracker/mappings/?provider=linear&binding_ref=${ref}`,
    );
    const last = mapped.list("mappings").length - 1;
    assert.equal(mapped.at(`mappings.${last}.wp_id`), "WP07");
    assert.equal(mapped.at(`mappings.${last}.external_key`), "ENG-37");
    const changed = await push(host, ref, [
      { ref: { ...ENG, id: "WP07" }, action: "transition", target_status: "done" },
    ]);
    assert.equal(changed.at("items.0.outcome"), "transitioned");
  }));

Deno.test("one bad item stops none of the others: partial, with each reason", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const done = await push(host, ref, [
      { ref: { ...ENG, id: "none" }, action: "update", patch: { title: "x" } },
      { ref: FIRST, action: "update", patch: { title: "Still done" } },
      { ref: { ...ENG, id: "WP08" }, action: "create" },
      { ref: { ...ENG, system: "jira", id: "1" }, action: "update" },
      { ref: { ...ENG, workspace: "other", id: "1" }, action: "update" },
      { ref: FIRST, action: "update", patch: { parent_ref: FIRST } },
      { ref: FIRST, action: "update", patch: { parent_ref: { ...ENG, id: "none" } } },
    ]);
    assert.equal(done.status, 200);
    assert.equal(done.at("status"), "partial");
    assert.deepEqual(done.at("summary"), { total: 7, succeeded: 1, failed: 6, skipped: 0 });
    assert.deepEqual(done.list("item_errors").map((_, i) => done.at(`item_errors.${i}.code`)), [
      "issue_not_found",
      "title_required",
      "ref_mismatch",
      "ref_mismatch",
      "invalid_parent",
      "invalid_parent",
    ]);
    assert.equal(done.at("items.1.outcome"), "updated");
    assert.equal(done.at("items.0.remote_ref"), null);
    const all = await push(host, ref, [{ ref: { ...ENG, id: "none" }, action: "update" }]);
    assert.equal(all.at("status"), "error");
  }));

Deno.test("a parent below the issue itself is refused", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const child = { ...ENG, id: "7c1f0a52-team-eng-0003" };
    const done = await push(host, ref, [
      { ref: FIRST, action: "update", patch: { parent_ref: child } },
    ]);
    assert.equal(done.at("item_errors.0.code"), "invalid_parent");
    assert.equal(done.at("item_errors.0.retryable"), false);
  }));

Deno.test("a guided workflow allows only its own transitions and names them", () =>
  withHost(async (host) => {
    const ref = await host.bind("jira", "Payments (PAY)");
    const todo = await host.call("POST", "/api/v1/tracker/pull/", {
      provider: "jira",
      binding_ref: ref,
      filters: { status: ["todo"] },
      limit: 1,
    });
    const move = async (target: string) => {
      const done = await host.call("POST", "/api/v1/tracker/push/", {
        provider: "jira",
        binding_ref: ref,
        items: [{ ref: todo.at("items.0.ref"), action: "transition", target_status: target }],
      });
      return done;
    };
    const refused = await move("done");
    assert.equal(refused.at("item_errors.0.code"), "transition_not_allowed");
    assert.match(refused.text("item_errors.0.message"), /allowed: in_progress, blocked, canceled/);
    for (const target of ["in_progress", "in_review", "done"]) {
      assert.equal((await move(target)).at("items.0.outcome"), "transitioned");
    }
  }));

Deno.test("a transition drops the provider's own word for the old status", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    assert.equal((await issue(host, ref, "ENG-1")).at("candidates.0.status"), "In Progress");
    await push(host, ref, [{ ref: FIRST, action: "transition", target_status: "done" }]);
    assert.equal((await issue(host, ref, "ENG-1")).at("candidates.0.status"), "done");
  }));

Deno.test("a push is refused as a whole when an item is not one, with every fault", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const refused = await push(host, ref, [
      { ref: FIRST, action: "update", patch: { title: "x" } },
      { ref: FIRST, action: "destroy" },
      { ref: FIRST, action: "transition" },
    ]);
    assert.equal(refused.status, 422);
    assert.equal(refused.at("details.0.field"), "items[1].action");
    assert.equal(refused.at("details.1.field"), "items[2].target_status");
    const unknown = await push(host, ref, [{ ref: FIRST, action: "update", patch: { x: 1 } }]);
    assert.equal(unknown.status, 422);
  }));

Deno.test("the same key and body replay the first push, another body is a conflict", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const items = (title: string) => [{ ref: FIRST, action: "update", patch: { title } }];
    const first = await push(host, ref, items("One"), "push-key-1");
    await push(host, ref, items("Two"), "push-key-2");
    const replay = await push(host, ref, items("One"), "push-key-1");
    assert.deepEqual(replay.body, first.body);
    assert.equal(first.headers.get("idempotency-replayed"), null);
    assert.equal(replay.headers.get("idempotency-replayed"), "true");
    const now = await issue(host, ref, "ENG-1");
    assert.equal(now.at("candidates.0.title"), "Two");
    const conflict = await push(host, ref, items("Three"), "push-key-1");
    assert.equal(conflict.status, 409);
    assert.equal(conflict.at("error_code"), "idempotency_conflict");
    const elsewhere = await host.call("POST", "/api/v1/tracker/run/", {
      provider: "linear",
      binding_ref: ref,
      items: items("One"),
    }, { "idempotency-key": "push-key-1" });
    assert.equal(elsewhere.status, 409);
    assert.equal(elsewhere.at("error_code"), "idempotency_conflict");
  }));

Deno.test("a replay is kept for a day; a write without a key is refused", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const items = [{ ref: FIRST, action: "update", patch: { title: "One" } }];
    await push(host, ref, items, "push-key-1");
    await host.store.run("UPDATE idempotency SET created_at = created_at - 86400000");
    const later = await push(host, ref, items, "push-key-1");
    assert.equal(later.at("items.0.outcome"), "unchanged");
    for (const key of [null, "", "short", "with blank inside"]) {
      const refused = await host.call("POST", "/api/v1/tracker/push/", {
        provider: "linear",
        binding_ref: ref,
        items,
      }, { "idempotency-key": key });
      assert.equal(refused.status, 422);
      assert.equal(refused.at("details.0.field"), "Idempotency-Key");
    }
  }));

Deno.test("the address of an issue made at Jira has the form of those that were there", () =>
  withHost(async (host) => {
    const ref = await host.bind("jira", "Payments (PAY)");
    const answer = await host.call("POST", "/api/v1/tracker/push/", {
      provider: "jira",
      binding_ref: ref,
      items: [{
        ref: { system: "jira", workspace: "acme.atlassian.example", id: "own-1" },
        action: "create",
        patch: { title: "New" },
      }],
    }, { "idempotency-key": crypto.randomUUID() });
    const key = answer.text("items.0.remote_ref.key");
    assert.equal(
      answer.at("items.0.remote_ref.url"),
      `https://acme.atlassian.example/browse/${key}`,
    );
  }));
