import assert from "node:assert/strict";
import { type LocalProject, withProject } from "./local_project.ts";
import { bdIssue } from "../support/issues.ts";

/** An issue as `bd show --json` gives it. */
export type Shown = Readonly<Record<string, unknown>>;

/** A project that is bound to a workspace of the real `bd`. */
export interface RealBd extends LocalProject {
  /** The program. */
  readonly command: string;
  /** The directory of the workspace. */
  readonly cwd: string;
  /** Runs `bd` as a person does and answers what it prints. */
  bd(...args: string[]): string;
  /** Makes an issue in `bd` and answers its id. */
  made(...args: string[]): string;
  /** Makes issues in `bd`, all in one call. */
  seed(...issues: Shown[]): void;
  /** An issue as `bd` has it now, comments included. */
  shown(id: string): Record<string, unknown>;
  /** The titles that `bd` lists, sorted. */
  titles(): string[];
  /** Sets our clock to so many milliseconds after the time of `bd`, which is the real one. */
  at(ms: number): void;
}

/** How a test meets the real `bd`. */
export interface RealBdOptions {
  readonly bind?: Parameters<LocalProject["bind"]>[0];
  /** Variables that `bd` is started with by us. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The real `bd`: that of `TRACKER_TEST_BD`, else the one on the path; `null` when there is none. */
const COMMAND: string | null = [Deno.env.get("TRACKER_TEST_BD") ?? "", "bd"]
  .find((command) => command !== "" && isBd(command)) ?? null;

if (COMMAND === null) {
  console.log("skipped: there is no real bd, neither in TRACKER_TEST_BD nor on the path");
}

/** Runs a test with the real `bd`; it is ignored where there is none. */
export function realBd(
  name: string,
  test: (project: RealBd) => Promise<void>,
  { bind = {}, environment = {} }: RealBdOptions = {},
): void {
  Deno.test({ name, ignore: COMMAND === null }, () =>
    withProject("bd", async (project) => {
      const { platform } = project;
      const cwd = `${platform.home}/real`;
      await copyWorkspace(cwd);
      const bd = (...args: string[]): string => {
        const { success, stdout, stderr } = run(COMMAND ?? "", cwd, args);
        assert.ok(success, `bd ${args.join(" ")}: ${stdout}${stderr}`);
        return stdout;
      };
      const at = (ms: number) => platform.clock.setWallTime(Date.now() + ms);
      at(0);
      const command = wrapped(`${platform.home}/bin/real-bd`, environment);
      const bindReal: LocalProject["bind"] = (options = {}) =>
        project.bind({ credentials: { command, cwd }, ...bind, ...options });
      await bindReal();
      await test({
        ...project,
        bind: bindReal,
        command,
        cwd,
        bd,
        at,
        made: (...args) => String(JSON.parse(bd("create", ...args, "--json")).id),
        seed(...issues) {
          const path = `${platform.home}/seed.jsonl`;
          Deno.writeTextFileSync(path, issues.map((issue) => JSON.stringify(issue)).join("\n"));
          bd("import", path);
        },
        shown: (id) => JSON.parse(bd("show", id, "--include-comments", "--json"))[0],
        titles() {
          const listed: Shown[] = JSON.parse(bd("list", "--all", "--limit", "0", "--json"));
          return listed.map(({ title }) => String(title)).sort();
        },
      });
    }));
}

/** An issue to be made by {@link RealBd.seed}. */
export function seeded(id: string, fields: Shown = {}): Shown {
  return bdIssue(id, {
    created_at: "2026-01-01T10:00:00Z",
    updated_at: "2026-01-01T10:00:00Z",
    ...fields,
  });
}

/** A test puts stand-ins on the path, too, but those say what they are. */
function isBd(command: string): boolean {
  try {
    return /^bd version (?!.*stand-in)/.test(run(command, ".", ["version"]).stdout);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function run(command: string, cwd: string, args: readonly string[]) {
  const { success, stdout, stderr } = new Deno.Command(command, {
    args: [...args],
    cwd,
    stdin: "null",
  }).outputSync();
  const [out = "", error = ""] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { success, stdout: out, stderr: error };
}

/** A program at `path` that starts `bd` with some variables; without any it is `bd` itself. */
function wrapped(path: string, environment: Readonly<Record<string, string>>): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  if (variables.length === 0) return COMMAND ?? "";
  const script = `#!/bin/sh\n${variables.join(" ")} exec "${COMMAND}" "$@"\n`;
  Deno.writeTextFileSync(path, script, { mode: 0o755 });
  return path;
}

let workspace: string | null = null;

/** A workspace takes seconds to set up and little to copy. */
async function copyWorkspace(to: string): Promise<void> {
  if (workspace === null) {
    workspace = Deno.makeTempDirSync({ prefix: "tracker-bd-" });
    const args = ["init", "--prefix", "real", "--non-interactive"];
    const { success, stderr } = run(COMMAND ?? "", workspace, args);
    assert.ok(success, stderr);
  }
  await copy(`${workspace}/.beads`, `${to}/.beads`);
}

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copy(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

Deno.test.afterAll(() => {
  if (workspace !== null) Deno.removeSync(workspace, { recursive: true });
});
