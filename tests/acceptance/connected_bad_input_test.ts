/** What people enter that a tracker does not take, and places that are not as they were: what the commands say. */
import assert from "node:assert/strict";
import { ADMIN_KEY } from "../standins/linear/fake_linear.ts";
import { document, ends } from "../support/bound.ts";
import {
  fill,
  type GitHubWorld,
  type LinearWorld,
  TOKEN,
  withGitHub,
  withLinear,
} from "./connect_setup.ts";
import { createLong, labels, STRANGE } from "./bad_input.ts";
import { withBound } from "./bound_setup.ts";

function withBoundGitHub(test: (scene: GitHubWorld) => Promise<void>): Promise<void> {
  return withGitHub(async (scene) => {
    const { world, data, github, repository, connect } = scene;
    fill(github, repository, 2);
    await ends(world, 0, connect("--repository", "acme/web"), { stdin: TOKEN });
    await withBound(world, { data, provider: "github", last: "#2" }, () => test(scene));
  });
}

function withBoundLinear(test: (scene: LinearWorld) => Promise<void>): Promise<void> {
  return withLinear(async (scene) => {
    const { world, data, addIssues, connect } = scene;
    addIssues("ENG", 2);
    await ends(world, 0, connect("--team-key", "ENG"), { stdin: ADMIN_KEY });
    await withBound(world, { data, provider: "linear", last: "ENG-2" }, () => test(scene));
  });
}

Deno.test("a body of 65,536 characters goes to GitHub whole, and one more is refused by name", () =>
  withBoundGitHub(async ({ world, repository }) => {
    await createLong(world, "Longest", 65_536);
    await ends(world, 0, ["sync", "push"]);
    assert.equal(repository.issues.get(3)?.body?.length, 65_536);
    await createLong(world, "Too long", 65_537);
    const { stderr } = await ends(world, 1, ["sync", "push"]);
    assert.match(stderr, /^ +local-\S+ +A description has 65536 characters at GitHub at most$/m);
    assert.equal(repository.issues.size, 3);
  }));

