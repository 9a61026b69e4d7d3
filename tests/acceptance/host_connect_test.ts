import assert from "node:assert/strict";
import { document, ends, failure } from "../support/bound.ts";
import { until } from "../support/until.ts";
import { fill, initGit, TOKEN, withGitHub } from "./connect_setup.ts";
import { serveBound, terminate } from "./host_setup.ts";

Deno.test("a repository is connected, found, bound, pulled, edited and pushed", () =>
  withGitHub(async ({ world, data, github, repository, connect }) => {
    fill(github, repository, 120);
    const connected = await ends(world, 0, connect("--repository", "acme/web"), {
      stdin: `${TOKEN}\n`,
    });
    assert.equal(connected.stdout, "✓ Connected github as ada: 1 place.\n  acme/web\n");
    const words = ["--status", "doing=in_progress", "--data", data];
    await ends(world, 0, ["host", "connection", "map", "github", ...words]);
    const host = await serveBound(world, data, "github");
    await until(async () => {
      const { code } = await world.here(["sync", "pull", "--all"]);
      const last = await world.here(["issue", "show", "#120"]);
      return code === 0 && last.code === 0 ? last : null;
    });
    const second = await document(world, "issue", "show", "#2");
    assert.deepEqual([second.title, second.status], ["Issue 2", "in_progress"]);

    await ends(world, 0, ["issue", "edit", "#3", "--title", "Renamed here"]);
    await ends(world, 0, ["issue", "move", "#3", "in_progress"]);
    await ends(world, 0, ["issue", "create", "--title", "New here", "--body", "Text"]);
    const pushed = await ends(world, 0, ["sync", "push"]);
    assert.match(pushed.stdout, /^✓ /);
    const third = repository.issues.get(3);
    assert.deepEqual([third?.title, third?.labels], ["Renamed here", ["doing"]]);
    assert.equal(repository.issues.get(121)?.title, "New here");
    assert.equal(github.writes.filter((one) => one.startsWith("create")).length, 1);
    await terminate(host);
  }));

