import assert from "node:assert/strict";
import { type LocalProject, withProject } from "./local_project.ts";

/** A project that is bound to a workspace of the real `bd`. */
export interface RealBd extends LocalProject {
  /** The directory of the workspace. */
  readonly cwd: string;
  /** Runs `bd` as a person does and answers what it prints. */
  bd(...args: string[]): string;
  /** Makes an issue in `bd` and answers its id. */
  made(...args: string[]): string;
  /** An issue as `bd show` prints it. */
  shown(id: string): Record<string, unknown>;
  /** Sets our clock to so many milliseconds after the time of `bd`, which is the real one. */
  at(ms: number): void;
}

/** Runs a test with the real `bd`; says so and does nothing when it is not on the path. */
export function realBd(
  name: string,
  test: (project: RealBd) => Promise<void>,
  options: { readonly bind?: Parameters<LocalProject["bind"]>[0] } = {},
): void {
  Deno.test(name, () =>
    withProject("bd", async (project) => {
      const { platform } = project;
      const cwd = `${platform.home}/real`;
      Deno.mkdirSync(cwd);
      const bd = (...args: string[]): string => {
        const command = new Deno.Command("bd", { args, cwd, stdin: "null" });
        const { success, stdout, stderr } = command.outputSync();
        assert.ok(success, new TextDecoder().decode(stderr));
        return new TextDecoder().decode(stdout);
      };
      if (!isThere(() => bd("version"))) {
        console.log("  skipped: bd is not on the path");
        return;
      }
      bd("init", "--prefix", "real", "--non-interactive");
      const at = (ms: number) => platform.clock.setWallTime(Date.now() + ms);
      at(0);
      await project.bind({ credentials: { command: "bd", cwd }, ...options.bind });
      await test({
        ...project,
        cwd,
        bd,
        at,
        made: (...args) => String(JSON.parse(bd("create", ...args, "--json")).id),
        shown: (id) => JSON.parse(bd("show", id, "--json"))[0],
      });
    }));
}

function isThere(run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
