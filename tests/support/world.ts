import assert from "node:assert/strict";
import { fromFileUrl } from "../../scripts/file_urls.ts";
import { type HostLocation, startHost } from "../../src/server/mod.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import type { CommandResult } from "./cli.ts";
import { type HereOptions, runHere } from "./here.ts";
import { hasReplicas } from "./replica_count.ts";
import type { Line } from "./several_hosts.ts";
import { assertNoTokenKept, assertNoTokenShown } from "./leaks.ts";

/** A user's machine: a home, a project, the program as real processes, and a host of its own. */
export interface World {
  /** Home directory of the user. */
  readonly home: string;
  /** Directory of the project. */
  readonly project: string;
  /** The variables every command gets; a test may change them. */
  readonly env: Record<string, string>;
  /** URL of the embedded host. */
  readonly hostUrl: string;
  /** Runs one command to its end, as a process. */
  run(args: readonly string[], options?: RunCommandOptions): Promise<CommandResult>;
  /**
   * Runs one command to its end inside this process: quicker than {@link World.run}, and what it waits
   * for passes quickly.
   */
  here(args: readonly string[], options?: Partial<HereOptions>): Promise<CommandResult>;
  /** Runs a command that must end with exit code 0 and answers its standard output. */
  ok(...args: string[]): Promise<string>;
  /** Runs a command with `--json` that must end with exit code 0 and answers the document. */
  json(...args: string[]): Promise<ReturnType<typeof JSON.parse>>;
  /** Starts a command and leaves it running. */
  start(args: readonly string[], options?: RunCommandOptions): Deno.ChildProcess;
  /** Pulls a lever of the development host. */
  lever(path: string, body?: unknown): Promise<void>;
  /** Asks the development host for what it holds, such as `mappings`. */
  look(path: string): Promise<ReturnType<typeof JSON.parse>>;
  /** Requests the host has seen, as `METHOD path`, without those of the levers. */
  requests(): Promise<string[]>;
  /** Forgets the requests the host has seen. */
  forgetRequests(): Promise<void>;
  /** Signs the demo user in. */
  signIn(): Promise<void>;
  /** The project's config as it is, or `null`. */
  config(): Promise<string | null>;
  /** Replaces the project's config. */
  writeConfig(text: string): Promise<void>;
  /** The user's settings and sessions as they are, or `null`. */
  credentials(): Promise<string | null>;
  /** Ends the host. */
  stopHost(): Promise<void>;
}

/** How a world differs from the usual one. */
export interface WorldOptions {
  /** Whether commands may start the background daemon of the user; no. */
  readonly backgroundDaemon?: "auto" | "manual";
  /** Names of the home and of the project; `home` or what `TRACKER_TEST_HOME` says, `my-project`. */
  readonly names?: { readonly home: string; readonly project: string };
}

/** How a command differs from one typed in the project without input. */
export interface RunCommandOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

const ROOT = new URL("../../", import.meta.url);
/** What a run with several hosts has besides; most runs load none of it. */
const several = hasReplicas() ? await import("./several_hosts.ts") : null;
const DECODER = new TextDecoder();
const ENCODER = new TextEncoder();
let cacheDirectory: string | null = null;

