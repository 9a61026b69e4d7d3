import assert from "node:assert/strict";
import {
  type HookOptions,
  type HooksReport,
  type InstalledHooks,
  installHooks,
  removeHooks,
} from "../../../src/missions/packages/hook_files.ts";
import { systemPlatform } from "../../../src/platform/system.ts";
import { until } from "../../support/until.ts";

/** A repository in which hooks are installed. */
export interface Scene {
  readonly home: string;
  readonly root: string;
  /** The program that the hooks call. */
  readonly program: string;
  git(...args: string[]): Promise<string>;
  /** Runs git in another directory. */
  gitIn(directory: string, ...args: string[]): Promise<string>;
  /** Installs the hooks, in another directory or for another program than usual. */
  install(other?: Partial<Pick<HookOptions, "root" | "program">>): Promise<InstalledHooks>;
  remove(): Promise<HooksReport>;
  hook(name: string): Promise<string | null>;
  /** What the program was called with, by the directory it ran in. */
  calls(): Promise<readonly string[]>;
  /** Waits until a hook has noted a work tree. */
  noted(): Promise<void>;
  /** Lets the worker continue, and waits until it has ended. */
  settle(): Promise<void>;
  /** What the worker has written of its last push. */
  log(): Promise<string>;
}

/** The text of a file; `null` when there is none. */
export async function read(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Runs `test` in a new repository, whose path and whose program have blanks in their names. */
export async function withRepository(test: (scene: Scene) => Promise<void>): Promise<void> {
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
      program,
      gitIn,
      git: (...args) => gitIn(root, ...args),
      install: (other = {}) => installHooks({ ...options, ...other }),
      remove: () => removeHooks(options),
      hook: (name) => read(`${root}/.git/hooks/${name}`),
      calls: async () =>
        (await read(`${home}/calls`) ?? "").split("\n").filter((line) => line !== ""),
      async noted() {
        await until(async () => await read(`${root}/.git/tracker-wp-push.wanted`) ?? null);
      },
      log: async () => await read(`${root}/.git/tracker-wp-push.log`) ?? "",
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
