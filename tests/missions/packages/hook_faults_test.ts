import assert from "node:assert/strict";
import { installHooks, PUSH_HOOKS } from "../../../src/missions/packages/hook_files.ts";
import { systemPlatform } from "../../../src/platform/system.ts";
import { until, untilSo } from "../../support/until.ts";
import { read, type Scene, withRepository } from "./hook_scene.ts";

const COMMITS = 12;

/** Has each hook count itself, before ours are installed; they are run by git and waited for. */
async function plantCounters({ home, root }: Scene): Promise<void> {
  for (const hook of PUSH_HOOKS) {
    const text = `#!/bin/sh\necho ran >>"${home}/ran"\n`;
    await Deno.writeTextFile(`${root}/.git/hooks/${hook}`, text, { mode: 0o755 });
  }
}

/** Waits until each hook that was run has noted its work tree, but for those that a push has taken. */
async function allNoted({ home, root }: Scene, taken = 0): Promise<void> {
  const lines = async (path: string) => (await read(path) ?? "").split("\n").length - 1;
  const ran = await lines(`${home}/ran`);
  assert.ok(ran >= COMMITS, `Hooks were run ${ran} times`);
  await untilSo(async () => await lines(`${root}/.git/tracker-wp-push.wanted`) === ran - taken);
}

/** Makes a branch of some commits, and rebases it; fails when git does, or says anything. */
async function rebase({ root, git }: Scene): Promise<void> {
  await git("commit", "--quiet", "--allow-empty", "-m", "Start");
  await git("switch", "--quiet", "--create", "work");
  for (let number = 1; number <= COMMITS; number++) {
    await Deno.writeTextFile(`${root}/step-${number}.txt`, "");
    await git("add", ".");
    assert.equal(await git("commit", "--quiet", "-m", `Step ${number}`), "");
  }
  assert.equal(await git("switch", "--quiet", "main"), "");
  await git("commit", "--quiet", "--allow-empty", "-m", "Other");
  await git("switch", "--quiet", "work");
  assert.equal(await git("rebase", "--quiet", "main"), "");
  assert.equal(await git("rev-list", "--count", "main..work"), `${COMMITS}\n`);
}

for (
  const [what, plant, said] of [
    ["is missing", (path: string) => Deno.remove(path), /not found|No such file/],
    ["is not executable", (path: string) => Deno.chmod(path, 0o644), /ermission denied/],
    [
      "fails",
      (path: string) => Deno.writeTextFile(path, "#!/bin/sh\necho no host >&2\nexit 70\n"),
      /^no host$/m,
    ],
    ["is killed", (path: string) => Deno.writeTextFile(path, "#!/bin/sh\nkill -9 $$\n"), null],
  ] as const
) {
  Deno.test(`A program that ${what} fails no commit of a rebase${said === null ? "" : ", and the log says why"}`, () =>
    withRepository(async (scene) => {
      const { program, install, settle, log } = scene;
      await plantCounters(scene);
      await install();
      await plant(program);
      await rebase(scene);
      await allNoted(scene);
      await settle();
      if (said !== null) assert.match(await log(), said);
    }));
}

Deno.test("A program that does not end holds up no commit, and is started once more for what came since", () =>
  withRepository(async (scene) => {
    const { home, root, program, git, install, calls, noted, settle } = scene;
    await plantCounters(scene);
    await install();
    await Deno.writeTextFile(
      program,
      `#!/bin/sh\nprintf '%s\\n' "$PWD" >>"${home}/calls"\n` +
        `: >"${home}/started"\nwhile [ ! -f "${home}/end" ]; do /bin/sleep 0.05; done\n`,
    );
    await git("commit", "--quiet", "--allow-empty", "-m", "First");
    await noted();
    await Deno.writeTextFile(`${home}/go`, "");
    await until(() => read(`${home}/started`));
    await rebase(scene);
    await allNoted(scene, 1);
    assert.deepEqual(await calls(), [root]);
    await Deno.writeTextFile(`${home}/end`, "");
    await settle();
    assert.deepEqual(await calls(), [root, root]);
  }));

Deno.test("Installing tells whether git finds the program", () =>
  withRepository(async ({ install }) => {
    assert.equal((await install()).isFound, true);
    assert.equal((await install({ program: "tracker-that-is-not-there" })).isFound, false);
    assert.equal((await install({ program: "git" })).isFound, true);
  }));

