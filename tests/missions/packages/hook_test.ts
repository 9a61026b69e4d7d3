import assert from "node:assert/strict";
import {
  installHooks,
  PUSH_HOOKS,
  removeHooks,
} from "../../../src/missions/packages/hook_files.ts";
import { systemPlatform } from "../../../src/platform/system.ts";
import { until } from "../../support/until.ts";

interface Scene {
  readonly home: string;
  readonly root: string;
  git(...args: string[]): Promise<string>;
  /** Runs git in another directory. */
  gitIn(directory: string, ...args: string[]): Promise<string>;
  install(root?: string): ReturnType<typeof installHooks>;
  remove(): ReturnType<typeof removeHooks>;
  hook(name: string): Promise<string | null>;
  /** What the program was called with, by the directory it ran in. */
  calls(): Promise<readonly string[]>;
  /** Lets the worker go on, and waits until it has ended. */
  settle(): Promise<void>;
}

async function read(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function withRepository(test: (scene: Scene) => Promise<void>): Promise<void> {
  const home = await Deno.realPath(await Deno.makeTempDir({ prefix: "wp-hooks-" }));
  const root = `${home}/web app`;
  const bin = `${home}/bin`;
  try {
    await Deno.mkdir(bin);
    await Deno.mkdir(root);
    const program = `${bin}/it's tracker`;
    await Deno.writeTextFile(
      program,
      `#!/bin/sh\nprintf '%s\\n' "$PWD $*" >>"${home}/calls"\n`,
      { mode: 0o755 },
    );
    // The worker waits for what else comes until the test says that nothing does.
    await Deno.writeTextFile(
      `${bin}/sleep`,
      `#!/bin/sh\nwhile [ ! -f "${home}/go" ]; do /bin/sleep 0.05; done\n`,
      { mode: 0o755 },
    );
    const env = {
      PATH: `${bin}:${Deno.env.get("PATH") ?? ""}`,
      HOME: home,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "Ada",
      GIT_AUTHOR_EMAIL: "ada@example.com",
      GIT_COMMITTER_NAME: "Ada",
      GIT_COMMITTER_EMAIL: "ada@example.com",
    };
    const gitIn = async (directory: string, ...args: string[]) => {
      const { success, stdout, stderr } = await new Deno.Command("git", {
        args: ["-C", directory, ...args],
        env,
      }).output();
      const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
      assert.ok(success, `git ${args.join(" ")}: ${said}`);
      return said;
    };
    const options = { platform: systemPlatform(), root, program };
    await gitIn(root, "init", "--quiet", "--initial-branch=main");
    await test({
      home,
      root,
      gitIn,
      git: (...args) => gitIn(root, ...args),
      install: (other = root) => installHooks({ ...options, root: other }),
      remove: () => removeHooks(options),
      hook: (name) => read(`${root}/.git/hooks/${name}`),
      calls: async () =>
        (await read(`${home}/calls`) ?? "").split("\n").filter((line) => line !== ""),
      async settle() {
        await Deno.writeTextFile(`${home}/go`, "");
        await until(async () => {
          const names = [...Deno.readDirSync(`${root}/.git`)].map(({ name }) => name);
          const isBusy = names.some((name) => /^tracker-wp-push\.(wanted|running)/.test(name));
          return await Promise.resolve(isBusy ? null : true);
        });
      },
    });
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

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
  withRepository(async ({ home, root, git, gitIn, install, calls, settle }) => {
    await git("commit", "--quiet", "--allow-empty", "-m", "First");
    await git("worktree", "add", "--quiet", "-b", "other", `${home}/other`);
    await install(`${home}/other`);
    await gitIn(`${home}/other`, "commit", "--quiet", "--allow-empty", "-m", "There");
    await until(async () => await read(`${root}/.git/tracker-wp-push.wanted`) ?? null);
    await settle();
    assert.deepEqual(await calls(), [`${home}/other wp push --all --no-input`]);
  }));

Deno.test("What a killed worker has left stops no later push", () =>
  withRepository(async ({ root, git, install, calls, settle }) => {
    await install();
    await Deno.mkdir(`${root}/.git/tracker-wp-push.running`);
    // No process has an id of so many digits.
    await Deno.writeTextFile(`${root}/.git/tracker-wp-push.running/pid`, "999999999\n");
    await git("commit", "--quiet", "--allow-empty", "-m", "First");
    await until(async () => await read(`${root}/.git/tracker-wp-push.wanted`) ?? null);
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
    withRepository(async ({ root, git, install, remove, hook, calls, settle }) => {
      const path = `${root}/.git/hooks/post-commit`;
      await Deno.writeTextFile(path, before, { mode: 0o755 });
      await Deno.chmod(path, 0o750);
      await install();
      const once = await hook("post-commit");
      await install();
      assert.equal(await hook("post-commit"), once);
      assert.match(await git("commit", "--quiet", "--allow-empty", "-m", "First"), /mine/);
      await until(async () => await read(`${root}/.git/tracker-wp-push.wanted`) ?? null);
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
    await assert.rejects(install(`${home}/plain`), { code: "no_repository" });
  }));
