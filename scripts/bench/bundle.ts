import { makeBundle } from "../bundle.ts";
import { toFileUrl } from "../file_urls.ts";
import type { Bench, Case } from "./bench.ts";

const HELLO = new URL("./programs/hello.ts", import.meta.url);

/** How long the program takes to start as people have it, next to the smallest program there is. */
export const bench: Bench = {
  name: "bundle",
  what: "tracker from the bundle, as a ratio to bare Deno's hello-world",
  rounds: 21,
  async prepare() {
    const home = await Deno.makeTempDir({ prefix: "tracker-bench-" });
    await Deno.mkdir(`${home}/project/.kittify`, { recursive: true });
    await Deno.writeTextFile(
      `${home}/project/.kittify/config.yaml`,
      "tracker:\n  provider: beads\n  workspace: my-project\n",
    );
    const bundle = await makeBundle(toFileUrl("bundle/", home));
    // Nothing but the bundle: an empty home, and a cache that only it and the smallest program fill.
    const env = { HOME: home, USERPROFILE: home, DENO_DIR: `${home}/cache`, PATH: "" };
    const start = async (module: string, ...args: readonly string[]) => {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--no-prompt", "-A", module, ...args],
        cwd: `${home}/project`,
        clearEnv: true,
        env,
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).output();
      const words = new TextDecoder().decode(stderr);
      if (code !== 0) throw new Error(`${args.join(" ")}: ${words}`);
    };
    const tracker = (limit: number, ...args: readonly string[]): Case => ({
      name: `tracker ${args.join(" ")}`,
      limit,
      run: () => start(bundle.main, ...args),
    });
    return {
      baseline: { name: "hello", run: () => start(HELLO.href) },
      cases: [tracker(2, "--version"), tracker(2.5, "--help"), tracker(3, "status")],
      figures: () =>
        bundle.files.map(({ name, bytes }) => ({ name, value: bytes / 1000, unit: "kB" })),
      clean: () => Deno.remove(home, { recursive: true }),
    };
  },
};