Deno.test("Without the permission to write the shared git directory nothing is changed", () =>
  withRepository(async ({ home, root, git }) => {
    await git("commit", "--quiet", "--allow-empty", "-m", "First");
    await git("worktree", "add", "--quiet", "-b", "other", `${home}/other`);
    const platform = systemPlatform();
    const bound = {
      ...platform,
      system: {
        ...platform.system,
        permission: (_: string, path?: string) =>
          path?.startsWith(`${home}/other`) ? "granted" as const : "denied" as const,
      },
    };
    const options = { platform: bound, root: `${home}/other`, program: "tracker" };
    await assert.rejects(installHooks(options), {
      name: "NotCapable",
      message: `Requires write access to "${root}/.git", run again with the --allow-write flag`,
    });
    assert.equal(await read(`${root}/.git/tracker-wp-push.sh`), null);
  }));

Deno.test("Hooks that husky generates get the block, and it is told that they are overwritten", () =>
  withRepository(async ({ root, git, install, noted, settle, calls }) => {
    await Deno.mkdir(`${root}/.husky/_`, { recursive: true });
    await Deno.writeTextFile(`${root}/.husky/_/h`, "echo of husky >&2\n");
    const generated = '#!/usr/bin/env sh\n. "$(dirname "$0")/h"';
    await Deno.writeTextFile(`${root}/.husky/_/post-commit`, generated, { mode: 0o755 });
    await git("config", "core.hooksPath", ".husky/_");
    assert.equal((await install()).manager, "husky");
    assert.match(await git("commit", "--quiet", "--allow-empty", "-m", "First"), /of husky/);
    await noted();
    await settle();
    assert.equal((await calls()).length, 1);
  }));

Deno.test("Hooks in the work tree are told from those in the git directory", () =>
  withRepository(async ({ git, install }) => {
    assert.equal((await install()).isInWorkTree, false);
    await git("config", "core.hooksPath", ".githooks");
    const { isInWorkTree, manager } = await install();
    assert.deepEqual([isInWorkTree, manager], [true, null]);
  }));

Deno.test("A hook that stops at its first fault and its first unset variable is not stopped by ours", () =>
  withRepository(async ({ root, git, install, noted, settle, calls }) => {
    const before = "#!/bin/sh -eu\necho mine >&2\n";
    await Deno.writeTextFile(`${root}/.git/hooks/post-commit`, before, { mode: 0o755 });
    await install();
    await Deno.writeTextFile(`${root}/.git/hooks/post-checkout`, "#!/bin/sh -eu\n", {
      mode: 0o755,
    });
    await install();
    assert.match(await git("commit", "--quiet", "--allow-empty", "-m", "First"), /mine/);
    await noted();
    await settle();
    assert.equal((await calls()).length, 1);
    await Deno.remove(`${root}/.git/tracker-wp-push.sh`);
    assert.equal(await git("switch", "--quiet", "--create", "other"), "");
  }));

Deno.test("Hooks of the project can be committed, and push in another clone once they are installed there", () =>
  withRepository(async ({ home, root, program, git, gitIn, install, calls }) => {
    const clone = `${home}/a clone`;
    await git("config", "core.hooksPath", ".githooks");
    await install();
    for (const hook of PUSH_HOOKS) {
      const text = await read(`${root}/.githooks/${hook}`);
      assert.ok(text !== null && !text.includes(home), "It names nothing of this machine");
    }
    await git("add", ".");
    await git("-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", "Add hooks");
    await gitIn(home, "clone", "--quiet", root, clone);
    await gitIn(clone, "config", "core.hooksPath", ".githooks");
    assert.equal(await gitIn(clone, "commit", "--quiet", "--allow-empty", "-m", "First"), "");
    const { hooks } = await installHooks({ platform: systemPlatform(), root: clone, program });
    assert.deepEqual(hooks.map(({ outcome }) => outcome), ["kept", "kept", "kept"]);
    assert.equal(await gitIn(clone, "status", "--short"), "");
    await Deno.writeTextFile(`${home}/go`, "");
    await gitIn(clone, "commit", "--quiet", "--allow-empty", "-m", "Second");
    await until(async () => (await calls()).length > 0 ? true : null);
    assert.deepEqual(await calls(), [`${clone} wp push --all --no-input`]);
    await untilSo(async () => await missing(`${clone}/.git/tracker-wp-push.running`));
  }));

async function missing(path: string): Promise<boolean> {
  return await systemPlatform().files.stat(path) === null;
}