Deno.test("100 labels go to GitHub, and one more is refused by name", () =>
  withBoundGitHub(async ({ world, repository }) => {
    await ends(world, 0, ["issue", "edit", "#1", ...labels(100)]);
    await ends(world, 0, ["sync", "push"]);
    assert.equal(repository.issues.get(1)?.labels.length, 100);
    await ends(world, 0, ["issue", "edit", "#1", ...labels(101)]);
    const { stderr } = await ends(world, 1, ["sync", "push"]);
    assert.match(stderr, /^ +#1 +labels: An issue has 100 labels at GitHub at most$/m);
    assert.equal(repository.issues.get(1)?.labels.length, 100);
  }));

Deno.test("emoji, right-to-left text and control characters reach GitHub as they are, and no terminal", () =>
  withBoundGitHub(async ({ world, repository }) => {
    await ends(world, 0, ["issue", "create", "--title", STRANGE, "--body", `${STRANGE}\r\nend`]);
    await ends(world, 0, ["sync", "push"]);
    const made = repository.issues.get(3);
    assert.equal(made?.title, STRANGE);
    assert.ok(made?.body?.startsWith(`${STRANGE}\r\nend`));
    await ends(world, 0, ["sync", "pull"]);
    assert.equal((await document(world, "issue", "show", "#3")).title, STRANGE);
    const { stdout } = await ends(world, 0, ["issue", "show", "#3"]);
    assert.ok(stdout.startsWith("#3  🏳️‍🌈 right to left, עברית, bell , red, zerowidth\n"), stdout);
  }));

Deno.test("a repository that is archived, or has its issues turned off, is told as such; nothing is lost", () =>
  withBoundGitHub(async ({ world, data, repository }) => {
    repository.isArchived = true;
    await ends(world, 0, ["issue", "edit", "#1", "--title", "Edited"]);
    const archived = await ends(world, 1, ["sync", "push"]);
    assert.match(
      archived.stderr,
      /^ +#1 +title: .* with 403: Repository was archived so is read-only\.$/m,
    );
    repository.isArchived = false;
    repository.hasIssues = false;
    const off = await ends(world, 1, ["sync", "push", "--retry"]);
    assert.match(off.stderr, /^ +#1 +title: Issues are turned off in "acme\/web"$/m);
    const read = await ends(world, 1, ["host", "sync", "github", "--data", data]);
    assert.equal(read.stdout, '! github  acme/web: Issues are turned off in "acme/web"\n');
    assert.match((await ends(world, 0, ["status"])).stdout, /Issues are turned off in "acme\/web"/);
    repository.hasIssues = true;
    await ends(world, 0, ["host", "sync", "github", "--data", data]);
    await ends(world, 0, ["sync", "push", "--retry"]);
    assert.equal(repository.issues.get(1)?.title, "Edited");
    assert.equal((await document(world, "issue", "list")).issues.length, 2);
  }));

Deno.test("what a credential may not do is said with the permission that it lacks", async () => {
  const hooks = "register a webhook (the permission Webhooks: Read and write; " +
    "without it changes are found by asking)";
  const issues = (verb: string) => `${verb} issues (the permission Issues: Read and write)`;
  await withGitHub(async ({ world, github, repository, connect }) => {
    fill(github, repository, 1);
    const all = { login: "ada", issues: "write", hooks: true, mayTriage: true } as const;
    for (
      const [token, missing] of [
        [{ ...all, issues: "none" }, [issues("read")]],
        [{ ...all, issues: "read" }, [issues("write")]],
        [{ ...all, issues: "read", hooks: false }, [issues("write"), hooks]],
        [all, []],
      ] as const
    ) {
      github.state.tokens.set(TOKEN, token);
      const line = [...connect("--repository", "acme/web"), "--json"];
      const { stdout } = await ends(world, 0, line, { stdin: TOKEN });
      assert.deepEqual(JSON.parse(stdout).missing, missing);
    }
  });
  await withLinear(async ({ world, linear, connect }) => {
    const [userId = ""] = linear.workspace.people.keys();
    const caller = { userId, scopes: new Set(["read"]), hiddenTeams: new Set<string>() };
    linear.callers.set("lin_api_reading", caller);
    const line = connect("--team-key", "ENG");
    const { stdout, stderr } = await ends(world, 0, line, { stdin: "lin_api_reading" });
    assert.match(stdout, /^ {2}may not: create and change issues \(the permission Write\)$/m);
    assert.match(stderr, /^A host that serves this data does what the credential allows/m);
  });
});

Deno.test("a repository that was renamed is connected under the name that it has now", () =>
  withGitHub(async ({ world, github, repository, connect }) => {
    github.rename(repository, "site");
    const { stdout } = await ends(world, 0, connect("--repository", "acme/web"), { stdin: TOKEN });
    assert.equal(stdout, "✓ Connected github as ada: 1 place.\n  acme/site\n");
  }));

Deno.test("a long body, 100 labels and strange characters reach Linear as they are", () =>
  withBoundLinear(async ({ world, linear }) => {
    await createLong(world, "Longest", 65_537);
    await ends(world, 0, ["issue", "edit", "ENG-1", ...labels(100)]);
    await ends(world, 0, ["issue", "edit", "ENG-2", "--title", STRANGE]);
    await ends(world, 0, ["sync", "push"]);
    const found = [...linear.workspace.issues.values()];
    assert.equal(found.find(({ title }) => title === "Longest")?.description?.length, 65_537);
    assert.equal(found.find(({ number }) => number === 1)?.labelIds.length, 100);
    assert.equal(found.find(({ number }) => number === 2)?.title, STRANGE);
  }));

Deno.test("a team that was removed at Linear, or hidden, is told as such, and its issues stay", async () => {
  for (const isHidden of [false, true]) {
    await withBoundLinear(async ({ world, data, linear, team }) => {
      const admin = linear.callers.get(ADMIN_KEY);
      assert.ok(admin !== undefined);
      const { issues, teams } = linear.workspace;
      const hiddenTeams = new Set([team("ENG")]);
      if (isHidden) linear.callers.set(ADMIN_KEY, { ...admin, hiddenTeams });
      else {
        issues.clear();
        teams.delete(team("ENG"));
      }
      const words = 'The team "ENG" is not there, or the credential does not reach it';
      for (const sweep of [["--sweep"], []]) {
        const line = ["host", "sync", "linear", ...sweep, "--data", data];
        const { stdout } = await ends(world, 1, line);
        assert.match(stdout, /^! linear {2}acme\/ENG: .* is not there, or the credential does not/);
      }
      const status = await ends(world, 0, ["status"]);
      assert.ok(status.stdout.includes(words), status.stdout);
      await ends(world, 0, ["issue", "edit", "ENG-1", "--title", "Waits"]);
      const pushed = await ends(world, 1, ["sync", "push"]);
      assert.ok(pushed.stderr.includes(words), pushed.stderr);
      await ends(world, 0, ["sync", "pull", "--all"]);
      assert.equal((await document(world, "issue", "list")).issues.length, 2);
    });
  }
});
