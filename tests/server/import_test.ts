import assert from "node:assert/strict";
import { COMMAND_LINE, findResource, importIssues, readAudit } from "../../src/server/mod.ts";
import type { HostContext } from "../../src/server/context/host_context.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { bead, counts, imported, lines, normalized } from "./import_records.ts";
import { valueAt, withHost } from "./support.ts";

Deno.test("an array, JSON Lines and a pull result of normalized issues are all read", () =>
  withHost(async (host) => {
    const both = [normalized("1"), normalized("2")];
    const forms = [JSON.stringify(both), lines(...both), JSON.stringify({ items: both }, null, 2)];
    for (const [index, form] of forms.entries()) {
      const report = await importIssues(host.context, form, { label: `file-${index}` });
      assert.deepEqual(counts(report), [2, 0, 0, 0, 0]);
      assert.deepEqual(report.resources, [`file-${index}`]);
    }
  }));

Deno.test("a second import changes only what has changed", () =>
  withHost(async (host) => {
    const options = { label: "file" };
    await importIssues(host.context, lines(normalized("1"), normalized("2")), options);
    const again = lines(normalized("1"), normalized("2", { title: "Other" }), normalized("3"));
    assert.deepEqual(counts(await importIssues(host.context, again, options)), [1, 1, 1, 0, 0]);
  }));

Deno.test("what cannot be imported is left out with line and reason", () =>
  withHost(async (host) => {
    const text = [
      JSON.stringify(normalized("1")),
      "{broken",
      JSON.stringify(normalized("2", { status: "doing" })),
      JSON.stringify(normalized("3", { ref: { system: "jira", workspace: "x", id: "3" } })),
      JSON.stringify(normalized("4", { ref: { system: "beads", workspace: "x", id: "4" } })),
    ].join("\n");
    const report = await importIssues(host.context, text, { label: "file", provider: "linear" });
    assert.deepEqual(counts(report), [1, 0, 0, 0, 4]);
    assert.deepEqual(report.skipped.map(({ line }) => line), [2, 3, 4, 5]);
    assert.match(report.skipped[1]?.reason ?? "", /^"status" must be one of/);
    assert.match(report.skipped[2]?.reason ?? "", /of "jira", not of "linear"/);
    await assert.rejects(importIssues(host.context, "nothing", { label: "x" }), {
      code: "import_empty",
    });
    await assert.rejects(importIssues(host.context, "", { label: "My project", file: "x.json" }), {
      code: "import_empty",
      message: 'The file "x.json" holds no issue',
    });
  }));

Deno.test("issues of two workspaces make two resources, each of its provider", () =>
  withHost(async (host) => {
    const text = lines(
      normalized("1", { ref: { system: "jira", workspace: "one", id: "1" } }),
      normalized("2", { ref: { system: "github", workspace: "two", id: "2" } }),
    );
    const report = await importIssues(host.context, text, { label: "mixed" });
    assert.deepEqual(report.resources, ["mixed", "mixed (two)"]);
    assert.equal((await findResource(host.store, "jira", "mixed"))?.workspace, "one");
    assert.equal((await findResource(host.store, "github", "mixed (two)"))?.workspace, "two");
  }));

Deno.test("issues of a workspace come into its own resource, whichever file names it first", () =>
  withHost(async (host) => {
    const of = (workspace: string, id: string) =>
      normalized(id, { ref: { system: "linear", workspace, id } });
    await importIssues(host.context, lines(of("one", "1")), { label: "web" });
    const report = await importIssues(host.context, lines(of("two", "2"), of("one", "3")), {
      label: "web",
    });
    assert.deepEqual(counts(report), [2, 0, 0, 0, 0]);
    assert.deepEqual(report.resources, ["web (two)", "web"]);
    assert.ok(await imported(host, "web", "3"));
    assert.ok(await imported(host, "web (two)", "2"));
    await importIssues(host.context, lines(of("\0", "4")), { label: "web (two)" });
    const odd = await importIssues(host.context, lines(of("\0", "5")), { label: "web" });
    assert.deepEqual(counts(odd), [1, 0, 0, 0, 0]);
  }));

