import type { Platform } from "../../platform/platform.ts";
import type { Access } from "../command/access.ts";
import type { PermissionKind } from "../../platform/not_capable.ts";
import { portOf } from "./guard.ts";

/** Variables that say where the user's files lie. */
const USER_VARIABLES = ["HOME", "SPEC_KITTY_HOME"] as const;

/** Variables that every command reads on a terminal. */
const TERMINAL_VARIABLES = ["NO_COLOR", "FORCE_COLOR", "TERM"] as const;

/** Variables that only hosted work reads. */
const HOSTED_VARIABLES = [
  "SPEC_KITTY_ENABLE_SAAS_SYNC",
  "SPEC_KITTY_SAAS_URL",
  "TRACKER_TOKEN",
  "TRACKER_TEAM",
] as const;

/** Variables that name the editor of a person. */
const EDITOR_VARIABLES = ["VISUAL", "EDITOR"] as const;

/** Variables that name the pager of a person, and its options. */
const PAGER_VARIABLES = ["PAGER", "LESS"] as const;

/** Variables the project's identity and the YAML library read. */
const PROJECT_VARIABLES = ["USER", "LOGNAME", "LOG_TOKENS", "LOG_STREAM"] as const;

/** Variables that the commands of a host read. */
const HOST_VARIABLES = [
  "TRACKER_HOST_DATABASE",
  "TRACKER_HOST_DATABASE_PASSWORD",
  "TRACKER_HOST_KEY",
] as const;

/** Variables that the driver of PostgreSQL looks at, and that change nothing. */
export const DRIVER_VARIABLES: readonly string[] = [
  "NODE_PG_FORCE_NATIVE",
  "PGBINARY",
  "PGOPTIONS",
  "PGREPLICATION",
];

/** Every variable that may be read. */
export const VARIABLES: readonly string[] = [
  ...USER_VARIABLES,
  ...TERMINAL_VARIABLES,
  ...HOSTED_VARIABLES,
  ...HOST_VARIABLES,
  ...PROJECT_VARIABLES,
  ...EDITOR_VARIABLES,
  ...PAGER_VARIABLES,
];

/** Whether a command does without: a variable that is not allowed counts as unset, but for these. */
export function isDispensable({ kind, target }: Permission): boolean {
  return kind === "env" && !["HOME", "LOG_TOKENS", "LOG_STREAM"].includes(target);
}

/** Where the things lie that commands touch; `null` for what is not known or not used here. */
export interface Places {
  /** Directory of the project, or the working directory. */
  readonly project: string;
  readonly user: string | null;
  /** URL of the host. */
  readonly host: string | null;
  /** Directory that the command line names for the data of a host. */
  readonly data?: string | null;
  /** Host and port of the PostgreSQL database of a host. */
  readonly database: string | null;
  /** Whether the data of a host are in that database, so that the line names no directory for them. */
  readonly dataInDatabase?: boolean;
  /** Command of the local tool the project is bound to. */
  readonly tool: string | null;
  /** The running executable, which the background daemon is started with. */
  readonly program: string | null;
  /** Directory of the program's modules, where they are read when they are used. */
  readonly sources: string | null;
  /** Whether the settings let a sync start the background daemon; they do unless they say otherwise. */
  readonly startsDaemon: boolean;
  /** Whether the rollout gate is on; what only hosted work needs is left out otherwise. */
  readonly hosted: boolean;
}

/** One permission. */
export interface Permission {
  readonly kind: PermissionKind;
  readonly target: string;
}

/** One permission, and whether this process has it. */
export interface PermissionState extends Permission {
  readonly granted: boolean;
}

/** Returns the permissions that a command with the given accesses needs here. */
export function permissionsOf(
  accesses: readonly Access[],
  places: Places,
): readonly Permission[] {
  const isInDatabase = places.dataInDatabase === true && accesses.includes("net database");
  const made = isInDatabase
    ? accesses.filter((access) => !IN_DIRECTORY.includes(access))
    : accesses;
  const found = made.flatMap((access) => permissionFor(access, places));
  if (places.sources !== null) found.push({ kind: "read", target: places.sources });
  const isUser = accesses.includes("read user");
  const names = [
    ...(isUser ? USER_VARIABLES : []),
    ...TERMINAL_VARIABLES,
    ...(places.hosted ? isUser ? HOSTED_VARIABLES : HOSTED_VARIABLES.slice(0, 1) : []),
    ...(places.hosted && accesses.includes("net database") ? HOST_VARIABLES : []),
    ...(isUser && accesses.includes("read project") ? PROJECT_VARIABLES : []),
  ];
  return [...found, ...names.map((target) => ({ kind: "env", target }) as const)];
}

