/**
 * Writes `docs/permissions.md` from real runs: `deno task permissions [--check]`. Every command is run
 * while Deno logs what it touches, then once more without leave to write, to see whether it needs it.
 */
import {
  type Permission,
  permissionFlags,
  VARIABLES,
} from "../src/cli/permissions/requirements.ts";
import type { PermissionKind } from "../src/platform/not_capable.ts";
import { type PermissionRun, RUNS } from "./permission_runs.ts";
import { NO_PROVIDER, type Scene, type Stage, withStage } from "./permission_stage.ts";
import type { Command } from "../src/cli/command/command.ts";
import { scan } from "../src/cli/command/command_line.ts";
import { findCommand } from "../src/cli/commands/registry.ts";
import { runScoped } from "./scoped_run.ts";
import { formatMarkdown } from "./format_markdown.ts";
import { type PermissionSets, permissionsPage } from "./permissions_page.ts";

const ROOT = new URL("../", import.meta.url);
const MANIFEST = new URL("deno.json", ROOT);
const PAGE = new URL("docs/permissions.md", ROOT);

/** What the runs of a command in one kind of project need. */
export interface Measured {
  readonly command: string;
  readonly scene: Scene;
  /** Targets as the page names them: `.`, `$HOME/.spec-kitty`, `HOST`, `PROVIDER`, `DIR`. */
  readonly permissions: readonly Permission[];
}

if (import.meta.main) Deno.exit(await main(Deno.args.includes("--check")));

async function main(check: boolean): Promise<number> {
  const page = await formatMarkdown(permissionsPage(await measureAll(), await permissionSets()));
  if (!check) {
    await Deno.writeTextFile(PAGE, page);
    return 0;
  }
  if (page === await Deno.readTextFile(PAGE)) return 0;
  console.error("docs/permissions.md is not current: run `deno task permissions`");
  return 1;
}

/** The sets of `deno.json`. */
export async function permissionSets(): Promise<PermissionSets> {
  const manifest: { permissions: PermissionSets } = JSON.parse(await Deno.readTextFile(MANIFEST));
  return manifest.permissions;
}

/** Measures every run of the commands there are, or of some of them. */
export async function measureAll(some: readonly string[] = []): Promise<readonly Measured[]> {
  const measured: Measured[] = [];
  for (const scene of ["hosted", "local"] as const) {
    await withStage(scene, async (stage) => {
      for (const run of RUNS) {
        const isWanted = some.length === 0 || some.includes(run.command);
        const command = isWanted && run.scene === scene
          ? await findCommand(scan(run.command.split(" ")), true)
          : null;
        if (command !== null) measured.push(await measure(command, run, stage));
      }
    });
  }
  return await completed(merged(measured));
}

/**
 * Adds what no run shows. What starts the daemon needs what it needs: a daemon gets what its starter has, and no more. The data
 * of the runs has no connection, so that no provider is asked.
 */
export async function completed(measured: readonly Measured[]): Promise<readonly Measured[]> {
  const permissionsOfRow = (name: string) =>
    measured.find(({ command }) => command === name)?.permissions ?? [];
  const start = union(permissionsOfRow("daemon start"), permissionsOfRow("daemon run"));
  return await Promise.all(measured.map(async (one) => {
    const command = await findCommand(scan(one.command.split(" ")), true);
    const accesses = one.scene === "hosted" ? command?.permissions ?? [] : [];
    const more: readonly Permission[] = [
      ...(one.command === "daemon start" || accesses.includes("start daemon") ? start : []),
      ...(accesses.includes("net provider") ? [{ kind: "net", target: "PROVIDER" } as const] : []),
    ];
    return { ...one, permissions: union(one.permissions, more) };
  }));
}

/** The runs of one command in one kind of project, taken together. */
function merged(measured: readonly Measured[]): readonly Measured[] {
  const commands = new Map<string, Measured>();
  for (const one of measured) {
    const key = `${one.scene} ${one.command}`;
    const before = commands.get(key)?.permissions ?? [];
    commands.set(key, { ...one, permissions: union(before, one.permissions) });
  }
  return [...commands.values()];
}

function union(some: readonly Permission[], more: readonly Permission[]): readonly Permission[] {
  const all = new Map([...some, ...more].map((one) => [keyOf(one), one]));
  // Read beside the token where there is one, which no run has.
  const token: Permission = { kind: "env", target: "TRACKER_TOKEN" };
  const team: Permission = { kind: "env", target: "TRACKER_TEAM" };
  if (all.has(keyOf(token))) all.set(keyOf(team), team);
  return [...all.values()].sort(byKey);
}

async function measure(command: Command, run: PermissionRun, stage: Stage): Promise<Measured> {
  const seen = await audited(run, stage);
  const kept: readonly Permission[] = [
    ...seen.filter((one) =>
      one.kind !== "write" && !isLookForDaemon(one, command) && !isLookAtTool(one, command)
    ),
    ...(run.keeps === undefined ? [] : [{ kind: "write", target: run.keeps } as const]),
  ];
  const places = kept.filter(({ kind }) => kind === "read").map(({ target }) => target);
  const doubtful: readonly Permission[] = [
    ...places.filter((place) => place !== run.keeps)
      .map((target) => ({ kind: "write", target }) as const),
    ...programsOf(command, run.scene).map((target) => ({ kind: "run", target }) as const),
  ];
  // Deno logs every opened file as written, and no program that runs: the least that changes nothing
  // about the outcome is what the command needs of those.
  for (const some of subsets(doubtful)) {
    const permissions = [...kept, ...some];
    if (some.length === doubtful.length || await suffices(run, stage, permissions)) {
      return { command: run.command, scene: run.scene, permissions };
    }
  }
  return { command: run.command, scene: run.scene, permissions: kept };
}

