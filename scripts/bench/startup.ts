import type { Bench, Case } from "./bench.ts";

const ROOT = new URL("../../", import.meta.url);
const HELLO = new URL("./programs/hello.ts", import.meta.url);
const MAIN = new URL("main.ts", ROOT);

/** Has Deno read a module when it is imported, instead of every one that may be. */
const LAZY = ["--unstable-lazy-dynamic-imports"];

/** How long the program takes to start from source, next to the smallest program there is. */
export const bench: Bench = {
  name: "startup",
  what: "tracker from source, as a ratio to bare Deno's hello-world",
  rounds: 15,
  async prepare() {
    if (!await Deno.stat(MAIN).then(() => true, () => false)) {
      console.log("  skipped: there is no main.ts yet");
      return null;
    }
    const home = await Deno.makeTempDir({ prefix: "tracker-bench-" });
    await Deno.mkdir(`${home}/project/.kittify`, { recursive: true });
    const env = { HOME: home, USERPROFILE: home, SPEC_KITTY_HOME: `${home}/.spec-kitty` };
    const tracker = (name: string, limit: number, args: readonly string[]): Case => ({
      name,
      limit,
      run: () => start(MAIN, args, `${home}/project`, env),
    });
    // As docs/install.md installs it, where everything is permitted.
    const installed = (name: string, limit: number, args: readonly string[]): Case => ({
      name: `${name}, as installed`,
      limit,
      run: () => start(MAIN, args, `${home}/project`, env, LAZY),
    });
    return {
      baseline: { name: "hello", run: () => start(HELLO, [], home, env) },
      cases: [
        tracker("tracker --version", 3, ["--version"]),
        tracker("tracker --help", 3.5, ["--help"]),
        tracker("tracker status", 5, ["status"]),
        installed("tracker --version", 1.7, ["--version"]),
        installed("tracker --help", 4, ["--help"]),
        installed("tracker status", 4, ["status"]),
      ],
      clean: () => Deno.remove(home, { recursive: true }),
    };
  },
};

async function start(
  module: URL,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", ...flags, module.href, ...args],
    cwd,
    // The same compiled modules in every round: a first start is not what is measured.
    env: { ...env, DENO_DIR: Deno.env.get("DENO_DIR") ?? defaultDenoDir() },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  // `status` without a binding says so and exits with 1; a crash exits otherwise or shows a stack.
  const words = new TextDecoder().decode(stderr);
  if (code > 1 || /^\s+at .*:\d+:\d+\)?$/m.test(words)) {
    throw new Error(`${module.pathname} ${args.join(" ")} ended with ${code}: ${words}`);
  }
}

function defaultDenoDir(): string {
  const home = Deno.env.get("HOME") ?? "";
  if (Deno.build.os === "windows") return `${Deno.env.get("LOCALAPPDATA")}\\deno`;
  if (Deno.build.os === "darwin") return `${home}/Library/Caches/deno`;
  return `${Deno.env.get("XDG_CACHE_HOME") ?? `${home}/.cache`}/deno`;
}
