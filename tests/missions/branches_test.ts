import assert from "node:assert/strict";
import {
  branchName,
  leaveBranch,
  plannedBranch,
  requireRepository,
  switchTo,
  ticketBranch,
} from "../../src/missions/branches.ts";
import { openGit } from "../../src/missions/git_command.ts";
import { originNamed, ticketBranchOf } from "../../src/missions/ticket_branches.ts";
import { failing, type TestProject, WEB_12_TICKET, withProject } from "./support.ts";
import { create, start } from "./mission_calls.ts";
import { BIND, bindStub, recordedEvents, refusal, SIGNED_IN } from "./support.ts";

const WEB_12 = { key: "WEB-12", title: "Login times out", id: "10012" };

function head(project: TestProject): Promise<string> {
  return project.git("symbolic-ref", "--short", "HEAD");
}

Deno.test("a branch of a ticket has its key and the first words of its title", async () => {
  const names: readonly (readonly [string, string, string])[] = [
    ["WEB-12", "Login times out", "WEB-12-login-times-out"],
    ["#12", "Fix: the login's time-out (again)", "12-fix-the-logins-time-out-again"],
    ["acme/web#7", "", "acme-web-7"],
    ["", "🔥", "ticket"],
    ["../..", "--force", "force"],
    ["a.lock", "x~^:?*[\\", "a-lock-x"],
    [
      "WEB-1\u001b[0m",
      "\u001b[31mRed\u001b[0m \u009b1mlight \u001b]8;;http://a b\u0007on",
      "WEB-1-red-light-on",
    ],
    ["K".repeat(300), "word", "K".repeat(80)],
  ];
  await withProject({}, async (project) => {
    for (const [key, title, name] of names) {
      assert.equal(ticketBranch({ key, title }), name);
      await project.git("check-ref-format", "--branch", name);
    }
  });
});

Deno.test("where spec-kitty has made branches of missions, here or at origin, missions get such ones", async () => {
  for (const ref of ["refs/heads/kitty/mission-001-old", "refs/remotes/origin/kitty/mission-x"]) {
    await withProject({}, async (project) => {
      const git = openGit(project.platform, project.root);
      const subject = { ...WEB_12, directory: "002-web-12" };
      assert.equal(await branchName(git, subject), "WEB-12-login-times-out");
      await project.git("update-ref", ref, "HEAD");
      assert.equal(await branchName(git, subject), "kitty/mission-002-web-12");
      const ticketAlone = { ...subject, directory: null };
      assert.equal(await branchName(git, ticketAlone), "WEB-12-login-times-out");
    });
  }
});

Deno.test("a branch is created once, found the next time, and taken from origin where it is there", async () => {
  await withProject({}, async (project) => {
    const git = await requireRepository(project.platform, project.root);
    const planned = await plannedBranch(git, "work");
    assert.deepEqual(planned, { name: "work", from: "main", isNew: true });
    await switchTo(git, "work");
    assert.equal(await head(project), "work");
    assert.equal((await plannedBranch(git, "work")).isNew, false);
    await project.git("commit", "--quiet", "--allow-empty", "-m", "Theirs");
    await project.git("update-ref", "refs/remotes/origin/theirs", "HEAD");
    await project.git("config", "remote.origin.url", "https://example.com/web.git");
    await project.git("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*");
    await project.git("switch", "--quiet", "main");
    await switchTo(git, "theirs");
    assert.equal(await project.git("log", "-1", "--format=%s"), "Theirs");
    assert.equal(await project.git("config", "branch.theirs.remote"), "origin");
  });
});

Deno.test("what git refuses to check out is told in its words; without a repository there is no branch", async () => {
  await withProject({}, async (project) => {
    const git = openGit(project.platform, project.root);
    await project.git("branch", "kitty");
    const failure = await failing(switchTo(git, "kitty/mission-001-a"), "branch_failed");
    assert.match(failure.message, /kitty\/mission-001-a.*: .*'?refs\/heads\/kitty'?/);
    assert.equal(await head(project), "main");
  });
  await withProject({ repository: false }, async (project) => {
    await failing(create(project, "fix-login", { branch: true }), "no_repository");
    assert.deepEqual(await project.names("kitty-specs"), []);
  });
});

