import type { Platform } from "../platform/platform.ts";
import { BD_BUSY, BD_INSTALL_HINT, BD_NOT_SET_UP, bdConnector } from "./bd.ts";
import type { Connector } from "./connector.ts";
import { FP_INSTALL_HINT, FP_NOT_SET_UP, fpConnector } from "./fp.ts";
import { preconditionsOf } from "./preconditions.ts";
import { Tool } from "./tool.ts";
import type { LocalProvider } from "../contract/providers.ts";
import type { Side } from "../sync/side.ts";
import { type LocalWorkspace, TOOL_COMMANDS } from "./workspace.ts";

/** The connector of a workspace; `signal` stops its waiting for a tool that is busy. Starts nothing yet. */
export function connectorOf(
  platform: Pick<Platform, "processes" | "files" | "clock" | "env" | "system">,
  located: LocalWorkspace,
  signal?: AbortSignal,
): Connector {
  const { provider, workspace, command, cwd, toolLockPath } = located;
  const tool = toolOf(platform, located, signal);
  if (provider === "fp") return fpConnector({ tool, workspace });
  const path = toolLockPath.replace(/\.lock$/, ".json");
  const preconditions = preconditionsOf({ platform, tool, command, cwd, path });
  return bdConnector({ tool, workspace, preconditions });
}

/** What a workspace can take, wherever it is, and whether its tool is there or not. */
export function sideWithoutTool(
  platform: Pick<Platform, "processes" | "files" | "clock">,
  provider: LocalProvider,
  workspace: string,
): Pick<Side, "refusal"> {
  const nowhere = { provider, command: TOOL_COMMANDS[provider], cwd: "", toolLockPath: "" };
  const tool = toolOf(platform, nowhere);
  const { refusal } = provider === "fp"
    ? fpConnector({ tool, workspace })
    : bdConnector({ tool, workspace });
  return { refusal };
}

/** The tool of a workspace; see {@link connectorOf}. */
export function toolOf(
  platform: Pick<Platform, "processes" | "files" | "clock">,
  { provider, command, cwd, toolLockPath }: Pick<
    LocalWorkspace,
    "provider" | "command" | "cwd" | "toolLockPath"
  >,
  signal?: AbortSignal,
): Tool {
  const isBeads = provider === "beads";
  return new Tool({
    platform,
    command,
    cwd,
    lockPath: toolLockPath,
    installHint: isBeads ? BD_INSTALL_HINT : FP_INSTALL_HINT,
    notSetUp: isBeads ? BD_NOT_SET_UP : FP_NOT_SET_UP,
    ...(isBeads ? { busy: BD_BUSY } : {}),
    ...(signal === undefined ? {} : { signal }),
  });
}