/** Accesses to the directory of a host's data. */
const IN_DIRECTORY: readonly Access[] = ["read data", "write data"];

/** Which of the permissions this process has. Never prompts. */
export function permissionStates(
  platform: Pick<Platform, "system">,
  permissions: readonly Permission[],
): readonly PermissionState[] {
  return permissions.map(({ kind, target }) => ({
    kind,
    target,
    granted: ["granted", "partial"].includes(
      platform.system.permission(kind, queried(kind, target)),
    ),
  }));
}

/** The flags of `deno run` that grant the permissions, one a kind. `shown` shortens a target. */
export function permissionFlags(
  permissions: readonly Permission[],
  shown: (permission: Permission) => string = ({ target }) => target,
): readonly string[] {
  const kinds = ["read", "write", "net", "env", "run", "sys"] as const;
  return kinds.flatMap((kind) => {
    const targets = permissions.filter((one) => one.kind === kind).map(shown);
    if (targets.length === 0) return [];
    // A target that is empty is all there are.
    if (targets.includes("")) return [`--allow-${kind}`];
    return [`--allow-${kind}=${[...new Set(targets)].join(",")}`];
  });
}

function permissionFor(access: Access, places: Places): Permission[] {
  const granted = (kind: PermissionKind, target: string | null) =>
    target === null ? [] : [{ kind, target }];
  const host = places.host === null ? null : shortHost(places.host);
  const { hosted } = places;
  switch (access) {
    case "read project":
      return granted("read", places.project);
    case "write project":
      return granted("write", places.project);
    case "read user":
      return granted("read", places.user);
    case "write user":
      return granted("write", places.user);
    case "read data":
      return granted("read", places.data ?? "DIR");
    case "write data":
      return granted("write", places.data ?? "DIR");
    case "net host":
      return granted("net", hosted ? host ?? "HOST" : null);
    case "net database":
      return granted("net", hosted ? places.database : null);
    case "net provider":
      return granted("net", hosted ? "PROVIDER" : null);
    case "net daemon":
      return granted("net", hosted ? "127.0.0.1" : null);
    case "net listen":
      return granted("net", "127.0.0.1");
    case "run tool":
      return granted("run", places.tool);
    case "run git":
      return granted("run", "git");
    case "run self":
      return granted("run", hosted ? places.program : null);
    case "start daemon":
      if (!places.startsDaemon) return [];
      return [...permissionFor("net daemon", places), ...permissionFor("run self", places)];
    case "sys hostname":
      return granted("sys", "hostname");
    case "sys statfs":
      return granted("sys", "statfs");
  }
}

/** What a word stands for that a flag has in the place of a target that is not known, without a final period. */
const WORDS: Readonly<Record<string, string>> = {
  DIR: "the directory that the command line names",
  HOST: "your control-plane host, such as `tracker.example.com`",
  PROVIDER: "the host of the tracker, such as `api.github.com`",
};

/** Says what to put in the place of the words that the flags have for what is not known, a sentence each. */
export function wordsExplained(permissions: readonly Permission[]): readonly string[] {
  return Object.entries(WORDS)
    .filter(([word]) => permissions.some(({ target }) => target === word))
    .map(([word, meaning]) => `In the place of \`${word}\` put ${meaning}.`);
}

/**
 * Puts what was denied in the place of the word that stands for it. What lies in a known place stands for itself.
 */
export function withDenied(
  permissions: readonly Permission[],
  denied: Permission,
): readonly Permission[] {
  const isPath = denied.kind === "read" || denied.kind === "write";
  const words = isPath ? ["DIR"] : denied.kind === "net" ? ["PROVIDER", "HOST"] : [];
  const word = words.find((one) => permissions.some(({ target }) => target === one));
  const target = isPath ? denied.target : denied.target.replace(/:443$/, "");
  return permissions.map((one) => one.target === word ? { ...one, target } : one);
}

/** Returns the host and port of the database that a variable names; nothing else of it is shown. */
export function databaseOf(url: string | null | undefined): string | null {
  const text = url?.trim() ?? "";
  if (!URL.canParse(text)) return null;
  const { hostname, port } = new URL(text);
  return hostname === "" ? null : `${hostname}:${port === "" ? 5432 : port}`;
}

/** As a flag has it: a default port goes without saying. */
function shortHost(url: string): string {
  return new URL(url).host;
}

/** What the target is asked for as; words that stand for something unknown ask for the whole kind. */
function queried(kind: PermissionKind, target: string): string | undefined {
  if (Object.hasOwn(WORDS, target)) return undefined;
  if (kind === "net" && !target.includes(":") && target !== "127.0.0.1") {
    return portOf(new URL(`https://${target}`));
  }
  return target;
}
