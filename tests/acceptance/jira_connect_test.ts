import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { ATLASSIAN } from "../../src/providers/jira/app.ts";
import { FakeAtlassian } from "../standins/jira/fake_atlassian.ts";
import { paragraphs } from "../standins/jira/plain_texts.ts";
import { PERMISSIONS } from "../standins/jira/state.ts";
import { document, ends, failure } from "../support/bound.ts";
import { testOfOneHost } from "../support/replica_count.ts";
import { until } from "../support/until.ts";
import { initGit } from "./connect_setup.ts";
import { API_TOKEN, MAIL, withJira } from "./jira_setup.ts";
import { withBoundJira } from "./bound_setup.ts";
import { serve, signIn, terminate } from "./host_setup.ts";

Deno.test("a project of Jira is connected, found, bound, pulled, edited and pushed", () =>
  withJira(async ({ world, data, jira, web, connect }) => {
    const { state } = jira;
    state.statuses.push({ id: "9", name: "On Ice", category: "indeterminate" });
    const all = state.statuses.map(({ id, name }) => ({
      id: `${id}1`,
      name,
      from: "any" as const,
      to: id,
    }));
    web.transitions = all;
    const added = Array.from(
      { length: 120 },
      (_, at) => jira.add(web, { summary: `Issue ${at + 1}` }),
    );
    const [from = "", to = ""] = added.map(({ id }) => id);
    state.links.set("7", { id: "7", kind: "Cloners", from, to });
    const connected = await ends(world, 0, connect("--project", "web"), { stdin: API_TOKEN });
    const [line, place] = connected.stdout.split("\n");
    assert.match(line ?? "", /^✓ Connected jira as Ada Lovelace at 127\.0\.0\.1:\d+: 1 place\.$/);
    assert.match(place ?? "", /^ {2}127\.0\.0\.1:\d+\/WEB$/);
    const words = ["--status", "On Ice=blocked", "--data", data];
    await ends(world, 0, ["host", "connection", "map", "jira", ...words]);
    const host = await serve(world, ["--data", data]);
    await signIn(world, host.url);
    const { resources } = await document(world, "discover", "-p", "jira");
    assert.equal(resources.length, 1);
    await ends(world, 0, ["bind", "-p", "jira", "--select", "1"]);
    await until(async () => {
      const { code } = await world.here(["sync", "pull", "--all"]);
      const last = await world.here(["issue", "show", "WEB-1"]);
      return code === 0 && last.code === 0 ? last : null;
    });
    const { stdout: shown } = await ends(world, 0, ["issue", "show", "WEB-1"]);
    assert.match(shown, /^ {2}linked {5}clones WEB-2$/m);
    assert.equal((await document(world, "issue", "list", "--limit", "500")).issues.length, 120);

    await ends(world, 0, ["issue", "edit", "WEB-3", "--title", "Renamed here"]);
    await ends(world, 0, ["issue", "move", "WEB-3", "blocked"]);
    await ends(world, 0, ["issue", "create", "--title", "New here", "--body", "Text 🙂"]);
    assert.match((await ends(world, 0, ["sync", "push"])).stdout, /^✓ /);
    const third = state.issue("WEB-3");
    assert.equal(third?.summary, "Renamed here");
    assert.equal(third?.statusId, "9");
    const made = [...state.issues.values()].filter(({ summary }) => summary === "New here");
    assert.deepEqual(made.map(({ number }) => number), [121]);
    assert.match(JSON.stringify(made[0]?.description), /"Text 🙂"/);
    await terminate(host);
  }));

