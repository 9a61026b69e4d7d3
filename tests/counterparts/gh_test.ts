/** GitHub's own command line prints issues that a host imports. */
import assert from "node:assert/strict";
import { importIssues } from "../../src/server/mod.ts";
import { imported } from "../server/import_records.ts";
import { valueAt, withHost } from "../server/support.ts";

/** As docs/self-host.md has it, but for `stateReason`, which an older `gh` does not know. */
const FIELDS = "number,title,body,state,labels,assignees,author,milestone,createdAt,updatedAt," +
  "closedAt,url";

const NODES = [
  { ...node(1), state: "OPEN", labels: labels("bug", "priority: high", "area: search") },
  { ...node(2), state: "CLOSED", closedAt: "2026-01-03T10:00:00Z", labels: labels() },
];

function node(number: number): Record<string, unknown> {
  return {
    id: `I_${number}`,
    number,
    title: `Issue ${number} – größer`,
    body: "Two\r\nlines",
    url: `https://github.com/acme/web/issues/${number}`,
    createdAt: "2026-01-01T00:00:00Z",
    updatedAt: `2026-01-0${number}T10:00:00Z`,
    closedAt: null,
    author: { login: "mei", id: "U_1", name: "Mei" },
    assignees: { nodes: [{ id: "U_2", login: "sam", name: "Sam" }], totalCount: 1 },
    milestone: { number: 1, title: "v1", description: "", dueOn: null },
  };
}

function labels(...names: string[]): Record<string, unknown> {
  const nodes = names.map((name) => ({ id: name, name, description: null, color: "ffffff" }));
  return { nodes, totalCount: nodes.length };
}

Deno.test("what the real gh prints is imported as issues of its repository", async () => {
  const gh = Deno.env.get("TRACKER_TEST_GH") ?? "gh";
  const home = await Deno.makeTempDir({ prefix: "tracker-gh-" });
  const path = `${home}/socket`;
  const answer = { repository: { hasIssuesEnabled: true, issues: pageOf(NODES) } };
  const server = Deno.serve(
    { path, transport: "unix", onListen: () => {} },
    () => Response.json({ data: answer }),
  );
  try {
    await Deno.writeTextFile(`${home}/config.yml`, `http_unix_socket: ${path}\n`);
    const printed = await listed(gh, home);
    if (printed === null) return console.log("    skipped: there is no gh");
    await withHost(async (host) => {
      const report = await importIssues(host.context, printed, { label: "web" });
      assert.deepEqual(report.skipped, []);
      assert.equal(report.created, 2);
      const first = await imported(host, "web", "1", "github");
      assert.deepEqual(
        ["title", "body", "status", "issue_type", "priority", "labels", "assignees"]
          .map((field) => valueAt(first, field)),
        ["Issue 1 – größer", "Two\nlines", "todo", "bug", 2, ["bug", "area: search"], ["sam"]],
      );
      assert.equal(valueAt(await imported(host, "web", "2", "github"), "status"), "done");
    });
  } finally {
    await server.shutdown();
    await Deno.remove(home, { recursive: true });
  }
});

function pageOf(nodes: readonly unknown[]): Record<string, unknown> {
  return {
    totalCount: nodes.length,
    nodes,
    pageInfo: { hasNextPage: false, endCursor: "end" },
  };
}

/** Returns what `gh issue list` prints; `null` where there is no gh. */
async function listed(gh: string, home: string): Promise<string | null> {
  const command = new Deno.Command(gh, {
    args: ["issue", "list", "-R", "acme/web", "--state", "all", "--limit", "10", "--json", FIELDS],
    clearEnv: true,
    env: { GH_CONFIG_DIR: home, HOME: home, GH_TOKEN: "none", GH_NO_UPDATE_NOTIFIER: "1" },
    stdin: "null",
  });
  try {
    const { code, stdout, stderr } = await command.output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
