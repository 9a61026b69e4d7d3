import type { Platform } from "../../platform/platform.ts";
import { type PermissionKind, portOf } from "./guard.ts";

/**
 * What a command touches. `project`, `user`: the project's directory and the user's; `host`: the
 * control-plane host; `daemon`: the daemon's port on this machine; `tool`: the local tool of the
 * binding; `data`: a directory named on the command line.
 */
export type Touch =
  | "read project"
  | "read user"
  | "read data"
  | "write project"
  | "write user"
  | "write data"
  | "net host"
  | "net daemon"
  | "net listen"
  | "run tool"
  | "run git"
  | "run self"
  | "sys hostname";

const PROJECT = ["read project"] as const;
const SETTINGS = ["read user"] as const;
const CHANGE_SETTINGS = ["read user", "write user"] as const;
const LOOK = ["read project", "read user"] as const;
const CHANGE_PROJECT = ["read project", "write project", "read user", "write user"] as const;
const SESSION = ["read user", "write user", "net host"] as const;
const IDENTITY = [...CHANGE_PROJECT, "net host", "sys hostname"] as const;
const SYNC = [...IDENTITY, "run tool", "net daemon", "run self"] as const;
const HOST_DATA = ["read data", "write data"] as const;

/** What each command touches; variables come on top, see {@link VARIABLES}. */
export const PERMISSIONS: Readonly<Record<string, readonly Touch[]>> = {
  "auth login": SESSION,
  "auth logout": SESSION,
  "auth status": SETTINGS,
  "auth token": SESSION,
  "config list": LOOK,
  "config get": LOOK,
  "config set": CHANGE_PROJECT,
  "config unset": CHANGE_PROJECT,
  "doctor": [...LOOK, "write user", "net host", "net daemon", "run tool"],
  "providers": [],
  "discover": [...PROJECT, ...SESSION],
  "bind": [...IDENTITY, "run tool"],
  "unbind": CHANGE_PROJECT,
  "status": [...CHANGE_PROJECT, "net host", "net daemon", "run tool"],
  "issue list": LOOK,
  "issue show": LOOK,
  "issue search": [...CHANGE_PROJECT, "net host"],
  "issue create": CHANGE_PROJECT,
  "issue edit": CHANGE_PROJECT,
  "issue discard": CHANGE_PROJECT,
  "map list": [...CHANGE_PROJECT, "net host"],
  "map add": CHANGE_PROJECT,
  "sync pull": SYNC,
  "sync push": SYNC,
  "sync run": SYNC,
  "sync conflicts": [...LOOK, "write user"],
  "sync publish": SYNC,
  "sync wait": [...CHANGE_PROJECT, "net host"],
  "mission create": [...CHANGE_PROJECT, "run git", "sys hostname"],
  "mission list": PROJECT,
  "mission start": [...IDENTITY, "run git", "net daemon", "run self"],
  "mission bind-origin": [...IDENTITY, "net daemon", "run self"],
  "daemon status": [...SETTINGS, "net daemon"],
  "daemon start": [...CHANGE_SETTINGS, "net daemon", "net host", "run self"],
  "daemon stop": [...CHANGE_SETTINGS, "net daemon"],
  "daemon run": [...CHANGE_SETTINGS, "net daemon", "net host"],
  "events list": SETTINGS,
  "events flush": SESSION,
  "events retry": CHANGE_SETTINGS,
  "events export": SETTINGS,
  "dashboard": [...SYNC, "net listen"],
  "host serve": [...HOST_DATA, "net listen"],
  "host user add": HOST_DATA,
  "host user list": HOST_DATA,
  "host user password": HOST_DATA,
  "host user revoke": HOST_DATA,
  "host user remove": HOST_DATA,
  "host import": ["read project", ...HOST_DATA],
  "host mapping list": HOST_DATA,
  "host mapping disable": HOST_DATA,
  "host mapping delete": HOST_DATA,
  "completion": [],
  "man": [],
  "help": [],
};

/** Variables that are read on every machine. */
const LOCAL_VARIABLES = ["HOME", "SPEC_KITTY_HOME", "NO_COLOR", "FORCE_COLOR", "TERM"] as const;

/** Variables that only hosted work reads. */
const HOSTED_VARIABLES = [
  "SPEC_KITTY_ENABLE_SAAS_SYNC",
  "SPEC_KITTY_SAAS_URL",
  "TRACKER_TOKEN",
  "TRACKER_TEAM",
] as const;

/** Variables the project's identity and the YAML library read. */
const PROJECT_VARIABLES = ["USER", "LOGNAME", "LOG_TOKENS", "LOG_STREAM"] as const;

/** Every variable that may be read. */
export const VARIABLES: readonly string[] = [
  ...LOCAL_VARIABLES,
  ...HOSTED_VARIABLES,
  ...PROJECT_VARIABLES,
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
  /** Command of the local tool the project is bound to. */
  readonly tool: string | null;
  /** The running executable, which the background daemon is started with. */
  readonly program: string | null;
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

/** The permissions a command needs here; `null` for a command that is not known. */
export function permissionsOf(command: string, places: Places): readonly Permission[] | null {
  const touches = PERMISSIONS[command];
  if (touches === undefined) return null;
  const found = touches.flatMap((touch) => permissionFor(touch, places));
  const names = touches.length === 0
    ? [...LOCAL_VARIABLES.slice(2), ...(places.hosted ? HOSTED_VARIABLES.slice(0, 1) : [])]
    : [
      ...LOCAL_VARIABLES,
      ...(places.hosted ? HOSTED_VARIABLES : []),
      ...(touches.includes("read project") ? PROJECT_VARIABLES : []),
    ];
  return [...found, ...names.map((target) => ({ kind: "env", target }) as const)];
}

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
    return targets.length === 0 ? [] : [`--allow-${kind}=${[...new Set(targets)].join(",")}`];
  });
}

function permissionFor(touch: Touch, places: Places): Permission[] {
  const granted = (kind: PermissionKind, target: string | null) =>
    target === null ? [] : [{ kind, target }];
  const host = places.host === null ? null : shortHost(places.host);
  const { hosted } = places;
  switch (touch) {
    case "read project":
      return granted("read", places.project);
    case "write project":
      return granted("write", places.project);
    case "read user":
      return granted("read", places.user);
    case "write user":
      return granted("write", places.user);
    case "read data":
      return granted("read", "DIR");
    case "write data":
      return granted("write", "DIR");
    case "net host":
      return granted("net", hosted ? host ?? "HOST" : null);
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
    case "sys hostname":
      return granted("sys", "hostname");
  }
}

/** As a flag has it: a default port goes without saying. */
function shortHost(url: string): string {
  return new URL(url).host;
}

/** What the target is asked for as; words that stand for something unknown ask for the whole kind. */
function queried(kind: PermissionKind, target: string): string | undefined {
  if (target === "DIR" || target === "HOST") return undefined;
  if (kind === "net" && !target.includes(":") && target !== "127.0.0.1") {
    return portOf(new URL(`https://${target}`));
  }
  return target;
}