Deno.test("what a workflow of Jira does not allow is refused by name, and the rest of the push is done", () =>
  withBoundJira(async ({ world, jira, web }) => {
    web.transitions = [
      { id: "21", name: "Resolve", from: "any", to: "5", demands: { resolution: "Resolution" } },
    ];
    await ends(world, 0, ["issue", "move", "WEB-1", "done"]);
    await ends(world, 0, ["issue", "edit", "WEB-2", "--title", "Ours"]);
    const pushed = await world.here(["sync", "push"]);
    assert.notEqual(pushed.code, 0);
    assert.match(
      pushed.stdout + pushed.stderr,
      /The step "Resolve" to "Done" asks for "Resolution"/,
    );
    assert.equal(jira.state.issue("WEB-2")?.summary, "Ours");
    assert.deepEqual(jira.writes, ["update WEB-2 summary"]);
  }));

Deno.test("both sides change a title at Jira: neither is lost, and a person decides", () =>
  withBoundJira(async ({ world, jira }) => {
    await ends(world, 0, ["issue", "edit", "WEB-1", "--title", "Ours"]);
    const issue = jira.state.issue("WEB-1");
    assert.ok(issue !== null);
    jira.edit(issue, { summary: "Theirs" });
    await ends(world, 1, ["sync", "push"]);
    assert.deepEqual(jira.writes, []);
    const { conflicts: [conflict] } = await document(world, "sync", "conflicts");
    const settle = ["sync", "conflicts", "--resolve", String(conflict.id), "--take", "ours"];
    await ends(world, 0, settle);
    await ends(world, 0, ["sync", "run"]);
    assert.equal(issue.summary, "Ours");
    assert.equal(jira.writes.length, 1);
  }));

Deno.test("an edit of an outdated version is merged field by field, and is sent in the same push", () =>
  withBoundJira(async ({ world, data, jira }) => {
    const [first, second] = ["WEB-1", "WEB-2"].map((key) => jira.state.issue(key));
    assert.ok(first != null && second != null);
    // Of the first nothing changes at Jira but when it was updated.
    jira.edit(first, {});
    await ends(world, 0, ["host", "sync", "jira", "--data", data]);
    await ends(world, 0, ["issue", "edit", "WEB-1", "--title", "Ours"]);
    await ends(world, 0, ["sync", "push"]);
    assert.equal(first.summary, "Ours");
    await ends(world, 0, ["issue", "edit", "WEB-2", "--title", "Ours", "--priority", "high"]);
    jira.edit(second, { summary: "Theirs", description: paragraphs("Theirs") });
    await ends(world, 0, ["host", "sync", "jira", "--data", data]);
    await ends(world, 1, ["sync", "push"]);
    const { conflicts } = await document(world, "sync", "conflicts");
    assert.deepEqual(
      conflicts.map((
        { field, base, ours, theirs }: Record<string, unknown>,
      ) => [field, base, ours, theirs]),
      [["title", "Issue 2", "Ours", "Theirs"]],
    );
    assert.deepEqual(jira.writes, ["update WEB-1 summary", "update WEB-2 priority"]);
  }));

Deno.test("a mission starts from an issue of Jira", () =>
  withBoundJira(async ({ world, jira }) => {
    await initGit(world);
    const line = ["mission", "start", "--ticket", "WEB-2", "--yes", "--no-transition"];
    assert.match((await ends(world, 0, line)).stdout, /^✓ Mission 001-web-2 from WEB-2: Issue 2\n/);
    const meta = await Deno.readTextFile(`${world.project}/kitty-specs/001-web-2/meta.json`);
    const { origin_ticket } = JSON.parse(meta);
    assert.equal(origin_ticket.provider, "jira");
    assert.equal(origin_ticket.external_issue_key, "WEB-2");
    assert.equal(origin_ticket.external_issue_id, jira.state.issue("WEB-2")?.id);
    assert.match(origin_ticket.external_issue_url, /\/browse\/WEB-2$/);
    assert.deepEqual(jira.writes, []);
  }));

