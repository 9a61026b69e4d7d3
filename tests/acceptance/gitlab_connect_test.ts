import assert from "node:assert/strict";
import { document, ends, failure } from "../support/bound.ts";
import { until } from "../support/until.ts";
import { GITLAB_TOKEN, initGit, withGitLab } from "./connect_setup.ts";
import { withBoundGitLab } from "./bound_setup.ts";
import { serve, signIn, terminate } from "./host_setup.ts";

Deno.test("a project is connected, found, bound, pulled, edited and pushed", () =>
  withGitLab(async ({ world, data, gitlab, project, addIssues, connect }) => {
    addIssues(120);
    const line = connect("--project", "acme/web");
    const connected = await ends(world, 0, line, { stdin: GITLAB_TOKEN });
    assert.equal(connected.stdout, "✓ Connected gitlab as ada: 1 place.\n  acme/web\n");
    const words = ["--status", "workflow::doing=in_progress", "--data", data];
    await ends(world, 0, ["host", "connection", "map", "gitlab", ...words]);
    const host = await serve(world, ["--data", data]);
    await signIn(world, host.url);
    const { resources } = await document(world, "discover", "-p", "gitlab");
    assert.deepEqual(resources.map((one: { display_label: string }) => one.display_label), [
      "acme/web",
    ]);
    await ends(world, 0, ["bind", "-p", "gitlab", "--select", "1"]);
    await until(async () => {
      const { code } = await world.here(["sync", "pull", "--all"]);
      const last = await world.here(["issue", "show", "#120"]);
      return code === 0 && last.code === 0 ? last : null;
    });
    assert.equal((await document(world, "issue", "list", "--limit", "500")).issues.length, 120);

    await ends(world, 0, ["issue", "edit", "#3", "--title", "Renamed here"]);
    await ends(world, 0, ["issue", "move", "#3", "in_progress"]);
    await ends(world, 0, ["issue", "create", "--title", "New here", "--body", "Text 🙂\n/close"]);
    assert.match((await ends(world, 0, ["sync", "push"])).stdout, /^✓ /);
    const { title, labels } = project.issues.get(3) ?? {};
    assert.deepEqual([title, labels], ["Renamed here", ["workflow::doing"]]);
    const made = [...project.issues.values()].filter((one) => one.title === "New here");
    assert.equal(made.length, 1);
    assert.equal(made[0]?.state, "opened");
    assert.ok(made[0]?.description?.startsWith("Text 🙂\n\\/close\n"));
    assert.equal(gitlab.writes.length, 2);
    await terminate(host);
  }));

Deno.test("both sides change a title at GitLab: neither is lost, and a person decides", () =>
  withBoundGitLab(async ({ world, gitlab, project }) => {
    await ends(world, 0, ["issue", "edit", "#1", "--title", "Ours"]);
    gitlab.edit(project, 1, { title: "Theirs" });
    assert.match(
      (await ends(world, 1, ["sync", "push"])).stdout,
      /^! Pushed: 0 sent\.\n {2}1 conflict to decide/m,
    );
    assert.deepEqual(gitlab.writes, []);
    const { conflicts: [conflict] } = await document(world, "sync", "conflicts");
    const settle = ["sync", "conflicts", "--resolve", String(conflict.id), "--take", "ours"];
    await ends(world, 0, settle);
    await ends(world, 0, ["sync", "run"]);
    assert.equal(project.issues.get(1)?.title, "Ours");
    assert.equal(gitlab.writes.length, 1);
  }));