/** Runs a test in a world of its own. */
export async function withWorld(
  test: (world: World) => Promise<void>,
  options: WorldOptions = {},
): Promise<void> {
  const base = await Deno.makeTempDir({ prefix: "tracker-world-" });
  const host = await startWorldHost();
  let hostRuns = true;
  const home = `${base}/${options.names?.home ?? Deno.env.get("TRACKER_TEST_HOME") ?? "home"}`;
  const project = `${base}/${options.names?.project ?? "my-project"}`;
  const stopHost = async () => {
    if (hostRuns) await host.stop();
    hostRuns = false;
  };
  try {
    await Deno.mkdir(`${home}/.spec-kitty`, { recursive: true, mode: 0o700 });
    await Deno.writeTextFile(
      `${home}/.spec-kitty/config.toml`,
      `[sync]\nbackground_daemon = "${options.backgroundDaemon ?? "manual"}"\n`,
    );
    await Deno.mkdir(`${project}/.kittify`, { recursive: true });
    const world: World = {
      home,
      project,
      hostUrl: host.url,
      env: await baseEnvironment(home, host.url),
      stopHost,
      async run(args, options) {
        const line = await placed(args);
        const env = { ...line.env, ...options?.env };
        return await quiet(args, runCommand(world, line.args, { ...options, env }));
      },
      async here(args, options) {
        const line = await placed(args);
        const env = { ...line.env, ...options?.env };
        return await quiet(args, runQuickly(world, line.args, { ...options, env }));
      },
      start: (args, options) =>
        processIn(placeOf(world, options), [...programUnderTest(), ...args], { stdin: "piped" })
          .spawn(),
      async ok(...args) {
        const result = await world.run(args);
        assert.equal(result.code, 0, `${args.join(" ")}: ${result.stderr}`);
        return result.stdout;
      },
      json: async (...args) => JSON.parse(await world.ok(...args, "--json")),
      async lever(path, body = {}) {
        const answer = await fetch(`${host.url}/dev/${path}`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        });
        assert.equal(answer.ok, true, await answer.text());
      },
      look: async (path) => await (await fetch(`${host.url}/dev/${path}`)).json(),
      async requests() {
        const { requests } = await world.look("requests");
        return requests
          .map((seen: { method: string; path: string }) => `${seen.method} ${seen.path}`)
          .filter((line: string) => !line.includes("/dev/"));
      },
      async forgetRequests() {
        await (await fetch(`${host.url}/dev/requests`, { method: "DELETE" })).body?.cancel();
      },
      async signIn() {
        const args = ["auth", "login", "--username", "demo@example.com", "--password-stdin"];
        const { code, stderr } = await world.here(args, { stdin: "demo\n" });
        assert.equal(code, 0, stderr);
      },
      config: () => Deno.readTextFile(`${project}/.kittify/config.yaml`).catch(() => null),
      credentials: () => Deno.readTextFile(`${home}/.spec-kitty/credentials`).catch(() => null),
      writeConfig: (text) => Deno.writeTextFile(`${project}/.kittify/config.yaml`, text),
    };
    try {
      await test(world);
    } finally {
      await stopDaemon(world);
    }
    await assertNoTokenKept([home, project]);
  } finally {
    await stopHost();
    await several?.dropDatabases(base);
    await Deno.remove(base, { recursive: true });
  }
}

/** The host of a world, or several that stand for it. */
async function startWorldHost(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  if (several !== null) return await several.startSeveralHosts();
  const listen = { hostname: "127.0.0.1", port: 0 };
  return await startHost({ platform: systemPlatform(), listen, dev: true });
}

/** A command line as it is given, with a database in place of a directory of data where several hosts need one. */
export async function placed(args: readonly string[]): Promise<Line> {
  return await several?.onDatabase(args) ?? { args, env: {} };
}

/** Where the data of a directory is, and the machine that has its key. */
export async function dataOf(
  directory: string,
): Promise<{ readonly platform: Platform; readonly location: HostLocation }> {
  const platform = systemPlatform();
  if (several === null) return { platform, location: { dataDir: directory } };
  const location = { databaseUrl: await several.databaseFor(directory) };
  return { platform: several.withKey(platform), location };
}

/** What a command has done, once it is seen to have shown no token. */
async function quiet(
  args: readonly string[],
  running: Promise<CommandResult>,
): Promise<CommandResult> {
  const result = await running;
  assertNoTokenShown(args, result);
  return result;
}

/** No process outlives its world. */
async function stopDaemon(world: World): Promise<void> {
  const state = await Deno.readTextFile(`${world.home}/.spec-kitty/tracker/daemon.json`).catch(() =>
    null
  );
  if (state === null) return;
  await world.here(["daemon", "stop"]);
}