Deno.test("what waits for a token that Jira refuses is delivered by the next token", () =>
  withBoundJira(async ({ world, data, jira, ada, connect }) => {
    jira.state.credentials.clear();
    await ends(world, 0, ["issue", "edit", "WEB-2", "--title", "Waits"]);
    const { code } = await failure(world, 1, ["sync", "push"]);
    assert.equal(code, "operation_held");
    const shown = await document(world, "host", "connection", "show", "jira", "--data", data);
    assert.deepEqual([shown.state, shown.waiting], ["refused", 1]);
    jira.allow(ada.accountId, MAIL, "another", ["BROWSE_PROJECTS", "EDIT_ISSUES"]);
    const renewed = await ends(world, 0, connect("--project", "WEB"), { stdin: "another" });
    assert.match(renewed.stdout, /^! Renewed jira as Ada Lovelace at /m);
    assert.match(renewed.stdout, /^ {2}may not: create issues \(the permission Create Issues\)$/m);
    assert.match(renewed.stdout, /^ {2}may not: register a webhook \(the global permission/m);
    await until(() => {
      const title = jira.state.issue("WEB-2")?.summary;
      return Promise.resolve(title === "Waits" ? true : null);
    });
    await ends(world, 0, ["sync", "push"]);
    assert.equal(jira.writes.length, 1);
  }));

Deno.test("a project of a server of a team's own is connected, bound, pulled, edited and pushed", () =>
  withJira(async ({ world, data, jira, web, connect }) => {
    const epic = jira.add(web, { summary: "Epic", typeId: "10100" });
    jira.add(web, { summary: "Below", parent: epic.id, description: "Some text." });
    const connected = await ends(world, 0, connect("--project", "web"), { stdin: API_TOKEN });
    assert.match(
      connected.stdout,
      /^✓ Connected jira as Ada Lovelace at 127\.0\.0\.1:\d+: 1 place\./,
    );
    const host = await serve(world, ["--data", data, "--public-url", "https://host.example"]);
    await signIn(world, host.url);
    await ends(world, 0, ["bind", "-p", "jira", "--select", "1"]);
    await until(async () => {
      await ends(world, 0, ["sync", "pull"]);
      const { code } = await world.here(["issue", "show", "WEB-2"]);
      return code === 0 ? true : null;
    });
    const issue = await document(world, "issue", "show", "WEB-2");
    assert.equal(issue.parent_ref.key, "WEB-1");
    assert.equal(issue.body, "Some text.");
    await ends(world, 0, ["issue", "edit", "WEB-2", "--body", "Other text."]);
    await ends(world, 0, ["issue", "move", "WEB-2", "done"]);
    await ends(world, 0, ["issue", "create", "--title", "New here", "--parent", "WEB-1"]);
    assert.match((await ends(world, 0, ["sync", "push"])).stdout, /^✓ /);
    const second = jira.state.issue("WEB-2");
    assert.equal(second?.description, "Other text.");
    assert.equal(second?.statusId, jira.state.statusId("Done"));
    assert.equal(jira.state.issue("WEB-3")?.parent, epic.id);
    const words = /^ {2}webhooks +not registered: the host may not register them there$/m;
    await until(async () => {
      const line = ["host", "connection", "show", "jira", "--data", data];
      return words.test((await ends(world, 0, line)).stdout) ? true : null;
    });
    assert.equal(jira.state.hooks.size, 0);
    await terminate(host);
  }, "server"));

Deno.test("what cannot be connected at Jira is told, and nothing is stored", () =>
  withJira(async ({ world, data, jira, connect }) => {
    const failing = (exitCode: number) => async (stdin: string, ...args: string[]) => {
      const { code, message } = await failure(world, exitCode, connect(...args), { stdin });
      assert.equal(code, "connect_failed");
      assert.ok(!message.includes(stdin));
      return message.replace("Jira was not connected: ", "");
    };
    const [why, wrongLine] = [failing(1), failing(2)];
    assert.match(
      await why("wrong"),
      /^Jira does not take the credential \(401\)\. A server of your own/,
    );
    assert.equal(
      await why(API_TOKEN, "--project", "NONE"),
      'Jira has no project "NONE", or the credential does not reach it',
    );
    assert.equal(
      await wrongLine(API_TOKEN, "--project", "W-1"),
      '"W-1" is no key of a project, such as WEB',
    );
    for (
      const [option, words] of [["--site", /Enter an ad/], ["--email", /Enter the mail/]] as const
    ) {
      const line = connect();
      const wrong = line.with(line.indexOf(option) + 1, "ada");
      assert.match((await failure(world, 2, wrong, { stdin: API_TOKEN })).message, words);
    }
    assert.equal(await why("two words"), "Enter the token as Jira shows it");
    const line = ["host", "connect", "jira", "--data", data];
    assert.equal((await world.here(line, { stdin: API_TOKEN })).code, 2);
    assert.deepEqual(jira.writes, []);
    const { connections } = await document(world, "host", "connection", "list", "--data", data);
    assert.deepEqual(connections, []);
  }));

Deno.test("a token with scopes is connected through the gateway, which is told", () =>
  withJira(async ({ world, data, jira, ada, connect }) => {
    const line = connect("--project", "WEB");
    const site = line[line.indexOf("--site") + 1] ?? "";
    const atlassian = new FakeAtlassian({
      jira,
      site,
      ...ATLASSIAN,
      now: Date.now,
      app: { clientId: "none", clientSecret: "none", callback: "" },
      person: ada,
      permissions: PERMISSIONS,
    });
    atlassian.allowScoped(MAIL, "scoped-token");
    const fetch = () => atlassian.fetch;
    const connected = await ends(world, 0, line, { stdin: "scoped-token", fetch });
    assert.match(
      connected.stdout,
      /^! Connected jira as Ada Lovelace at 127\.0\.0\.1:\d+: 1 place\./,
    );
    const told = `The token has scopes: the host calls https://api.atlassian.com/ex/jira/` +
      `${atlassian.cloudId}, and links lead to ${site}.`;
    assert.ok((connected.stdout + connected.stderr).includes(`${told}\n`));
    const test = ["host", "connection", "test", "jira", "--data", data];
    const { stdout } = await ends(world, 0, test, { fetch });
    assert.match(stdout, /^! jira reaches 1 place as Ada Lovelace/);
    const renewed = await ends(world, 0, [...line, "--json"], { stdin: "scoped-token", fetch });
    assert.deepEqual(JSON.parse(renewed.stdout).notes, [told]);
  }));

testOfOneHost(
  "where an OAuth app is let in is said, also when it is refused",
  () =>
    withJira(async ({ world, data, jira, web, connect }) => {
      jira.add(web, { summary: "Issue 1" });
      const where = ["host", "connect", "jira", "--oauth", "--data", data];
      const unused = await failure(world, 2, [...where, "--project", "WEB", "--site", "acme"]);
      assert.match(unused.message, /does nothing with `--site`, `--project`$/);
      const nowhere = [...where.slice(0, -1), `${data}-none`];
      assert.equal((await failure(world, 1, nowhere)).code, "host_data_missing");
      await ends(world, 0, connect("--project", "WEB"), { stdin: API_TOKEN });
      const { stdout } = await ends(world, 0, where);
      assert.match(stdout, /^ {2}\/connections\/new\/jira\?kind=app$/m);
      const form = await document(world, ...where);
      assert.deepEqual(form, { schema: 1, path: "/connections/new/jira?kind=app", url: null });
      const database = new DatabaseSync(`${data}/host.db`);
      database.exec(
        "UPDATE connections SET credential_kind = 'app', state = 'refused', state_at = 1",
      );
      database.close();
      const shown = await ends(world, 0, ["host", "connection", "show", "jira", "--data", data]);
      assert.match(shown.stdout, /`Another credential`, on its page in the host's console/);
    }),
);
