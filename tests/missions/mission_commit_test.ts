import assert from "node:assert/strict";
import { createMission } from "../../src/missions/create_mission.ts";
import { failing, recordedEvents, type TestProject, withProject } from "./support.ts";
import { create } from "./mission_calls.ts";

Deno.test("The commit holds the mission alone: unstaged and untracked work stays as it was", async () => {
  await withProject({}, async (project) => {
    await project.write("README.md", "# Changed\n");
    await project.write("new.txt", "untracked\n");
    await create(project);
    assert.equal(await project.git("status", "--porcelain"), "M README.md\n?? new.txt");
  });
});

Deno.test("Staged changes are refused before anything is made, and stay staged", async () => {
  await withProject({}, async (project) => {
    await project.write("README.md", "# Changed\n");
    await project.git("add", "README.md");
    const failure = await failing(create(project), "dirty_index");
    assert.match(failure.message, /"README\.md"/);
    assert.deepEqual(await project.names("kitty-specs"), []);
    assert.equal(await project.git("status", "--porcelain"), "M  README.md");
    assert.equal(await project.git("rev-list", "--count", "HEAD"), "1");

    const made = await create(project, "fix-login", { commit: false });
    assert.deepEqual(made.commit, { kind: "not_committed", reason: "not_asked" });
    assert.equal(await project.git("status", "--porcelain"), "M  README.md\n?? kitty-specs/");
  });
});

Deno.test("A staged rename and a staged deletion are refused too", async () => {
  await withProject({}, async (project) => {
    await project.git("mv", "README.md", "READ ME.md");
    const failure = await failing(create(project), "dirty_index");
    assert.deepEqual(failure.details["staged"], ["READ ME.md"]);
    await project.git("reset", "--quiet", "--hard");
    await project.git("rm", "--quiet", "README.md");
    await failing(create(project), "dirty_index");
  });
});

Deno.test("In the middle of a merge no mission is made", async () => {
  await withProject({}, async (project) => {
    await project.git("switch", "--quiet", "-c", "other");
    await project.git("commit", "--quiet", "--allow-empty", "-m", "Other");
    await project.git("switch", "--quiet", "main");
    await project.git("commit", "--quiet", "--allow-empty", "-m", "Main");
    await project.git("merge", "--quiet", "--no-commit", "--no-ff", "other");
    await failing(create(project), "commit_in_progress");
    assert.deepEqual(await project.names("kitty-specs"), []);
  });
});

for (const command of ["cherry-pick", "revert"]) {
  Deno.test(`in the middle of a ${command} no mission is made, though the index is clean`, async () => {
    await withProject({}, async (project) => {
      const { stopped } = await diverged(project);
      await stopped(command);
      assert.equal(await project.git("diff", "--cached", "--name-only"), "");
      const failure = await failing(create(project), "commit_in_progress");
      assert.match(failure.message, /merge, cherry-pick or revert/);
      assert.deepEqual(await project.names("kitty-specs"), []);
    });
  });
}

/** Two branches that change one line; `stopped` leaves a command in its conflict, with that resolved as nothing. */
async function diverged(
  project: TestProject,
): Promise<{ stopped: (command: string) => Promise<void> }> {
  const change = async (text: string) => {
    await project.write("README.md", `# ${text}\n`);
    await project.git("commit", "--quiet", "-am", text);
  };
  await project.git("switch", "--quiet", "-c", "other");
  await change("Other");
  await project.git("switch", "--quiet", "main");
  await change("Main");
  await change("Newer");
  return {
    async stopped(command) {
      await assert.rejects(project.git(command, command === "revert" ? "HEAD~1" : "other"));
      await project.git("checkout", "--quiet", "--force", "HEAD", "--", "README.md");
    },
  };
}

Deno.test("Git that does not know the user is a clear error, and nothing is made", async () => {
  await withProject({}, async (project) => {
    await project.git("config", "--unset", "user.name");
    await project.git("config", "--unset", "user.email");
    await project.git("config", "user.useConfigOnly", "true");
    const failure = await failing(create(project), "git_identity_missing");
    assert.match(failure.nextAction ?? "", /git config user\.name/);
    assert.deepEqual(await project.names("kitty-specs"), []);
  });
});

