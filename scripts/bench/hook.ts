import { installHooks } from "../../src/missions/packages/hook_files.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { type Bench, spread } from "./bench.ts";

const COMMITS = 200;

/** How long a rebase takes with the hooks of work packages, next to the same rebase without. */
export const bench: Bench = {
  name: "hook",
  what:
    `a rebase of ${COMMITS} commits with the hooks of \`wp hook install\`, as a ratio to without`,
  rounds: 5,
  async prepare() {
    if (Deno.build.os === "windows") {
      console.log("left out: the program that the hooks call is a shell script here");
      return null;
    }
    const base = await Deno.realPath(await Deno.makeTempDir({ prefix: "tracker-bench-hook-" }));
    const plain = await repository(`${base}/plain`);
    const hooked = await repository(`${base}/hooked`);
    const program = `${base}/tracker`;
    await Deno.writeTextFile(program, "#!/bin/sh\n:\n", { mode: 0o755 });
    const { hooks } = await installHooks({ platform: systemPlatform(), root: hooked, program });
    if (hooks.some(({ outcome }) => outcome !== "installed")) throw new Error("It has no hooks");
    let without = 0;
    const added: number[] = [];
    return {
      baseline: {
        name: "git rebase",
        before: () => reset(plain),
        async run() {
          without = await rebase(plain);
          return without;
        },
      },
      cases: [{
        name: "git rebase with hooks",
        limit: 4,
        async before() {
          await reset(hooked);
          await settled(hooked);
        },
        async run() {
          const ms = await rebase(hooked);
          added.push((ms - without) / COMMITS);
          return ms;
        },
      }],
      figures: () => [
        { name: "added to a commit", value: spread(added).median, unit: "ms", limit: 50 },
      ],
      async clean() {
        await settled(hooked);
        await Deno.remove(base, { recursive: true });
      },
    };
  },
};

/** A repository of which the branch `work` is many commits ahead of the start, and `main` one. */
async function repository(root: string): Promise<string> {
  await Deno.mkdir(root);
  await git(root, "init", "--quiet", "--initial-branch=main");
  await git(root, "config", "gc.auto", "0");
  await commit(root, "start");
  await git(root, "switch", "--quiet", "--create", "work");
  for (let at = 1; at <= COMMITS; at++) await commit(root, `step-${at}`);
  await git(root, "tag", "steps");
  await git(root, "switch", "--quiet", "main");
  await commit(root, "other");
  await git(root, "switch", "--quiet", "work");
  return root;
}

async function commit(root: string, name: string): Promise<void> {
  await Deno.writeTextFile(`${root}/${name}.txt`, `${name}\n`);
  await git(root, "add", `${name}.txt`);
  await git(root, "commit", "--quiet", "--message", name);
}

async function reset(root: string): Promise<void> {
  await git(root, "reset", "--quiet", "--hard", "steps");
}

/** Rebases all commits; returns the milliseconds that took. */
async function rebase(root: string): Promise<number> {
  const started = performance.now();
  await git(root, "rebase", "--quiet", "main");
  const ms = performance.now() - started;
  const count = await git(root, "rev-list", "--count", "main..work");
  if (Number(count) !== COMMITS) throw new Error(`${count} commits were rebased`);
  return ms;
}

/** Waits until the hooks' push, which comes after the last commit, has ended. */
async function settled(root: string): Promise<void> {
  const isBusy = () =>
    [...Deno.readDirSync(`${root}/.git`)].some(({ name }) => /\.(wanted|running)$/.test(name));
  while (isBusy()) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function git(root: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("git", {
    args: ["-C", root, ...args],
    env: {
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_AUTHOR_NAME: "Ada",
      GIT_AUTHOR_EMAIL: "ada@example.com",
      GIT_COMMITTER_NAME: "Ada",
      GIT_COMMITTER_EMAIL: "ada@example.com",
    },
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`git ${args.join(" ")}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout).trim();
}