/** The program under test: `TRACKER_UNDER_TEST` as a JSON array, else the source. */
export function programUnderTest(): readonly [string, ...string[]] {
  const given = Deno.env.get("TRACKER_UNDER_TEST");
  if (given !== undefined) {
    const [first, ...rest]: string[] = JSON.parse(given);
    if (first !== undefined) return [first, ...rest];
  }
  const main = new URL("main.ts", ROOT).pathname;
  return [Deno.execPath(), "run", "-A", "--no-prompt", "--no-check", "--quiet", main];
}

/** What lets the program read its own modules, which Deno asks for when it is run from source. */
export const READS_ITS_MODULES = `--allow-read=${fromFileUrl(ROOT)}`;

/** The program under test with just these permissions, where it has all by the flag `-A`. */
export function programWith(flags: readonly string[]): readonly string[] {
  return programUnderTest().flatMap((word) =>
    word === "-A" ? ["--no-prompt", READS_ITS_MODULES, ...flags] : [word]
  );
}

async function baseEnvironment(home: string, hostUrl: string): Promise<Record<string, string>> {
  cacheDirectory ??= await denoDirectory();
  const kept = ["PATH", "DENO_COVERAGE_DIR", "SystemRoot", "TEMP", "TMP"];
  const env: Record<string, string> = {
    HOME: home,
    USERPROFILE: home,
    DENO_DIR: cacheDirectory,
    DENO_NO_UPDATE_CHECK: "1",
    SPEC_KITTY_ENABLE_SAAS_SYNC: "1",
    SPEC_KITTY_SAAS_URL: hostUrl,
    GIT_CONFIG_NOSYSTEM: "1",
  };
  Object.assign(env, oddVariables());
  for (const name of kept) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  return env;
}

/** Variables every command gets on top: `TRACKER_TEST_ENV` as a JSON object. */
function oddVariables(): Readonly<Record<string, string>> {
  return JSON.parse(Deno.env.get("TRACKER_TEST_ENV") ?? "{}");
}

/**
 * Runs a command inside this process. With `TRACKER_TEST_PROCESSES` it is a process like the others, but
 * for what only a test inside can arrange: a terminal, faults, and time that passes at a set speed.
 */
function runQuickly(
  world: World,
  args: readonly string[],
  options: Partial<HereOptions> = {},
): Promise<CommandResult> {
  const plain = ["stdin", "env", "cwd"];
  const arranged = Object.keys(options).some((name) => !plain.includes(name));
  if (Deno.env.has("TRACKER_TEST_PROCESSES") && !arranged) return runCommand(world, args, options);
  const columns = Number(world.env["COLUMNS"] ?? "80");
  const env = { ...world.env, ...options.env };
  return runHere(args, { cwd: world.project, columns, ...options, env });
}

/** Where the packages of the program under test are, for processes that have another home. */
export async function denoDirectory(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(DECODER.decode(stdout)).denoDir;
}

function runCommand(
  world: World,
  args: readonly string[],
  options: RunCommandOptions = {},
): Promise<CommandResult> {
  return runIn(placeOf(world, options), [...programUnderTest(), ...args], options.stdin);
}

/** Where a process runs, and with which variables: in a world, unless told otherwise. */
export interface Place {
  readonly project: string;
  readonly env: Readonly<Record<string, string>>;
}

function placeOf(world: World, { cwd = world.project, env }: RunCommandOptions = {}): Place {
  return { project: cwd, env: { ...world.env, ...env } };
}

/** A process, without input unless `options` say otherwise. */
export function processIn(
  { project, env }: Place,
  [program = "", ...args]: readonly string[],
  options: Deno.CommandOptions = {},
): Deno.Command {
  return new Deno.Command(program, {
    args,
    cwd: project,
    clearEnv: true,
    env: { ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...options,
  });
}

/** Runs a process to its end. */
export async function runIn(
  place: Place,
  words: readonly string[],
  stdin = "",
): Promise<CommandResult> {
  const child = processIn(place, words, { stdin: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  // A command that does not read its input may close it first.
  await writer.write(ENCODER.encode(stdin)).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  return { code, stdout: DECODER.decode(stdout), stderr: DECODER.decode(stderr) };
}
