import type { Bench } from "./bench.ts";
import { bundled, hostedHome, MANY, recordedHost } from "./programs/bound_homes.ts";
import { workspace } from "./programs/local_workspace.ts";

const HELLO = new URL("./programs/hello.ts", import.meta.url).href;

/** How long `status` takes in bound projects with a full cache, next to the smallest program there is. */
export const bench: Bench = {
  name: "status",
  what: `status from the bundle with ${MANY} issues cached, as a ratio to bare Deno's hello-world`,
  rounds: 21,
  async prepare() {
    const base = await Deno.makeTempDir({ prefix: "tracker-bench-status-" });
    const [program, host] = [await bundled(base), await recordedHost(base)];
    const hosted = `${base}/hosted`;
    await hostedHome(hosted, host.url, host.many);
    await program.run(hosted, "sync", "pull", "--all");
    await program.run(hosted, "daemon", "stop");
    const local = await workspace(`${base}/local`, MANY);
    const service = await local.project();
    await service.pull();
    // Where the user directory of that project is for a process.
    const home = `${local.home}/0`;
    await Deno.rename(`${home}/user`, `${home}/.spec-kitty`);
    return {
      baseline: { name: "hello", run: () => program.bare(HELLO) },
      // The wish is 3 and 2.2; what is left is told in docs/adr/0053.
      cases: [
        { name: "status, hosted", limit: 5, run: () => program.run(hosted, "status") },
        { name: "status, local", limit: 4, run: () => program.run(home, "status") },
      ],
      async clean() {
        await host.stop();
        await Deno.remove(base, { recursive: true });
      },
    };
  },
};
