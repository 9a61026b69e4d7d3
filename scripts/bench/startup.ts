import { fromFileUrl } from "../file_urls.ts";
import type { Bench, Case } from "./bench.ts";

const ROOT = new URL("../../", import.meta.url);
const HELLO = new URL("./programs/hello.ts", import.meta.url);
const MAIN = new URL("main.ts", ROOT);

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
    const under =
      (flags: readonly string[], manner: string) => (args: string, limit: number): Case => ({
        name: `tracker ${args}${manner}`,
        limit,
        run: () => start(MAIN, [args], `${home}/project`, env, flags),
      });
    const tracker = under(["-A"], "");
    const places = `${home},${fromFileUrl(ROOT)}`;
    const scoped = under(
      [`--allow-read=${places}`, `--allow-write=${home}`, "--allow-env"],
      ", scoped",
    );
    return {
      baseline: { name: "hello", run: () => start(HELLO, [], home, env) },
      cases: [
        tracker("--version", 1.5),
        tracker("--help", 2),
        tracker("status", 3),
        scoped("--version", 1.5),
        scoped("--help", 2),
        scoped("status", 3),
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
  flags: readonly string[] = ["-A"],
): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--no-prompt", ...flags, module.href, ...args],
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
