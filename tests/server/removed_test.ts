import assert from "node:assert/strict";
import { importIssues } from "../../src/server/import/import.ts";
import { findResource } from "../../src/server/mod.ts";
import { insertRows } from "../../src/server/store/insert.ts";
import { storeIssue, takeChanges } from "../../src/server/store/issues.ts";
import { removeIssue } from "../../src/server/store/tombstones.ts";
import { anIssue } from "../support/issues.ts";
import { bead, lines } from "./import_records.ts";
import { id, ids, now, pull, remove, touch, withEngineering } from "./removed_support.ts";
import { valueAt, withHost } from "./support.ts";

Deno.test("the host says that it tells of removed issues", () =>
  withHost(async (host) => {
    const health = await host.call("GET", "/api/v1/tracker/health/");
    assert.ok(health.list("extensions").includes("removed"));
  }));

Deno.test("a pull of what changed since names what was removed since, with its reference, and nothing older", () =>
  withEngineering(async (host, ref) => {
    const first = await pull(host, ref);
    assert.deepEqual(first.at("removed"), []);
    await remove(host, "ENG-5");
    await host.platform.clock.sleep(60_000);
    const since = now(host);
    await remove(host, "ENG-3");
    const page = await pull(host, ref, { filters: { updated_since: since } });
    const known = first.list("items").find((one) => valueAt(one, "ref.key") === "ENG-3");
    assert.deepEqual(page.at("removed"), [valueAt(known, "ref")]);
    assert.deepEqual(page.at("items"), []);
    assert.deepEqual(page.at("summary.total"), 0);
    assert.ok(!ids(await pull(host, ref), "items").includes(id(3)));
  }));

Deno.test("filters by status and type hide no removal", () =>
  withEngineering(async (host, ref) => {
    const since = now(host);
    await remove(host, "ENG-1", "ENG-2", "ENG-3", "ENG-4");
    const filters = { updated_since: since, status: ["canceled"], issue_type: ["subtask"] };
    assert.deepEqual(ids(await pull(host, ref, { filters })), [id(1), id(2), id(3), id(4)]);
  }));

Deno.test("a listing from the start names none of before, and those that happen while it pages", () =>
  withEngineering(async (host, ref) => {
    await remove(host, "ENG-1");
    const first = await pull(host, ref, { limit: 10 });
    assert.deepEqual(ids(first), []);
    const [shown] = ids(first, "items");
    assert.ok(shown !== undefined);
    await remove(host, shown, "ENG-30");
    const removed: string[] = [];
    let cursor = first.at("next_cursor");
    while (cursor !== null) {
      const page = await pull(host, ref, { limit: 10, cursor });
      removed.push(...ids(page));
      assert.ok(!ids(page, "items").includes(id(30)));
      cursor = page.at("next_cursor");
    }
    assert.deepEqual(removed, [shown, id(30)]);
  }));

Deno.test("a removal is in the page of the changes that it happened between", () =>
  withEngineering(async (host, ref) => {
    const since = now(host);
    await remove(host, "ENG-1");
    await touch(host, ref, "ENG-2");
    await remove(host, "ENG-3");
    await touch(host, ref, "ENG-4");
    await remove(host, "ENG-5");
    const pages: string[][][] = [];
    let cursor: unknown;
    do {
      const more = cursor === undefined ? {} : { cursor };
      const page = await pull(host, ref, { limit: 1, filters: { updated_since: since }, ...more });
      pages.push([ids(page, "items"), ids(page)]);
      cursor = page.at("next_cursor") ?? undefined;
    } while (cursor !== undefined);
    assert.deepEqual(pages, [[[id(2)], [id(1)]], [[id(4)], [id(3), id(5)]]]);
  }));

Deno.test("more removals than fit one answer are paged, and pages of issues stay in their order", () =>
  withEngineering(async (host, ref) => {
    const resource = await findResource(host.store, "linear", "Engineering (ENG)");
    assert.ok(resource !== null);
    const since = now(host);
    await host.store.transaction(async (tx) => {
      await storeIssue(tx, resource.id, anIssue("m0"), false);
      await removeIssue(tx, resource.id, "m0", Date.parse(since));
      const removed = await tx.one("SELECT * FROM tombstones WHERE external_id = 'm0'");
      const change = Number(removed?.["change"]);
      // One by one they would take a minute on PostgreSQL.
      const others = Array.from({ length: 10_000 }, (_, index) => ({
        ...removed,
        external_id: `m${index + 1}`,
        ref: JSON.stringify(anIssue(`m${index + 1}`).ref),
        change: change + index + 1,
      }));
      await takeChanges(tx, resource.id, others.length);
      await insertRows(tx, "tombstones", others);
      await storeIssue(tx, resource.id, { ...anIssue("last"), updated_at: since }, false);
    });
    const filters = { updated_since: since };
    const first = await pull(host, ref, { filters });
    assert.deepEqual([first.list("removed").length, first.at("items")], [10_000, []]);
    assert.equal(first.at("has_more"), true);
    const second = await pull(host, ref, { filters, cursor: first.at("next_cursor") });
    assert.deepEqual(ids(second), ["m10000"]);
    assert.deepEqual(ids(second, "items"), ["last"]);
    assert.equal(second.at("has_more"), false);
  }));