Deno.test("a branch that is left is removed while it holds nothing of its own", async () => {
  await withProject({}, async (project) => {
    const git = openGit(project.platform, project.root);
    const branch = await plannedBranch(git, "work");
    await switchTo(git, "work");
    await leaveBranch(git, branch);
    assert.equal(await head(project), "main");
    assert.equal(await project.git("branch", "--list", "work"), "");
    await switchTo(git, "work");
    await project.git("commit", "--quiet", "--allow-empty", "-m", "Own");
    await leaveBranch(git, branch);
    assert.equal(await head(project), "main");
    assert.match(await project.git("branch", "--list", "work"), /work/);
  });
});

Deno.test("a mission on a branch of its own leaves none behind when its commit is refused", async () => {
  await withProject({}, async (project) => {
    await project.write(".git/hooks/pre-commit", "#!/bin/sh\necho no >&2; exit 1\n");
    await Deno.chmod(`${project.root}/.git/hooks/pre-commit`, 0o755);
    await failing(create(project, "fix-login", { branch: true }), "commit_failed");
    assert.equal(await head(project), "main");
    assert.equal(await project.git("branch", "--list"), "* main");
    assert.equal(await project.git("status", "--porcelain"), "");
  });
});

Deno.test("from no branch, and on one of its own, a mission is committed where it is wanted", async () => {
  await withProject({}, async (project) => {
    await project.git("switch", "--quiet", "--detach");
    await failing(create(project), "detached_head");
    const made = await create(project, "fix-login", { branch: true });
    assert.equal(made.commit.kind, "committed");
    assert.deepEqual(made.branch, { name: "fix-login", from: null, isNew: true });
    assert.equal(made.targetBranch, "main");
  });
});

Deno.test("a start that is repeated from another branch comes back to the one of its mission", async () => {
  const network = [
    refusal(BIND, 503, "provider_down"),
    bindStub("001-web-12"),
    bindStub("001-web-12"),
    bindStub("001-web-12"),
  ];
  await withProject({ env: SIGNED_IN, network }, async (project) => {
    const events = recordedEvents();
    await failing(start(project, events, { branch: true }), "provider_down");
    await project.git("switch", "--quiet", "main");
    const started = await start(project, events, { branch: true });
    assert.equal(started.resumed, true);
    assert.equal(await head(project), "WEB-12-login-times-out");
    assert.equal(await project.git("rev-list", "--count", "main"), "1");
    const again = await start(project, events, { branch: true });
    assert.deepEqual(again.branch, {
      name: "WEB-12-login-times-out",
      from: "WEB-12-login-times-out",
      isNew: false,
    });
    assert.equal(events.bound.length, 1);
    await project.git("switch", "--quiet", "main");
    const failure = await failing(start(project, events), "mission_elsewhere");
    assert.match(failure.nextAction ?? "", /`git switch WEB-12-login-times-out`/);
    assert.deepEqual(await project.names("kitty-specs"), []);
    const back = await start(project, events, { branch: true });
    assert.equal(back.featureSlug, "001-web-12");
    assert.equal(back.branch?.from, "main");
    assert.equal(await head(project), "WEB-12-login-times-out");
  });
});

Deno.test("the branch of a ticket is found with its mission, and named without being made", async () => {
  await withProject({}, async (project) => {
    const { platform, root } = project;
    const named = await ticketBranchOf(platform, root, { ticket: WEB_12, checkOut: false });
    assert.deepEqual(named, {
      name: "WEB-12-login-times-out",
      from: "main",
      isNew: true,
      mission: null,
    });
    assert.equal(await head(project), "main");
    await project.write(
      "kitty-specs/001-web-12/meta.json",
      JSON.stringify({ origin_ticket: WEB_12_TICKET }),
    );
    await project.git("branch", "kitty/mission-000-old");
    const branch = await ticketBranchOf(platform, root, { ticket: WEB_12, checkOut: true });
    assert.equal(branch.mission, "001-web-12");
    assert.equal(await head(project), "kitty/mission-001-web-12");
    assert.equal((await originNamed(platform, root, "web-12"))?.title, "Login times out");
    assert.equal(await originNamed(platform, root, "WEB-99"), null);
    const other = { ...WEB_12_TICKET, external_issue_id: "2" };
    await project.write(
      "kitty-specs/002-web-12/meta.json",
      JSON.stringify({ origin_ticket: other }),
    );
    await failing(originNamed(platform, root, "WEB-12"), "ticket_ambiguous");
  });
});