Deno.test("of two records of one issue the newer counts, the last of equal ones, and that is told", () =>
  withHost(async (host) => {
    const at = (updated_at: string, title: string) => ({ updated_at, title });
    for (const [label, one] of [["beads", bead], ["normalized", normalized]] as const) {
      const text = lines(
        one("1", at("2026-01-05T00:00:00+02:00", "Newest")),
        one("1", at("2026-01-04T21:59:59Z", "Old")),
        one("2", at("2026-01-04T00:00:00Z", "First")),
        one("2", at("2026-01-04T01:00:00+0100", "Second")),
      );
      const report = await importIssues(host.context, text, { label });
      assert.deepEqual(counts(report), [2, 0, 0, 0, 0]);
      assert.deepEqual(report.replaced, [{ line: 2, id: "1", by: 1 }, { line: 3, id: "2", by: 4 }]);
      assert.equal(valueAt(await imported(host, label, "1"), "title"), "Newest");
      assert.equal(valueAt(await imported(host, label, "2"), "title"), "Second");
    }
  }));

const FORMS: Readonly<Record<string, unknown>> = {
  "2026-03-04T09:30:00+01:00": "2026-03-04T09:30:00+0100",
  "2026-03-04T09:30:00Z": "2026-03-04T09:30:00z",
  "2026-03-04T09:30:00.000Z": "Wed, 04 Mar 2026 10:30:00 +0100",
  "2026-03-04T09:30:00+00:00": "2026-03-04 09:30:00+00:00",
  "2026-03-04T09:30:01.000Z": 1_772_616_601,
  "2026-03-04T09:30:02.000Z": "1772616602000",
};

Deno.test("times in every form that names an instant are stored in the form all clients read", () =>
  withHost(async (host) => {
    const forms = Object.values(FORMS);
    for (const [label, one] of [["beads", bead], ["normalized", normalized]] as const) {
      const text = lines(
        ...forms.map((time, index) => one(`${index}`, { created_at: time, updated_at: time })),
      );
      const report = await importIssues(host.context, text, { label });
      assert.deepEqual(counts(report), [forms.length, 0, 0, 0, 0]);
      for (const [index, stored] of Object.keys(FORMS).entries()) {
        const issue = await imported(host, label, `${index}`);
        assert.equal(valueAt(issue, "updated_at"), stored);
        assert.equal(valueAt(issue, "created_at"), stored);
      }
      const ref = await host.bind("linear", label, label);
      const pulled = await host.call("POST", "/api/v1/tracker/pull/", {
        provider: "linear",
        binding_ref: ref,
      });
      assert.equal(pulled.list("items").length, forms.length);
    }
  }));

Deno.test("a time that names no instant leaves out its own record, and names it", () =>
  withHost(async (host) => {
    for (const [label, one] of [["beads", bead], ["normalized", normalized]] as const) {
      const text = lines(
        one("1", { updated_at: "yesterday" }),
        one("2", { created_at: "2026-03-04T09:30:00" }),
        one("3"),
        one("4", { updated_at: "2026-02-30T09:30:00Z" }),
      );
      const report = await importIssues(host.context, text, { label });
      assert.deepEqual(counts(report), [1, 0, 0, 0, 3]);
      assert.deepEqual(
        report.skipped.map(({ line, reason }) => [line, reason]),
        [[1, "updated_at"], [2, "created_at"], [4, "updated_at"]].map(([line, field]) => [
          line,
          `"${field}" must be a time that names one instant`,
        ]),
      );
    }
  }));

Deno.test("null is what is left out", () =>
  withHost(async (host) => {
    const nulls = Object.fromEntries(
      [
        "description",
        "assignee",
        "labels",
        "parent",
        "dependencies",
        "priority",
        "status",
        "deleted_at",
      ]
        .map((field) => [field, null]),
    );
    const report = await importIssues(host.context, lines(bead("1", nulls)), { label: "beads" });
    assert.deepEqual(counts(report), [1, 0, 0, 0, 0]);
    const lists = [
      "assignees",
      "labels",
      "links",
      "custom_fields",
      "provider_metadata",
      "priority",
    ];
    const more = Object.fromEntries(lists.map((field) => [field, null]));
    const other = await importIssues(host.context, lines(normalized("1", more)), {
      label: "normalized",
    });
    assert.deepEqual(counts(other), [1, 0, 0, 0, 0]);
    assert.deepEqual(valueAt(await imported(host, "normalized", "1"), "labels"), []);
  }));

Deno.test("a file with marks of a merge conflict is refused with the line, and nothing is stored", () =>
  withHost(async (host) => {
    const before = (await host.store.all("SELECT id FROM issues")).length;
    const text = [
      JSON.stringify(bead("1", { description: "<<<<<<< in a text is no mark" })),
      "<<<<<<< HEAD",
      JSON.stringify(bead("2")),
      "=======",
      JSON.stringify(bead("2", { title: "Theirs" })),
      ">>>>>>> topic",
    ];
    await assert.rejects(
      importIssues(host.context, text.join("\n"), { label: "x", file: "x.jsonl" }),
      {
        code: "import_unmerged",
        message: 'The file "x.jsonl" holds marks of a merge conflict, the first in line 2',
      },
    );
    assert.equal((await host.store.all("SELECT id FROM issues")).length, before);
    const report = await importIssues(host.context, text[0] ?? "", { label: "x" });
    assert.deepEqual(counts(report), [1, 0, 0, 0, 0]);
  }));

