import type { Bench } from "./bench.ts";
import { workspace } from "./programs/local_workspace.ts";

const ISSUES = 10_000;

/** How long a pull with nothing new takes, next to the tool's listing alone. */
export const bench: Bench = {
  name: "sync-again",
  what: `pulls of ${ISSUES} local issues with nothing new, as a ratio to the tool's own listing`,
  rounds: 7,
  async prepare() {
    const base = await Deno.makeTempDir({ prefix: "tracker-bench-again-" });
    const { tool, project } = await workspace(base, ISSUES);
    const service = await project();
    await service.pull();
    const list = async (...since: string[]) => {
      await new Deno.Command(tool.command, {
        args: ["list", "--all", "--limit", "0", ...since, "--json"],
        cwd: tool.cwd,
      }).output();
    };
    const again = async (full: boolean) => {
      const { created, updated } = await service.pull({ full });
      if (created + updated > 0) throw new Error("Something was new");
    };
    return {
      baseline: { name: "the tool lists all", run: () => list() },
      cases: [
        { name: "pull of all again (each 20th)", run: () => again(true) },
        {
          name: "the tool lists what is new",
          run: () => list("--updated-after", "2026-01-07T22:00:00Z"),
        },
        {
          name: "pull of what is new",
          of: "the tool lists what is new",
          limit: 1.5,
          run: () => again(false),
        },
      ],
      clean: () => Deno.remove(base, { recursive: true }),
    };
  },
};
