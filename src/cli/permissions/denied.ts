import { deniedIn, isNotCapable } from "../../platform/not_capable.ts";
import type { Platform } from "../../platform/platform.ts";
import { errorText, TrackerError, type TrackerErrorInit } from "../../platform/tracker_error.ts";
import type { Command } from "../command/command.ts";
import {
  databaseOf,
  type Permission,
  permissionFlags,
  permissionsOf,
  type Places,
  withDenied,
  wordsExplained,
} from "./requirements.ts";
import { isHostedSyncEnabled } from "../../client/rollout.ts";

/** What is known of the command that failed. */
export interface FailureContext {
  readonly platform: Platform;
  /** `null` when the line was not understood. */
  readonly command: Pick<Command, "path" | "permissions"> | null;
  /** What the settings and the project tell of where things are. */
  readonly places?: Pick<Places, "host" | "project" | "tool" | "startsDaemon">;
  /** Directory that the command line names for the data of a host. */
  readonly data?: string | null;
  /** URL of the database that the command line names for them. */
  readonly database?: string | null;
}

/** The permission whose lack is behind a failure, however deep; `null` when it is another failure. */
export function permissionDenial(error: unknown): Permission | null {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if (isNotCapable(inner)) return deniedIn(inner.message);
    // So a module is denied that is read when it is imported.
    const module = inner instanceof TypeError ? deniedIn(inner.message) : null;
    if (module !== null) return module;
    // The readiness evaluator throws nothing; it keeps what a check threw as text.
    const kept = inner instanceof TrackerError ? inner.details["error"] : null;
    if (typeof kept === "string" && kept.startsWith("NotCapable")) return deniedIn(kept);
  }
  return null;
}

/** Says in our own words what is missing: the operation, the flag, and all flags of the command. */
export function permissionNeeded(denied: Permission, context: FailureContext): TrackerError {
  const { platform, command } = context;
  const { kind } = denied;
  const home = granted(context, "HOME");
  const places = placesOf(context);
  const declared = command === null ? [] : permissionsOf(command.permissions, places);
  const known = covers(declared, denied) ? declared : withDenied(declared, denied);
  // What is written is read as well.
  const alsoRead: Permission = { kind: "read", target: denied.target };
  const all = [...known, denied, ...(kind === "write" ? [alsoRead] : [])]
    .filter((one, place) => place < known.length || !covers(known, one));
  const shown = (one: Permission) => shownTarget(one, platform.system.cwd(), home);
  const [flag = `--allow-${kind}`] = permissionFlags(all.filter((one) => one.kind === kind), shown);
  const flags = permissionFlags(all, shown);
  const target = kind === "read" || kind === "write" ? tilde(denied.target, home) : denied.target;
  return needed({
    message: `Permission needed: ${kind}${target === "" ? "" : ` "${target}"`}`,
    nextAction: platform.system.standalone
      ? `This program was compiled without it: compile it with \`${flag}\`.`
      : platform.system.launcher !== null
      ? `The npm package runs without it: run the program with Deno and \`${flag}\`.`
      : `Run with \`${flag}\`.` +
        (command === null || flags.length < 2
          ? ""
          : `\nAll that \`tracker ${command.path}\` needs: \`${flags.join(" ")}\``) +
        wordsExplained(all).map((sentence) => `\n${sentence}`).join(""),
    details: { permission: kind, target: denied.target, flag, flags },
  });
}

// Deno says of what is no kind of its own: Requires all access to "/proc/self/environ", run again with the --allow-all flag
const OTHER = /Requires (\w+ access(?: to .+?)?), run again with the (--allow-[a-z-]+) flag/;

function needed(init: Omit<TrackerErrorInit, "code">): TrackerError {
  return new TrackerError({ code: "permission_needed", ...init });
}

/** Explains a denial of what no flag of ours grants, such as all access to a file of the system; `null` for another failure. */
export function otherDenial(error: unknown): TrackerError | null {
  if (!isNotCapable(error)) return null;
  const text = errorText(error);
  const [, access = text, flag = null] = OTHER.exec(text) ?? [];
  return needed({
    message: `Permission needed: ${access}`,
    nextAction: flag === null ? null : `Run with \`${flag}\`.`,
    details: { flag },
    cause: error,
  });
}

function placesOf(context: FailureContext): Places {
  const { env, system } = context.platform;
  const moved = granted(context, "SPEC_KITTY_HOME");
  const home = granted(context, "HOME");
  const host = env.get("SPEC_KITTY_SAAS_URL")?.trim() ?? "";
  const { places, data = null } = context;
  const database = databaseOf(context.database ?? env.get("TRACKER_HOST_DATABASE"));
  return {
    project: places?.project ?? system.cwd(),
    user: moved ?? `${home ?? "$HOME"}/.spec-kitty`,
    host: URL.canParse(host) ? host : places?.host ?? null,
    data,
    database: data === null ? database : null,
    dataInDatabase: data === null && database !== null,
    tool: places?.tool ?? null,
    program: system.execPath(),
    sources: system.sources,
    startsDaemon: places?.startsDaemon ?? true,
    hosted: isHostedSyncEnabled(env),
  };
}

/** A variable, without asking for what may not be read. */
function granted({ platform }: FailureContext, name: string): string | null {
  if (platform.system.permission("env", name) !== "granted") return null;
  const value = platform.env.get(name)?.trim() ?? "";
  return value === "" ? null : value;
}

function covers(known: readonly Permission[], denied: Permission): boolean {
  return known.some(({ kind, target }) =>
    kind === denied.kind && (target === denied.target || denied.target.startsWith(`${target}:`) ||
      (kind === "read" || kind === "write") && isBelow(target, denied.target))
  );
}

function shownTarget({ kind, target }: Permission, cwd: string, home: string | null): string {
  if (kind !== "read" && kind !== "write") return target;
  if (target === cwd) return ".";
  return home !== null && isBelow(home, target) ? `$HOME${target.slice(home.length)}` : target;
}

function tilde(path: string, home: string | null): string {
  return home !== null && isBelow(home, path) ? `~${path.slice(home.length)}` : path;
}

function isBelow(directory: string, path: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}