Deno.test("a mission starts from an issue of GitHub", () =>
  withGitHub(async ({ world, data, github, repository, connect }) => {
    fill(github, repository, 2);
    github.edit(repository, 2, { title: "Login times out", body: "After a minute" });
    await ends(world, 0, connect("--repository", "acme/web"), { stdin: TOKEN });
    const host = await serveBound(world, data, "github");
    await initGit(world);
    const found = await until(async () => {
      const { candidates } = await document(world, "issue", "search", "login");
      return candidates.length > 0 ? candidates[0] : null;
    });
    assert.deepEqual([found.external_issue_id, found.external_issue_key], ["2", "#2"]);
    assert.equal(found.url, "https://github.test/acme/web/issues/2");
    const line = ["mission", "start", "--ticket", "#2", "--yes", "--no-transition"];
    const { stdout } = await ends(world, 0, line);
    assert.match(stdout, /^✓ Mission 001-login-times-out from #2: Login times out\n/);
    const meta = `${world.project}/kitty-specs/001-login-times-out/meta.json`;
    assert.deepEqual(JSON.parse(await Deno.readTextFile(meta)).origin_ticket, {
      provider: "github",
      resource_type: "github_repository",
      resource_id: String(repository.id),
      external_issue_id: "2",
      external_issue_key: "#2",
      external_issue_url: "https://github.test/acme/web/issues/2",
      title: "Login times out",
    });
    assert.match((await ends(world, 0, line)).stdout, /^✓ Mission 001-login-times-out, resumed,/);
    const other = ["mission", "bind-origin", "001-login-times-out", "--ticket", "1", "--yes"];
    assert.equal((await failure(world, 1, other)).code, "origin_conflict");
    assert.deepEqual(github.writes, []);
    await terminate(host);
  }));

Deno.test("a credential that is refused stops its connection alone, and heals by connecting again", () =>
  withGitHub(async ({ world, data, github, repository, connect }) => {
    fill(github, repository, 1);
    const line = connect("--owner", "acme", "--name", "ours", "--team", "red");
    const first = JSON.parse((await ends(world, 0, [...line, "--json"], { stdin: TOKEN })).stdout);
    assert.deepEqual(Object.keys(first).toSorted(), [
      "account",
      "added",
      "id",
      "missing",
      "name",
      "notes",
      "out_of_reach",
      "places",
      "provider",
      "renewed",
      "schema",
    ]);
    assert.deepEqual([first.name, first.renewed, first.added], ["ours", false, 1]);
    github.state.tokens.delete(TOKEN);
    const at = ["--data", data];
    const test = await ends(world, 1, ["host", "connection", "test", "ours", ...at]);
    assert.match(
      test.stdout,
      /^✗ ours is refused: GitHub does not take the credential \(401\): Bad credentials$/m,
    );
    const wrong = await failure(world, 1, line, { stdin: "ghp_wrong" });
    assert.equal(wrong.code, "connect_failed");
    assert.match(
      wrong.message,
      /^GitHub was not connected: GitHub does not take the credential \(401\): Bad credentials$/,
    );
    const other = "github_pat_another";
    github.state.tokens.set(other, { login: "bo", issues: "read", hooks: false, mayTriage: true });
    const again = await ends(world, 0, line, { stdin: other });
    assert.match(again.stdout, /^! Renewed ours as bo: 1 place\.$/m);
    assert.match(again.stdout, /^ {2}may not: write issues \(the permission Issues/m);
    const shown = await document(world, "host", "connection", "show", "ours", ...at);
    assert.deepEqual([shown.state, shown.resource_list.length], ["ok", 1]);
    const { connections } = await document(world, "host", "connection", "list", ...at);
    assert.equal(connections.length, 1);
    for (const shown of [first, again, test, wrong]) {
      assert.ok(!JSON.stringify(shown).includes(other) && !JSON.stringify(shown).includes(TOKEN));
    }
  }));

Deno.test("what cannot be connected is told, and nothing is stored", () =>
  withGitHub(async ({ world, data, github, connect }) => {
    github.state.addRepository("acme/wiki").hasIssues = false;
    const failing = (exitCode: number) => async (...args: string[]) => {
      const { code, message } = await failure(world, exitCode, connect(...args), { stdin: TOKEN });
      assert.equal(code, "connect_failed");
      return message.replace("GitHub was not connected: ", "");
    };
    const [why, wrongLine] = [failing(1), failing(2)];
    const missing = 'The repository "acme/none" is not there, or the credential does not reach it';
    assert.equal(await why("--repository", "acme/none"), missing);
    assert.equal(await why("--repository", "acme/wiki"), 'Issues are turned off in "acme/wiki"');
    assert.equal(await why("--owner", "nobody"), 'GitHub knows no owner "nobody"');
    const strange = '"acme/we:b" is no owner and no repository such as acme/web';
    assert.equal(await wrongLine("--repository", "acme/we:b"), strange);
    const usage = async (...args: string[]) => {
      const { code, message } = await failure(world, 2, connect(...args));
      assert.equal(code, "usage");
      return message;
    };
    for (const name of ["acme", "acme/web/x", "acme ada/web", "https://github.com/acme/web"]) {
      const words = `"${name}" is no repository such as acme/web`;
      assert.equal(await usage("--repository", name), words);
    }
    assert.equal(await usage("--owner", "acme/web"), '"acme/web" is no owner such as acme');
    await usage("--app-id", "1");
    await usage();
    const line = connect("--repository", "acme/web").map((one) =>
      one.startsWith("http:") ? `${one}/api` : one
    );
    const elsewhere = await failure(world, 1, line, { stdin: TOKEN });
    assert.match(elsewhere.message, /with 404: .*Is http:\S+\/api the address of its API\?$/);
    assert.deepEqual(github.faults.splice(0), [
      "asked GET /api/user: there is no such call",
    ]);
    const linear = await failure(
      world,
      1,
      ["host", "connect", "linear", "--api-url", "http://127.0.0.1:1", "--data", data],
      { stdin: "lin_api_0123456789" },
    );
    assert.equal(linear.code, "connect_failed");
    const { connections } = await document(world, "host", "connection", "list", "--data", data);
    assert.deepEqual(connections, []);
  }));

Deno.test("a second connection to a repository is refused by name, and one that brings more is not", () =>
  withGitHub(async ({ world, data, github, connect }) => {
    const stdin = TOKEN;
    await ends(world, 0, connect("--repository", "acme/web"), { stdin });
    const twice = await failure(world, 1, connect("--repository", "acme/web", "--name", "two"), {
      stdin,
    });
    assert.equal(
      twice.message,
      'GitHub was not connected: "acme/web" comes with the connection "github" already',
    );
    assert.equal(
      twice.next_action,
      "To give that connection another credential, add `--name github`. Nothing was stored.",
    );
    github.state.addRepository("acme/api");
    const more = connect("--repository", "acme/web", "--repository", "acme/api");
    const { stdout, stderr } = await ends(world, 0, more, { stdin });
    assert.equal(stdout, "✓ Connected github-2 as ada: 2 places.\n  acme/web\n  acme/api\n");
    assert.match(stderr, /^1 place of these came with another connection, and stay with it\.$/m);
    const same = connect("--repository", "ACME/api", "--repository", "acme/WEB");
    assert.match((await ends(world, 0, same, { stdin })).stdout, /^✓ Renewed github-2 as ada/);
    const elsewhere = connect("--repository", "acme/web", "--team", "blue");
    await ends(world, 0, elsewhere, { stdin });
    const { connections } = await document(world, "host", "connection", "list", "--data", data);
    assert.deepEqual(
      connections.map((
        one: Record<string, unknown>,
      ) => [one["team"], one["name"], one["resources"]]),
      [["blue", "github", 1], ["red", "github", 1], ["red", "github-2", 1]],
    );
  }));

Deno.test("a repository that is renamed keeps its issues, its project and its pushes", () =>
  withGitHub(async ({ world, data, github, repository, connect }) => {
    fill(github, repository, 2);
    await ends(world, 0, connect("--repository", "acme/web"), { stdin: TOKEN });
    const host = await serveBound(world, data, "github");
    await until(async () => {
      await ends(world, 0, ["sync", "pull"]);
      return (await world.here(["issue", "show", "#2"])).code === 0 ? true : null;
    });
    github.rename(repository, "site");
    await ends(world, 0, ["issue", "edit", "#1", "--title", "Edited"]);
    await ends(world, 0, ["issue", "create", "--title", "Made"]);
    await ends(world, 0, ["sync", "push"]);
    assert.deepEqual([...repository.issues.values()].map(({ title }) => title), [
      "Edited",
      "Issue 2",
      "Made",
    ]);
    await ends(world, 0, ["host", "sync", "github", "--sweep", "--data", data]);
    const { resources } = await until(async () => {
      const found = await document(world, "discover", "-p", "github");
      return found.resources[0].display_label === "acme/site" ? found : null;
    });
    assert.equal(resources[0].bound_project_slug, "my-project");
    await ends(world, 0, ["sync", "pull"]);
    assert.equal((await document(world, "issue", "list")).issues.length, 3);
    await terminate(host);
  }));

Deno.test("what was made and changed while no connection brought a repository is sent when one does again", () =>
  withGitHub(async ({ world, data, github, repository, connect }) => {
    fill(github, repository, 3);
    await ends(world, 0, connect("--repository", "acme/web"), { stdin: TOKEN });
    const host = await serveBound(world, data, "github");
    await until(async () => {
      await ends(world, 0, ["sync", "pull"]);
      return (await world.here(["issue", "show", "#3"])).code === 0 ? true : null;
    });
    const remove = ["host", "connection", "remove", "github", "--yes", "--data", data];
    await ends(world, 0, remove);
    await ends(world, 0, ["issue", "create", "--title", "Made alone", "--body", "Text"]);
    await ends(world, 0, ["issue", "edit", "#1", "--title", "Edited alone"]);
    await ends(world, 0, ["issue", "edit", "#2", "--title", "Edited before"]);
    const { stderr } = await ends(world, 0, ["sync", "push"]);
    const kept = 'Stays in the host: no connection brings "acme/web" any more';
    assert.equal(stderr.split("\n").filter((line) => line.endsWith(kept)).length, 1, stderr);
    const { stdout } = await ends(world, 0, ["status"]);
    assert.match(stdout, / · github · not connected\n/);
    assert.deepEqual(github.writes, []);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    github.edit(repository, 2, { title: "Edited there" });
    await ends(world, 0, connect("--repository", "acme/web"), { stdin: TOKEN });
    await ends(world, 0, ["host", "sync", "github", "--sweep", "--data", data]);
    await until(async () => {
      await ends(world, 0, ["sync", "pull", "--all"]);
      return (await world.here(["issue", "show", "#4"])).code === 0 ? true : null;
    });
    const titles = ["Edited alone", "Edited there", "Issue 3", "Made alone"];
    assert.deepEqual([...repository.issues.values()].map(({ title }) => title), titles);
    const { issues } = await document(world, "issue", "list");
    assert.deepEqual(issues.map(({ title }: { title: string }) => title).sort(), titles);
    assert.deepEqual(github.writes, ["update #1 title", "create #4 Made alone"]);
    await terminate(host);
  }));
