import assert from "node:assert/strict";
import { importIssues } from "../../src/server/mod.ts";
import { counts, imported } from "./import_records.ts";
import { valueAt, withHost } from "./support.ts";

/** An issue as `gh issue list --json` prints it. */
function listed(number: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    assignees: [{ id: "U_1", login: "sam", name: "Sam" }],
    author: { id: "U_2", is_bot: false, login: "mei", name: "Mei" },
    body: "What is wrong\r\n",
    closedAt: null,
    createdAt: "2026-01-01T00:00:00Z",
    labels: [{ id: "L_1", name: "docs", description: "", color: "ffffff" }],
    milestone: null,
    number,
    state: "OPEN",
    stateReason: "",
    title: `Issue ${number}`,
    updatedAt: "2026-01-02T00:00:00Z",
    url: `https://github.com/acme/web/issues/${number}`,
    ...more,
  };
}

Deno.test("issues that gh has listed are imported under their numbers and their repository", () =>
  withHost(async (host) => {
    const list = [
      listed(1),
      listed(2, { state: "CLOSED", stateReason: "NOT_PLANNED", milestone: { title: "v1" } }),
      listed(3, { state: "CLOSED", stateReason: "COMPLETED", issueType: { name: "Bug" } }),
      listed(4, { labels: [{ name: "enhancement" }, { name: "priority: urgent" }], body: "" }),
    ];
    const report = await importIssues(host.context, JSON.stringify(list), { label: "web" });
    assert.deepEqual(counts(report), [4, 0, 0, 0, 0]);
    const [one, two, three, four] = await Promise.all(
      ["1", "2", "3", "4"].map((id) => imported(host, "web", id, "github")),
    );
    assert.deepEqual(valueAt(one, "ref"), {
      system: "github",
      workspace: "acme/web",
      id: "1",
      key: "#1",
      url: "https://github.com/acme/web/issues/1",
    });
    assert.equal(valueAt(one, "provider_metadata.author"), "mei");
    assert.deepEqual(valueAt(one, "labels"), ["docs"]);
    assert.equal(valueAt(two, "status"), "canceled");
    assert.equal(valueAt(two, "provider_metadata.milestone"), "v1");
    assert.deepEqual([valueAt(three, "status"), valueAt(three, "issue_type")], ["done", "bug"]);
    assert.deepEqual(
      ["issue_type", "priority", "labels", "body"].map((field) => valueAt(four, field)),
      ["story", 1, ["enhancement"], null],
    );
    const again = await importIssues(host.context, JSON.stringify(list), { label: "web" });
    assert.deepEqual(counts(again), [0, 0, 4, 0, 0]);
  }));

Deno.test("what gh was not asked for is named, and so is what is no issue", () =>
  withHost(async (host) => {
    const { updatedAt: _time, ...timeless } = listed(2);
    const list = [
      listed(1),
      timeless,
      listed(3, { url: "https://github.com/acme/web/pull/3" }),
      listed(4, { url: "no address" }),
      { number: 5, title: "Bare" },
    ];
    const report = await importIssues(host.context, JSON.stringify(list), { label: "web" });
    assert.equal(report.created, 1);
    assert.deepEqual(report.skipped, [
      { line: 2, reason: '"updatedAt" is missing: name it after `--json`' },
      { line: 3, reason: '"url" must be the address of an issue' },
      { line: 4, reason: '"url" must be the address of an issue' },
      { line: 5, reason: '"url" is missing: name it after `--json`' },
    ]);
    const other = await importIssues(host.context, JSON.stringify([listed(9)]), {
      label: "other",
      provider: "jira",
    }).catch((error: unknown) => error);
    assert.match(String(other), /not of "jira"/);
  }));

Deno.test("a new issue comes after the numbers of those that were imported", () =>
  withHost(async ({ context, store, ...host }) => {
    const list = [listed(7), listed(4_000)];
    await importIssues(context, JSON.stringify(list), { label: "web", team: "acme" });
    const ref = await host.bind("github", "web");
    const made = await host.call("POST", "/api/v1/tracker/push/", {
      provider: "github",
      binding_ref: ref,
      items: [{
        ref: { system: "github", workspace: "acme/web", id: "new" },
        action: "create",
        patch: { title: "Fresh" },
      }],
    }, { "idempotency-key": "a".repeat(64) });
    assert.equal(made.at("items.0.remote_ref.key"), "#4001");
    const later = [listed(9)];
    await importIssues(context, JSON.stringify(later), { label: "web", team: "acme" });
    const row = await store.one("SELECT next_number FROM resources WHERE label = 'web'");
    assert.equal(Number(row?.["next_number"]), 4_002);
  }));