Deno.test("A hook that refuses the commit leaves no trace of the mission", async () => {
  await withProject({}, async (project) => {
    await project.write(
      ".git/hooks/pre-commit",
      "#!/bin/sh\necho 'no missions today' >&2\nexit 1\n",
    );
    await Deno.chmod(`${project.root}/.git/hooks/pre-commit`, 0o755);
    const failure = await failing(create(project), "commit_failed");
    assert.match(failure.message, /no missions today/);
    assert.deepEqual(await project.names("kitty-specs"), []);
    assert.equal(await project.git("status", "--porcelain"), "");
    await Deno.remove(`${project.root}/.git/hooks/pre-commit`);
    assert.equal((await create(project)).featureSlug, "001-fix-login");
  });
});

Deno.test("In a repository without a commit the mission is the first one, and is undone as well", async () => {
  await withProject({ repository: false }, async (project) => {
    await project.git("init", "--quiet", "--initial-branch=trunk");
    await project.git("config", "user.name", "Test");
    await project.git("config", "user.email", "test@example.com");
    await project.write(".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n");
    await Deno.chmod(`${project.root}/.git/hooks/pre-commit`, 0o755);
    await failing(create(project), "commit_failed");
    assert.equal(await project.git("diff", "--cached", "--name-only"), "");
    await Deno.remove(`${project.root}/.git/hooks/pre-commit`);
    const made = await create(project);
    assert.equal(made.targetBranch, "trunk");
    assert.equal(made.commit.kind, "committed");
    assert.equal(await project.git("rev-list", "--count", "HEAD"), "1");
  });
});

Deno.test("A project that is no git repository gets its mission and is told that it is not committed", async () => {
  await withProject({ repository: false }, async (project) => {
    const made = await create(project);
    assert.deepEqual(made.commit, { kind: "not_committed", reason: "no_repository" });
    assert.equal(made.targetBranch, "main");
  });
});

Deno.test("Without git, or with missions that git ignores, the mission is made and not committed", async () => {
  await withProject({}, async (project) => {
    await project.write(".gitignore", "kitty-specs/\n");
    const ignored = await create(project);
    assert.deepEqual(ignored.commit, { kind: "not_committed", reason: "ignored" });
    const { TrackerError } = await import("../../src/platform/tracker_error.ts");
    const noGit = {
      ...project.platform,
      processes: {
        ...project.platform.processes,
        run: () =>
          Promise.reject(new TrackerError({ code: "command_missing", message: "Cannot find git" })),
      },
    };
    const made = await createMission({
      platform: noGit,
      projectRoot: project.root,
      slug: "other",
      events: recordedEvents(),
    });
    assert.deepEqual(made.commit, { kind: "not_committed", reason: "no_git" });
  });
});

Deno.test("A worktree gets its mission on its own branch", async () => {
  await withProject({}, async (project) => {
    const tree = `${project.platform.home}/tree`;
    await project.git("worktree", "add", "--quiet", "-b", "side", tree);
    const made = await createMission({
      platform: project.platform,
      projectRoot: tree,
      slug: "in-tree",
      events: recordedEvents(),
    });
    assert.equal(made.targetBranch, "side");
    assert.equal(made.commit.kind, "committed");
    assert.equal(await project.git("-C", tree, "status", "--porcelain"), "");
    assert.equal(await project.git("log", "-1", "--format=%s", "side"), "Add mission 001-in-tree");
    assert.equal(await project.git("log", "-1", "--format=%s", "main"), "First");
  });
});

Deno.test("Without a branch checked out no mission is committed", async () => {
  await withProject({}, async (project) => {
    await project.git("switch", "--quiet", "--detach");
    await failing(create(project), "detached_head");
    assert.deepEqual(await project.names("kitty-specs"), []);
    assert.equal((await create(project, "a", { commit: false })).targetBranch, "main");
  });
});