Deno.test("a mission starts from an issue of GitLab", () =>
  withBoundGitLab(async ({ world, gitlab, project }) => {
    await initGit(world);
    const line = ["mission", "start", "--ticket", "#2", "--yes", "--no-transition"];
    assert.match((await ends(world, 0, line)).stdout, /^✓ Mission 001-issue-2 from #2: Issue 2\n/);
    const meta = await Deno.readTextFile(`${world.project}/kitty-specs/001-issue-2/meta.json`);
    const { origin_ticket } = JSON.parse(meta);
    assert.deepEqual(
      [origin_ticket.provider, origin_ticket.resource_type, origin_ticket.resource_id],
      ["gitlab", "gitlab_project", String(project.id)],
    );
    assert.match(origin_ticket.external_issue_url, /\/acme\/web\/-\/issues\/2$/);
    assert.deepEqual(gitlab.writes, []);
  }));

Deno.test("an issue that is confidential at GitLab says so", () =>
  withBoundGitLab(async ({ world, data, gitlab, project }) => {
    gitlab.edit(project, 2, { confidential: true });
    await ends(world, 0, ["host", "sync", "gitlab", "--data", data]);
    await ends(world, 0, ["sync", "pull"]);
    const shown = async (key: string) => (await ends(world, 0, ["issue", "show", key])).stdout;
    assert.match(await shown("#2"), /^ {2}access +confidential in the tracker$/m);
    assert.ok(!(await shown("#1")).includes("confidential"));
  }));

Deno.test("what waits for a token that GitLab refuses is delivered by the next token", () =>
  withBoundGitLab(async ({ world, data, gitlab, project, connect }) => {
    const token = gitlab.state.tokens.get(GITLAB_TOKEN);
    assert.ok(token !== undefined);
    token.isExpired = true;
    await ends(world, 0, ["issue", "edit", "#2", "--title", "Waits"]);
    const { code } = await failure(world, 1, ["sync", "push"]);
    assert.equal(code, "operation_held");
    const shown = await document(world, "host", "connection", "show", "gitlab", "--data", data);
    assert.deepEqual([shown.state, shown.waiting], ["refused", 1]);
    assert.match(shown.state_detail, /^GitLab does not take the credential \(401\): Token is exp/);
    const other = "glpat-another-0123456789";
    gitlab.state.addToken(other, "ada", { role: 20 });
    const renewed = await ends(world, 0, connect("--project", "acme/web"), { stdin: other });
    assert.match(renewed.stdout, /^! Renewed gitlab as ada: 1 place\.$/m);
    assert.match(renewed.stdout, /^ {2}may not: register a webhook in acme\/web \(the role Maint/m);
    await until(() => Promise.resolve(project.issues.get(2)?.title === "Waits" ? true : null));
    await ends(world, 0, ["sync", "push"]);
    assert.equal(gitlab.writes.length, 1);
    assert.ok(!`${renewed.stdout}${renewed.stderr}`.includes(other));
  }));

Deno.test("what cannot be connected at GitLab is told, and nothing is stored", () =>
  withGitLab(async ({ world, data, gitlab, project, connect }) => {
    const why = async (stdin: string, ...args: string[]) => {
      const { code, message } = await failure(world, 1, connect(...args), { stdin });
      assert.equal(code, "connect_failed");
      assert.ok(!message.includes(stdin));
      return message.replace("GitLab was not connected: ", "");
    };
    const web = ["--project", "acme/web"] as const;
    assert.equal(
      await why("glpat-wrong", ...web),
      "GitLab does not take the credential (401): 401 Unauthorized",
    );
    const gone = 'The project "acme/none" is not there, or the token does not reach it';
    assert.equal(await why(GITLAB_TOKEN, "--project", "acme/none"), gone);
    const group = 'GitLab knows no group "none", or the token does not reach it';
    assert.equal(await why(GITLAB_TOKEN, "--group", "none"), group);
    gitlab.state.addToken("glpat-reads-users", "bo", { scopes: ["read_user"] });
    assert.equal(
      await why("glpat-reads-users", ...web),
      "The token cannot read issues (the scope api)",
    );
    project.hasIssues = false;
    assert.equal(await why(GITLAB_TOKEN, ...web), 'Issues are turned off in "acme/web"');
    for (const args of [[], ["--project", "acme"], ["--group", "acme/*"]]) {
      await failure(world, 2, connect(...args), { stdin: GITLAB_TOKEN });
    }
    assert.deepEqual(gitlab.writes, []);
    const { connections } = await document(world, "host", "connection", "list", "--data", data);
    assert.deepEqual(connections, []);
  }));

Deno.test("a connection for a team that nobody is in says so", () =>
  withGitLab(async ({ world, connect }) => {
    const line = connect("--project", "acme/web");
    const before = await ends(world, 0, [...line, "--team", "acem"], { stdin: GITLAB_TOKEN });
    assert.match(
      before.stderr,
      /^Nobody is in the team acem yet: `tracker host user add USERNAME/m,
    );
    const { stderr } = await ends(world, 0, line, { stdin: GITLAB_TOKEN });
    assert.ok(!stderr.includes("Nobody"), stderr);
  }));

Deno.test("a group connects the projects below it, as JSON, too, and a token of OAuth is taken", () =>
  withGitLab(async ({ world, data, gitlab, connect }) => {
    gitlab.state.addProject("acme/shop/api").members.set("ada", 40);
    const token = gitlab.state.addToken("oauth-0123456789", "ada");
    token.isOAuth = true;
    const line = [...connect("--group", "acme", "--oauth", "--name", "all"), "--json"];
    const { stdout } = await ends(world, 0, line, { stdin: "oauth-0123456789\n" });
    const { id, ...shown } = JSON.parse(stdout);
    assert.match(id, /^con_/);
    assert.deepEqual(shown, {
      schema: 1,
      name: "all",
      provider: "gitlab",
      renewed: false,
      account: "ada",
      missing: [],
      notes: [],
      out_of_reach: [],
      places: ["acme/web", "acme/shop/api"].map((label) => ({
        label,
        url: `${connect().find((one) => one.startsWith("http"))}/${label}`,
      })),
      added: 2,
    });
    const webhook = ["host", "connection", "webhook", "all", "--data", data];
    const entered = await ends(world, 0, webhook);
    assert.match(entered.stdout, /^ {2}Trigger +Issues events, Confidential issues events, Comm/m);
    assert.match(entered.stdout, /^ {2}Secret token +\S{20,}$/m);
  }));
