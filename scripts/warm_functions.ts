/**
 * Writes `warm_functions.txt`: `deno run -A scripts/warm_functions.ts`. Each line has a module and those of its
 * functions that nearly every command runs, as V8 tells of `status` at a host and on this machine. Their compiled code
 * is kept by V8 beside the bundle. A list that is out of date costs time and nothing else.
 */
import { makeBundle } from "./bundle.ts";
import { isStart, plain, sourceOf } from "./bundle_parts.ts";
import { statementsOf } from "./bundle_text.ts";
import { hostedHome, MANY, recordedHost } from "./bench/programs/bound_homes.ts";
import { workspace } from "./bench/programs/local_workspace.ts";
import { toFileUrl } from "./file_urls.ts";

/** The file that is written. */
const LIST = new URL("warm_functions.txt", import.meta.url);

if (import.meta.main) await Deno.writeTextFile(LIST, await warmList());

/** Runs the commands and tells which functions they have run. */
async function warmList(): Promise<string> {
  const base = await Deno.makeTempDir({ prefix: "tracker-warm-" });
  const host = await recordedHost(base);
  try {
    const { main, files } = await makeBundle(toFileUrl("bundle/", base), "bundle", "readable");
    const hosted = `${base}/hosted`;
    await hostedHome(hosted, host.url, host.many);
    const run = (home: string, ...args: readonly string[]) => runLogged(base, main, home, args);
    await run(hosted, "sync", "pull", "--all");
    await run(hosted, "daemon", "stop");
    const local = await workspace(`${base}/local`, MANY);
    await (await local.project()).pull();
    const home = `${local.home}/0`;
    await Deno.rename(`${home}/user`, `${home}/.spec-kitty`);
    const logs = [await run(hosted, "status"), await run(home, "status")];
    const found = new Map<string, Set<string>>();
    for (const { name } of files) {
      const text = await Deno.readTextFile(new URL(name, toFileUrl(main, "/")));
      for (const [module, names] of namesAt(text, logs.flatMap((log) => positionsIn(log, name)))) {
        const known = found.get(module) ?? new Set();
        names.forEach((one) => known.add(one));
        found.set(module, known);
      }
    }
    return [...found].map(([module, names]) => [module, ...[...names].toSorted()].join(" "))
      .toSorted().join("\n") + "\n";
  } finally {
    await host.stop();
    await Deno.remove(base, { recursive: true });
  }
}

/** Runs a command in the project of a home; returns what V8 has told of functions. */
async function runLogged(
  base: string,
  main: string,
  home: string,
  args: readonly string[],
): Promise<string> {
  const log = `${base}/v8.log`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--no-prompt",
      `--v8-flags=--log-function-events,--no-logfile-per-isolate,--logfile=${log}`,
      main,
      ...args,
    ],
    cwd: `${home}/project`,
    clearEnv: true,
    env: {
      HOME: home,
      USERPROFILE: home,
      PATH: Deno.env.get("PATH") ?? "",
      DENO_DIR: `${base}/cache`,
      SPEC_KITTY_ENABLE_SAAS_SYNC: "1",
    },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return await Deno.readTextFile(log);
}

/** Where the functions of a file begin that were compiled to be run. */
function positionsIn(log: string, file: string): readonly number[] {
  const script = new RegExp(`^script-details,(\\d+),file:.*/${RegExp.escape(file)},`, "m")
    .exec(log)?.[1];
  if (script === undefined) return [];
  return [...log.matchAll(new RegExp(`^function,interpreter,${script},(\\d+),`, "gm"))]
    .map(([, at]) => Number(at));
}

/** The names of the functions at the top of a file, and the starts of modules, that begin at the positions. */
function namesAt(text: string, positions: readonly number[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  let at = 0;
  for (const statement of statementsOf(text)) {
    const from = text.indexOf(statement.text, at);
    at = from + statement.text.length;
    const [name = ""] = statement.declares;
    const begins = from +
      statement.text.indexOf("(", isStart(name) ? statement.text.indexOf("{") : 0);
    const module = sourceOf(statement.module);
    // Neither what the bundler adds nor what is written for each bundle.
    if (!/^(?:src|@?[a-z])/.test(module) || !positions.includes(begins)) continue;
    const names = found.get(module) ?? new Set();
    found.set(module, isStart(name) ? names : names.add(plain(name)));
  }
  return found;
}