Deno.test("an issue that comes back is told as changed, is removed no more, and continues its versions", () =>
  withHost(async (host) => {
    const tombstone = bead("1", { status: "tombstone", deleted_at: "2026-01-03T00:00:00Z" });
    await importIssues(host.context, lines(bead("1"), bead("2")), { label: "beads" });
    const ref = await host.bind("linear", "beads");
    await importIssues(host.context, lines(bead("1", { title: "Two" }), bead("2")), {
      label: "beads",
    });
    const since = now(host);
    const report = await importIssues(host.context, lines(tombstone, bead("2")), {
      label: "beads",
    });
    assert.deepEqual([report.deleted, report.removed, report.unchanged], [1, 1, 1]);
    assert.deepEqual(ids(await pull(host, ref, { filters: { updated_since: since } })), ["1"]);
    await host.platform.clock.sleep(60_000);
    const later = now(host);
    await importIssues(host.context, lines(bead("1"), bead("2")), { label: "beads" });
    for (const updated_since of [since, later]) {
      const page = await pull(host, ref, { filters: { updated_since } });
      assert.deepEqual([ids(page), ids(page, "items")], [[], ["1"]]);
      assert.equal(page.at("items.0.version"), "3");
    }
    const again = await importIssues(host.context, lines(tombstone, bead("2")), { label: "beads" });
    assert.equal(again.removed, 1);
    assert.deepEqual(ids(await pull(host, ref, { filters: { updated_since: since } })), ["1"]);
  }));

Deno.test("a file of nothing but deleted issues takes them away, and is refused when none of them is here", () =>
  withHost(async (host) => {
    await importIssues(host.context, lines(bead("1")), { label: "beads" });
    const deleted = lines(bead("1", { _type: "tombstone" }));
    const report = await importIssues(host.context, deleted, { label: "beads" });
    assert.equal(report.removed, 1);
    await assert.rejects(importIssues(host.context, deleted, { label: "beads" }), {
      code: "import_empty",
    });
    await assert.rejects(importIssues(host.context, deleted, { label: "others" }), {
      code: "import_empty",
    });
    assert.equal(await findResource(host.store, "linear", "others"), null);
  }));

Deno.test("an issue that moves is gone from the one resource and new in the other", () =>
  withEngineering(async (host, ref) => {
    const since = now(host);
    const moved = await host.call("POST", "/dev/issues/move", {
      provider: "linear",
      resource: "Engineering (ENG)",
      key: "ENG-2",
      to: "Mobile (MOB)",
    });
    assert.match(moved.text("key"), /^MOB-\d+$/);
    assert.deepEqual(ids(await pull(host, ref, { filters: { updated_since: since } })), [id(2)]);
    const mobile = await host.bind("linear", "Mobile (MOB)", "other-app");
    const page = await pull(host, mobile, { filters: { updated_since: since } });
    assert.deepEqual([ids(page, "items"), ids(page)], [[id(2)], []]);
    assert.equal(page.at("items.0.ref.key"), moved.at("key"));
  }));

Deno.test("the caller's id of an issue that was removed is free for a new one", () =>
  withEngineering(async (host, ref) => {
    const create = async () => {
      const done = await host.call("POST", "/api/v1/tracker/push/", {
        provider: "linear",
        binding_ref: ref,
        items: [{
          ref: { system: "linear", workspace: "acme", id: "WP07" },
          action: "create",
          patch: { title: "Fresh work" },
        }],
      });
      return [done.at("items.0.outcome"), done.at("items.0.remote_ref.id")];
    };
    const [, first] = await create();
    await remove(host, String(first));
    const [outcome, second] = await create();
    assert.equal(outcome, "created");
    assert.notEqual(second, first);
    assert.deepEqual(await create(), ["unchanged", second]);
  }));

Deno.test("a full cycle after a removal is complete", () =>
  withEngineering(async (host, ref) => {
    const run = async () => {
      const done = await host.call("POST", "/api/v1/tracker/run/", {
        provider: "linear",
        binding_ref: ref,
        limit: 1000,
      });
      const accepted = done.at("operation_id");
      return typeof accepted === "string" ? (await host.ended(accepted)).at("result") : done.body;
    };
    await run();
    await remove(host, "ENG-1", "ENG-2");
    const after = await run();
    assert.equal(valueAt(after, "has_more"), false);
    assert.equal(valueAt(after, "pull.summary.total"), 0);
  }));

Deno.test("a cursor that was issued before there were removals is still good", () =>
  withEngineering(async (host, ref) => {
    const first = await pull(host, ref, { limit: 10 });
    const [after, scope] = JSON.parse(atob(first.text("next_cursor")));
    await remove(host, "ENG-1");
    const old = btoa(JSON.stringify([after, scope])).replaceAll("=", "");
    assert.deepEqual(ids(await pull(host, ref, { limit: 100, cursor: old })), [id(1)]);
  }));

Deno.test("the id of a removed issue names no other one, and no new issue gets it for a key", () =>
  withHost(async (host) => {
    const tombstone = bead("BEADS-2", { status: "tombstone", deleted_at: "2026-01-03T00:00:00Z" });
    const label = { label: "beads" };
    await importIssues(host.context, lines(bead("BEADS-1"), bead("BEADS-2")), label);
    await importIssues(host.context, lines(bead("BEADS-1"), tombstone), label);
    const ref = await host.bind("linear", "beads");
    const push = (id: string, action: string) =>
      host.call("POST", "/api/v1/tracker/push/", {
        provider: "linear",
        binding_ref: ref,
        items: [{
          ref: { system: "linear", workspace: "beads", id },
          action,
          patch: { title: "Sent" },
        }],
      });
    assert.equal((await push("WP01", "create")).at("items.0.remote_ref.key"), "BEADS-3");
    const resource = await findResource(host.store, "linear", "beads");
    assert.ok(resource !== null);
    const other = anIssue("x1");
    const named = { ...other, ref: { ...other.ref, key: "BEADS-2" } };
    await host.store.transaction((tx) => storeIssue(tx, resource.id, named, false));
    const done = await push("BEADS-2", "update");
    assert.equal(done.at("item_errors.0.code"), "issue_not_found");
  }));
