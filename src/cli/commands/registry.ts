import type { Command } from "../command/command.ts";
import type { Token } from "../command/command_line.ts";
import { locate } from "../command/locate.ts";

/** Every command and where it is defined, one line each, in the order of the help. */
const DEFINITIONS: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = {
  "auth login": () => import("./auth/login.ts"),
  "auth logout": () => import("./auth/logout.ts"),
  "auth status": () => import("./auth/status.ts"),
  "auth switch": () => import("./auth/switch.ts"),
  "auth token": () => import("./auth/token.ts"),
  "config list": () => import("./config/list.ts"),
  "config get": () => import("./config/get.ts"),
  "config set": () => import("./config/set.ts"),
  "config unset": () => import("./config/unset.ts"),
  "doctor": () => import("./doctor/doctor.ts"),
  "providers": () => import("./providers/providers.ts"),
  "discover": () => import("./bind/discover.ts"),
  "bind": () => import("./bind/bind.ts"),
  "unbind": () => import("./bind/unbind.ts"),
  "status": () => import("./status/status.ts"),
  "issue list": () => import("./issue/list.ts"),
  "issue show": () => import("./issue/show.ts"),
  "issue search": () => import("./issue/search.ts"),
  "issue create": () => import("./issue/create.ts"),
  "issue edit": () => import("./issue/edit.ts"),
  "issue move": () => import("./issue/move.ts"),
  "issue close": () => import("./issue/close.ts"),
  "issue reopen": () => import("./issue/reopen.ts"),
  "issue comment": () => import("./issue/comment.ts"),
  "issue discard": () => import("./issue/discard.ts"),
  "issue branch": () => import("./issue/branch.ts"),
  "map list": () => import("./map/list.ts"),
  "map add": () => import("./map/add.ts"),
  "state list": () => import("./state/list.ts"),
  "state export": () => import("./state/export.ts"),
  "state remove": () => import("./state/remove.ts"),
  "sync pull": () => import("./sync/pull.ts"),
  "sync push": () => import("./sync/push.ts"),
  "sync run": () => import("./sync/run.ts"),
  "sync status": () => import("./sync/status.ts"),
  "sync wait": () => import("./sync/wait.ts"),
  "sync conflicts": () => import("./sync/conflicts.ts"),
  "sync publish": () => import("./sync/publish.ts"),
  "mission create": () => import("./mission/create.ts"),
  "mission list": () => import("./mission/list.ts"),
  "mission start": () => import("./mission/start.ts"),
  "mission bind-origin": () => import("./mission/bind_origin.ts"),
  "wp list": () => import("./wp/list.ts"),
  "wp push": () => import("./wp/push.ts"),
  "wp hook install": () => import("./wp/hook_install.ts"),
  "wp hook remove": () => import("./wp/hook_remove.ts"),
  "daemon status": () => import("./daemon/status.ts"),
  "daemon start": () => import("./daemon/start.ts"),
  "daemon stop": () => import("./daemon/stop.ts"),
  "daemon run": () => import("./daemon/run.ts"),
  "events list": () => import("./events/list.ts"),
  "events flush": () => import("./events/flush.ts"),
  "events retry": () => import("./events/retry.ts"),
  "events export": () => import("./events/export.ts"),
  "api": () => import("./api/api.ts"),
  "dashboard": () => import("./dashboard/dashboard.ts"),
  "host serve": () => import("./host/serve.ts"),
  "host user add": () => import("./host/user_add.ts"),
  "host user list": () => import("./host/user_list.ts"),
  "host user role": () => import("./host/user_role.ts"),
  "host user password": () => import("./host/user_password.ts"),
  "host user revoke": () => import("./host/user_revoke.ts"),
  "host user remove": () => import("./host/user_remove.ts"),
  "host session list": () => import("./host/session_list.ts"),
  "host token create": () => import("./host/token_create.ts"),
  "host token list": () => import("./host/token_list.ts"),
  "host token revoke": () => import("./host/token_revoke.ts"),
  "host audit": () => import("./host/audit.ts"),
  "host issue remove": () => import("./host/issue_remove.ts"),
  "host import": () => import("./host/import.ts"),
  "host mapping list": () => import("./host/mapping_list.ts"),
  "host mapping disable": () => import("./host/mapping_disable.ts"),
  "host mapping delete": () => import("./host/mapping_delete.ts"),
  "host connect github": () => import("./host/connect_github.ts"),
  "host connect gitlab": () => import("./host/connect_gitlab.ts"),
  "host connect jira": () => import("./host/connect_jira.ts"),
  "host connect linear": () => import("./host/connect_linear.ts"),
  "host connection list": () => import("./host/connection_list.ts"),
  "host connection show": () => import("./host/connection_show.ts"),
  "host connection test": () => import("./host/connection_try.ts"),
  "host connection webhook": () => import("./host/connection_webhook.ts"),
  "host connection map": () => import("./host/connection_map.ts"),
  "host connection pause": () => import("./host/connection_pause.ts"),
  "host connection resume": () => import("./host/connection_resume.ts"),
  "host connection rename": () => import("./host/connection_rename.ts"),
  "host connection remove": () => import("./host/connection_remove.ts"),
  "host sync": () => import("./host/sync.ts"),
  "host backup": () => import("./host/backup.ts"),
  "host check": () => import("./host/check.ts"),
  "host migrate": () => import("./host/migrate.ts"),
  "host key create": () => import("./host/key_create.ts"),
  "host key rotate": () => import("./host/key_rotate.ts"),
  "agent guide": () => import("./agent/guide.ts"),
  "agent install": () => import("./agent/install.ts"),
  "agent remove": () => import("./agent/remove.ts"),
  "mcp": () => import("./mcp/mcp.ts"),
  "completion": () => import("./help/completion.ts"),
  "man": () => import("./help/man.ts"),
  "help": () => import("./help/help.ts"),
};

/**
 * Every command there is in the given state of the rollout gate, in the order of the help. While a daemon has left its
 * state (`hasDaemon`), its status can be shown and it can be stopped with the gate off.
 */
export async function catalogue(
  hosted: boolean,
  hasDaemon: boolean = false,
): Promise<readonly Command[]> {
  const loaded = await Promise.all(Object.values(DEFINITIONS).map((load) => load()));
  return loaded.map(({ command }) => command)
    .filter((command) => isThere(command, hosted, hasDaemon));
}

/**
 * Returns the command that a line names, and loads no other; `null` where the line names none that there is in the given
 * state of the rollout gate.
 */
export async function findCommand(
  line: readonly Token[],
  hosted: boolean,
  hasDaemon: boolean = false,
): Promise<Command | null> {
  const found = locate(Object.keys(DEFINITIONS), line);
  if (found.kind !== "command") return null;
  const command = (await DEFINITIONS[found.path]?.())?.command ?? null;
  return command !== null && isThere(command, hosted, hasDaemon) ? command : null;
}

function isThere(command: Command, hosted: boolean, hasDaemon: boolean): boolean {
  return hosted || !command.gated || (hasDaemon && command.withDaemon === true);
}