/** With the gate off every command looks for a daemon to stop, and works without leave to. */
function isLookForDaemon({ kind, target }: Permission, command: Command): boolean {
  if (command.permissions.includes("read user")) return false;
  return (kind === "read" && target === "$HOME/.spec-kitty") ||
    (kind === "env" && ["HOME", "SPEC_KITTY_HOME"].includes(target));
}

/**
 * What decides which database a local tool uses, and which version it is, is looked at where that is allowed; where it
 * is not, the tool is asked.
 */
function isLookAtTool({ kind, target }: Permission, command: Command): boolean {
  if (!command.permissions.includes("run tool")) return false;
  if (kind === "env") return !VARIABLES.includes(target) && target !== "USERPROFILE";
  return kind === "read" && ![".", "$HOME/.spec-kitty", "DIR", "tracker"].includes(target);
}

function programsOf({ path, permissions }: Command, scene: Scene): readonly string[] {
  return [
    ...(permissions.includes("run tool") && scene === "local" ? ["bd"] : []),
    ...(permissions.includes("run git") ? ["git"] : []),
    ...(path === "daemon start" ? ["tracker"] : []),
  ];
}

async function suffices(
  run: PermissionRun,
  stage: Stage,
  permissions: readonly Permission[],
): Promise<boolean> {
  const [whole, part] = [
    await runScoped(run, stage, ["-A"]),
    await runScoped(run, stage, flagsFor(permissions, stage)),
  ];
  return whole.code === part.code && whole.lines.stderr === part.lines.stderr &&
    (run.lacking === undefined || !run.lacking.test(part.stdout));
}

/** The flags that grant the permissions on a stage. */
export function flagsFor(permissions: readonly Permission[], stage: Stage): readonly string[] {
  const { world, data } = stage;
  return permissionFlags(permissions, ({ target }) =>
    target
      .replace("$HOME", world.home)
      .replace(/^HOST$/, new URL(world.hostUrl).host)
      .replace(/^PROVIDER$/, NO_PROVIDER)
      .replace(/^DIR$/, data)
      .replace(/^tracker$/, Deno.execPath()));
}

/** What Deno has logged, each access as the place it belongs to. */
async function audited(run: PermissionRun, stage: Stage): Promise<readonly Permission[]> {
  const log = await Deno.makeTempFile({ prefix: "tracker-audit-" });
  try {
    await runScoped(run, stage, ["-A"], { DENO_AUDIT_PERMISSIONS: log });
    const lines = (await Deno.readTextFile(log)).split("\n");
    const found = new Map<string, Permission>();
    for (const line of lines) {
      const access = accessIn(line);
      if (access === null) continue;
      const target = placeOf(access.permission, access.value ?? "", stage);
      if (target === null) continue;
      found.set(`${access.permission} ${target}`, { kind: access.permission, target });
    }
    return [...found.values()].sort(byKey);
  } finally {
    await Deno.remove(log);
  }
}

interface Access {
  readonly permission: PermissionKind;
  readonly value?: string;
}

/** `null` for a line that is not whole: a daemon that is started writes into the same log. */
function accessIn(line: string): Access | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function byKey(a: Permission, b: Permission): number {
  return keyOf(a) < keyOf(b) ? -1 : 1;
}

function keyOf({ kind, target }: Permission): string {
  return `${kind} ${target}`;
}

function placeOf(kind: PermissionKind, value: string, stage: Stage): string | null {
  const { world, data } = stage;
  const below = (directory: string) => value === directory || value.startsWith(`${directory}/`);
  switch (kind) {
    case "read":
    case "write":
      // For how many connections it can hold; nothing needs it.
      if (value === "/proc/self/limits") return null;
      // Its own modules, where it is run from source: the page says so once for all commands.
      if (value.startsWith(ROOT.href)) return null;
      if (below(world.project)) return ".";
      if (below(`${world.home}/.spec-kitty`)) return "$HOME/.spec-kitty";
      return below(data) ? "DIR" : value.replace(world.home, "$HOME");
    case "net": {
      const host = URL.canParse(value) && value.includes("//") ? new URL(value).host : value;
      if (host === NO_PROVIDER) return "PROVIDER";
      return host === new URL(world.hostUrl).host ? "HOST" : host.replace(/:\d+$/, "");
    }
    // Programs are found by trial, for Deno does not log them all.
    case "run":
      return null;
    // Whose a directory is gets checked where the user's number may be known; nothing needs it.
    case "sys":
      return value === "uid" ? null : value;
    default:
      return value;
  }
}

/** Every choice of some of them, the small ones first. */
function subsets<T>(items: readonly T[]): readonly (readonly T[])[] {
  const all = items.reduce<(readonly T[])[]>(
    (found, item) => [...found, ...found.map((one) => [...one, item])],
    [[]],
  );
  return all.toSorted((a, b) => a.length - b.length);
}
