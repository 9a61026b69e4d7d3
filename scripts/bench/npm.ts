import { fromFileUrl, toFileUrl } from "../file_urls.ts";
import { DENO_FLAGS, packNpm } from "../pack_npm.ts";
import { layDeno, nodes } from "../../tests/release/npm_setup.ts";
import type { Bench } from "./bench.ts";

/** What the launcher of the npm package costs beside what it starts. */
export const bench: Bench = {
  name: "npm",
  what:
    "tracker of the npm package, as a ratio to an empty Node and the bundle one after the other",
  rounds: 21,
  async prepare() {
    const [node] = await nodes();
    if (node === undefined) return null;
    const home = await Deno.realPath(await Deno.makeTempDir({ prefix: "tracker-bench-" }));
    const { directory } = await packNpm(toFileUrl("packed/", home));
    await layDeno(`${directory}/node_modules`);
    const empty = fromFileUrl(toFileUrl("empty.cjs", home));
    await Deno.writeTextFile(empty, "");
    const env = { HOME: home, USERPROFILE: home, DENO_DIR: `${home}/cache` };
    const start = async (command: string, ...args: readonly string[]) => {
      const { code, stderr } = await new Deno.Command(command, {
        args: [...args],
        clearEnv: true,
        env,
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).output();
      if (code !== 0) throw new Error(`${command}: ${new TextDecoder().decode(stderr)}`);
    };
    const bundle = () =>
      start(Deno.execPath(), "run", ...DENO_FLAGS, `${directory}/tracker.js`, "--version");
    return {
      baseline: {
        name: "Node, then the bundle",
        run: async () => {
          await start(node.path, empty);
          await bundle();
        },
      },
      cases: [
        { name: "the bundle", run: bundle },
        {
          name: "tracker --version",
          limit: 1.3,
          run: () => start(node.path, `${directory}/tracker.cjs`, "--version"),
        },
      ],
      figures:
        () => [{ name: `Node ${node.version}`, value: node.replaces ? 1 : 2, unit: "processes" }],
      clean: () => Deno.remove(home, { recursive: true }),
    };
  },
};
