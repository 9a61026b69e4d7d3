import assert from "node:assert/strict";
import { PUSH_HOOKS } from "../../../src/missions/packages/hook_files.ts";
import { until } from "../../support/until.ts";
import { read, withRepository } from "./hook_scene.ts";

Deno.test("Many commits end in one push, and say nothing", () =>
  withRepository(async ({ root, git, install, calls, settle }) => {
    await install();
    for (let number = 1; number <= 10; number++) {
      assert.equal(await git("commit", "--quiet", "--allow-empty", "-m", `Step ${number}`), "");
    }
    await until(async () => {
      const noted = await read(`${root}/.git/tracker-wp-push.wanted`) ?? "";
      return noted.split("\n").length > 10 ? true : null;
    });
    assert.deepEqual(await calls(), []);
    await settle();
    assert.deepEqual(await calls(), [`${root} wp push --all --no-input`]);
  }));

Deno.test("A commit in another worktree pushes what is there", () =>
  withRepository(async ({ home, git, gitIn, install, calls, noted, settle }) => {
    await git("commit", "--quiet", "--allow-empty", "-m", "First");
    await git("worktree", "add", "--quiet", "-b", "other", `${home}/other`);
    await install({ root: `${home}/other` });
    await gitIn(`${home}/other`, "commit", "--quiet", "--allow-empty", "-m", "There");
    await noted();
    await settle();
    assert.deepEqual(await calls(), [`${home}/other wp push --all --no-input`]);
  }));

Deno.test("What a killed worker has left stops no later push", () =>
  withRepository(async ({ root, git, install, calls, noted, settle }) => {
    await install();
    await Deno.mkdir(`${root}/.git/tracker-wp-push.running`);
    // No process has an id of so many digits.
    await Deno.writeTextFile(`${root}/.git/tracker-wp-push.running/pid`, "999999999\n");
    await git("commit", "--quiet", "--allow-empty", "-m", "First");
    await noted();
    await settle();
    assert.equal((await calls()).length, 1);
  }));

for (
  const [what, before] of [
    ["that is a shell script", "#!/bin/sh\necho mine >&2\nexit 0\n"],
    ["that ends without a line end", "#!/usr/bin/env bash\necho mine >&2"],
    ["without an interpreter", "echo mine >&2\n"],
  ] as const
) {
  Deno.test(`A hook ${what} is run as before, and is as it was after removing`, () =>
    withRepository(async ({ root, git, install, remove, hook, calls, noted, settle }) => {
      const path = `${root}/.git/hooks/post-commit`;
      await Deno.writeTextFile(path, before, { mode: 0o755 });
      await Deno.chmod(path, 0o750);
      await install();
      const once = await hook("post-commit");
      await install();
      assert.equal(await hook("post-commit"), once);
      assert.match(await git("commit", "--quiet", "--allow-empty", "-m", "First"), /mine/);
      await noted();
      await settle();
      assert.equal((await calls()).length, 1);
      await remove();
      assert.equal(await hook("post-commit"), before);
      assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o750);
      assert.equal(await hook("post-merge"), null);
    }));
}

for (
  const [what, before, mode, reason] of [
    ["of another language", "#!/usr/bin/env python3\n", 0o755, /no shell script/],
    ["that git does not run", "#!/bin/sh\n", 0o644, /not executable/],
    ["with line ends of Windows", "#!/bin/sh\r\nexit\r\n", 0o755, /Windows/],
  ] as const
) {
  Deno.test(`A hook ${what} is left alone, and it is said`, () =>
    withRepository(async ({ root, install, hook }) => {
      await Deno.writeTextFile(`${root}/.git/hooks/post-merge`, before, { mode });
      const { hooks } = await install();
      const told = hooks.find((one) => one.hook === "post-merge");
      assert.equal(told?.outcome, "refused");
      assert.match(told?.reason ?? "", reason);
      assert.equal(await hook("post-merge"), before);
    }));
}

Deno.test("Removing what is not installed changes nothing", () =>
  withRepository(async ({ remove }) => {
    const { hooks } = await remove();
    assert.deepEqual(hooks.map(({ outcome }) => outcome), PUSH_HOOKS.map(() => "kept"));
  }));

Deno.test("A directory of hooks in the project is used, one outside of it is not", () =>
  withRepository(async ({ home, root, git, install }) => {
    await git("config", "core.hooksPath", ".githooks");
    assert.equal((await install()).directory, `${root}/.githooks`);
    await git("config", "core.hooksPath", `${home}/shared`);
    await assert.rejects(install(), { code: "hooks_elsewhere" });
    assert.equal(await read(`${home}/shared/post-commit`), null);
  }));

Deno.test("Without a repository there are no hooks", () =>
  withRepository(async ({ home, install }) => {
    await Deno.mkdir(`${home}/plain`);
    await assert.rejects(install({ root: `${home}/plain` }), { code: "no_repository" });
  }));
