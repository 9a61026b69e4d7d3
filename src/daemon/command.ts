import type { Platform } from "../platform/platform.ts";
import { loadSettings, resolveHostUrl } from "../user/settings.ts";
import { userPaths } from "../user/paths.ts";

/** A command line: program and arguments. */
export interface DaemonCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** Variables the daemon reads. */
const DAEMON_VARIABLES: readonly string[] = [
  "HOME",
  "USERPROFILE",
  "SPEC_KITTY_HOME",
  "SPEC_KITTY_ENABLE_SAAS_SYNC",
  "SPEC_KITTY_SAAS_URL",
  "TRACKER_TOKEN",
  "TRACKER_TEAM",
];

/**
 * The command that is this program as `daemon run`: the compiled binary itself, or Deno with the main module
 * and those of this process's permissions that the daemon can use: never more than this process has. Nothing
 * secret is among the arguments.
 */
export async function daemonCommand(platform: Platform): Promise<DaemonCommand> {
  const { system } = platform;
  if (system.standalone) return { command: system.execPath(), args: ["daemon", "run"] };
  const flags = await permissionFlags(platform);
  return {
    command: system.execPath(),
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      // A bundle needs no configuration, and what lies above it is of other programs.
      ...(system.packaging === "source" ? [] : ["--no-config", "--no-lock"]),
      ...flags,
      system.mainModule(),
      "daemon",
      "run",
    ],
  };
}

async function permissionFlags(platform: Platform): Promise<string[]> {
  const { root } = userPaths(platform);
  const host = await resolveHostUrl(platform);
  const targets = {
    // The daemon reads its own modules when it uses them.
    read: [...(platform.system.sources === null ? [] : [platform.system.sources]), root],
    write: [root],
    net: ["127.0.0.1", ...(host === null ? [] : [new URL(host.url).host])],
    env: DAEMON_VARIABLES,
  } as const;
  const flags: string[] = [];
  for (const name of ["read", "write", "net", "env"] as const) {
    // With a part denied, all would be more than what this process has: what is needed is named.
    const granted = targets[name].filter((target) =>
      platform.system.permission(name, target) === "granted"
    );
    if (platform.system.permission(name) === "granted") flags.push(`--allow-${name}`);
    else {
      // A flag cannot name a path with a comma: it would grant two others.
      const list = granted.filter((target) => !target.includes(","));
      if (list.length > 0) flags.push(`--allow-${name}=${list.join(",")}`);
    }
  }
  const [program] = await loadSettings(platform).tokenCommand() ?? [];
  if (program !== undefined && platform.system.permission("run", program) === "granted") {
    if (!program.includes(",")) flags.push(`--allow-run=${program}`);
  }
  return flags;
}