Deno.test("what a connection brings is not imported into: the mirror stays as the provider has it", () =>
  withHost(async (host) => {
    const { context, store } = host;
    const issue = normalized("1");
    await importIssues(context, lines(issue), { label: "web" });
    await connect(store);
    const other = normalized("2", { ref: { system: "linear", workspace: "team-b", id: "2" } });
    for (
      const text of [
        lines(other, { ...issue, title: "Other", updated_at: "2027-01-01T00:00:00Z" }),
        lines(other, normalized("3")),
      ]
    ) {
      await assert.rejects(importIssues(context, text, { label: "web" }), {
        code: "import_connected",
        message: 'Cannot import into "web": its issues come by the connection "ours"',
      });
    }
    assert.equal(valueAt(await imported(host, "web", "1"), "title"), issue["title"]);
    assert.equal(await findResource(store, "linear", "web (team-b)"), null);
    await store.run("UPDATE resources SET connection_id = NULL WHERE label = 'web'");
    const report = await importIssues(context, lines(normalized("3")), { label: "web" });
    assert.deepEqual(counts(report), [1, 0, 0, 0, 0]);
  }));

/** A host's context that runs `work` at each pause between two slices. */
function pausing(context: HostContext, work: (pause: number) => Promise<void>): HostContext {
  let pauses = 0;
  const { platform } = context;
  // On this clock nothing takes long enough for a pause within a slice.
  const clock = { ...platform.clock, sleep: () => work(++pauses), monotonic: () => 0 };
  return { ...context, platform: { ...platform, clock } };
}

const MANY = Array.from({ length: 520 }, (_, index) => normalized(String(index)));

Deno.test("a large import lets others write between its slices", () =>
  withHost(async ({ context, store }) => {
    const seen: number[] = [];
    const between = pausing(context, async () => {
      await store.transaction(async (tx) => {
        const row = await tx.one("SELECT COUNT(*) AS n FROM issues WHERE json LIKE '%team-a%'");
        seen.push(Number(row?.["n"]));
      });
    });
    const report = await importIssues(between, lines(...MANY), { label: "file" });
    assert.deepEqual(counts(report), [520, 0, 0, 0, 0]);
    assert.deepEqual(seen, [250, 500]);
  }));

Deno.test("an import that ends early is recorded, and the same file completes it", () =>
  withHost(async ({ context }) => {
    const killed = pausing(context, (pause) => {
      if (pause < 2) return Promise.resolve();
      throw new Error("killed");
    });
    const text = lines(...MANY);
    await assert.rejects(importIssues(killed, text, { label: "file" }), { message: "killed" });
    const [entry] = await readAudit(context, COMMAND_LINE, { teamId: null, limit: 1 });
    assert.deepEqual([entry?.action, entry?.target, entry?.details], [
      "import",
      "file",
      { file: "file", issues: 520, removed: 0 },
    ]);
    const again = await importIssues(context, text, { label: "file" });
    assert.deepEqual(counts(again), [20, 0, 500, 0, 0]);
  }));

Deno.test("an import stops at a connection that is made meanwhile", () =>
  withHost(async ({ context, store }) => {
    const connecting = pausing(context, async () => {
      await connect(store);
    });
    await assert.rejects(importIssues(connecting, lines(...MANY), { label: "web" }), {
      code: "import_connected",
      message: 'Cannot import into "web": its issues come by the connection "ours". ' +
        "The import has come to 250 of 520",
      nextAction: /imported again, adds the others\.$/,
    });
    const row = await store.one("SELECT COUNT(*) AS n FROM issues WHERE json LIKE '%team-a%'");
    assert.equal(Number(row?.["n"]), 250);
  }));

/** Has a connection bring the issues of the place "web". */
async function connect(store: HostStore): Promise<void> {
  await store.run(
    `INSERT INTO connections (id, team_id, installation_id, name, base_url, credential_kind,
       credential, made_at, state)
     SELECT 'con_1', i.team_id, i.id, 'ours', 'https://linear.invalid', 'token', '', 0, 'ok'
     FROM installations i WHERE i.provider = 'linear'`,
  );
  await store.run("UPDATE resources SET connection_id = 'con_1' WHERE label = 'web'");
}
