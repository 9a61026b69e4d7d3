import assert from "node:assert/strict";
import { importIssues } from "../../src/server/mod.ts";
import { bead, counts, imported, lines } from "./import_records.ts";
import { valueAt, withHost } from "./support.ts";

Deno.test("a bd export becomes issues; memories, schema lines and deleted ones do not", () =>
  withHost(async (host) => {
    const text = lines(
      { _schema: "1.0" },
      { _type: "memory", id: "m1", text: "remember" },
      bead("bd-1", { _type: "issue", issue_type: "epic" }),
      bead("bd-2", {
        status: "hooked",
        issue_type: "convoy",
        priority: 0,
        description: "Why",
        design: "How",
        acceptance_criteria: "When",
        notes: "Also",
        assignee: "mei",
        labels: ["x"],
        owner: "jonas",
        dependencies: [
          { issue_id: "bd-2", depends_on_id: "bd-1", type: "parent-child" },
          { issue_id: "bd-2", depends_on_id: "bd-3", type: "blocks" },
          { issue_id: "bd-2", depends_on_id: "bd-3", type: "discovered-from" },
          { issue_id: "bd-2", depends_on_id: "bd-9", type: "blocks" },
        ],
      }),
      bead("bd-3", { status: "closed", priority: 7 }),
      bead("bd-4", { status: "tombstone" }),
      { id: "bd-5" },
    );
    const report = await importIssues(host.context, text, { label: "beads-issues" });
    assert.deepEqual(counts(report), [3, 0, 0, 2, 1]);
    assert.deepEqual(report.skipped.map(({ line }) => line), [7]);
    const issue = await imported(host, "beads-issues", "bd-2");
    assert.deepEqual(issue, {
      ref: {
        system: "linear",
        workspace: "beads-issues",
        id: "bd-2",
        key: "bd-2",
        url: "https://linear.invalid/beads-issues/issues/bd-2",
      },
      title: "Bead bd-2",
      body: "Why\n\n## Design\n\nHow\n\n## Acceptance criteria\n\nWhen\n\n## Notes\n\nAlso",
      status: "in_progress",
      issue_type: "epic",
      priority: 1,
      assignees: ["mei"],
      labels: ["x"],
      parent_ref: { system: "linear", workspace: "beads-issues", id: "bd-1", key: "bd-1" },
      links: [
        {
          type: "blocked_by",
          ref: { system: "linear", workspace: "beads-issues", id: "bd-3", key: "bd-3" },
        },
        {
          type: "relates_to",
          ref: { system: "linear", workspace: "beads-issues", id: "bd-3", key: "bd-3" },
        },
      ],
      custom_fields: {},
      created_at: "2026-01-01T00:00:00.123456789Z",
      updated_at: "2026-01-02T00:00:00+01:00",
      provider_metadata: {
        status_name: "hooked",
        issue_type_name: "convoy",
        priority_number: 0,
        owner: "jonas",
        dependencies: valueAt(issue, "provider_metadata.dependencies"),
      },
    });
    assert.equal(valueAt(await imported(host, "beads-issues", "bd-3"), "status"), "done");
    assert.equal(valueAt(await imported(host, "beads-issues", "bd-3"), "priority"), 0);
  }));

Deno.test("imported issues can be bound, pulled, searched and started from", () =>
  withHost(async (host) => {
    await importIssues(host.context, lines(bead("bd-1")), { label: "beads-issues" });
    const ref = await host.bind("linear", "beads-issues");
    const pulled = await host.call("POST", "/api/v1/tracker/pull/", {
      provider: "linear",
      binding_ref: ref,
    });
    assert.equal(pulled.list("items").length, 1);
    const found = await host.call("POST", "/api/v1/tracker/issue-search/", {
      provider: "linear",
      binding_ref: ref,
      query_key: "BD-1",
    });
    assert.equal(found.at("candidates.0.status"), "open");
    assert.ok(found.text("candidates.0.url").startsWith("https://"));
  }));

Deno.test("deleted issues are counted, are no fault, and stand for an older record", () =>
  withHost(async (host) => {
    const text = lines(
      bead("1"),
      bead("1", { status: "tombstone", deleted_at: "2026-01-03T00:00:00Z" }),
      bead("2", { _type: "tombstone" }),
      bead("3", { status: "closed", deleted_at: "2026-01-03T00:00:00Z" }),
      { id: "4", status: "tombstone" },
      bead("5", { status: "tombstone", updated_at: "2026-01-01T00:00:00Z" }),
      bead("5"),
    );
    const report = await importIssues(host.context, text, { label: "beads" });
    assert.deepEqual(counts(report), [1, 0, 0, 0, 0]);
    assert.equal(report.deleted, 4);
    assert.deepEqual(report.replaced.map(({ line }) => line), [1, 6]);
    assert.equal(valueAt(await imported(host, "beads", "5"), "status"), "todo");
  }));

const EXPORT = new URL("../../../shared/data/beads-issues.jsonl", import.meta.url);

Deno.test("a real export of 704 issues comes in whole", () =>
  withHost(async (host) => {
    let text: string;
    try {
      text = await Deno.readTextFile(EXPORT);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      console.log("Skipped: there is no export here");
      return;
    }
    const report = await importIssues(host.context, text, { label: "beads-issues" });
    assert.deepEqual(counts(report), [704, 0, 0, 0, 0]);
    const ref = await host.bind("linear", "beads-issues");
    const pulled = await host.call("POST", "/api/v1/tracker/pull/", {
      provider: "linear",
      binding_ref: ref,
      limit: 10_000,
    });
    assert.equal(pulled.list("items").length, 704);
    assert.deepEqual(counts(await importIssues(host.context, text, { label: "beads-issues" })), [
      0,
      0,
      704,
      0,
      0,
    ]);
  }));
