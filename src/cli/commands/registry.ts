import type { Command } from "../command/command.ts";
import { AUTH_COMMANDS } from "./auth_definitions.ts";
import { BACKGROUND_COMMANDS } from "./background_definitions.ts";
import { BIND_COMMANDS } from "./bind_definitions.ts";
import { CONFLICT_COMMANDS, EDIT_COMMANDS } from "./edit_definitions.ts";
import { HOST_COMMANDS } from "./host_definitions.ts";
import { LOOK_COMMANDS } from "./look_definitions.ts";
import { MISSION_COMMANDS, PUBLISH_COMMANDS } from "./mission_definitions.ts";
import { PAGE_COMMANDS } from "./page_definitions.ts";
import { SET_UP_COMMANDS } from "./set_up_definitions.ts";
import { SHELL_COMMANDS } from "./shell_definitions.ts";
import { SYNC_COMMANDS } from "./sync_definitions.ts";

/**
 * Every command there is in the given state of the rollout gate, in the order of the help. While a daemon has left its
 * state (`hasDaemon`), it can be looked at and stopped with the gate off.
 */
export function catalogue(hosted: boolean, hasDaemon: boolean = false): readonly Command[] {
  const commands = [
    ...AUTH_COMMANDS,
    ...SET_UP_COMMANDS,
    ...BIND_COMMANDS,
    ...LOOK_COMMANDS,
    ...EDIT_COMMANDS,
    ...SYNC_COMMANDS,
    ...CONFLICT_COMMANDS,
    ...PUBLISH_COMMANDS,
    ...MISSION_COMMANDS,
    ...BACKGROUND_COMMANDS,
    ...PAGE_COMMANDS,
    ...HOST_COMMANDS,
    ...SHELL_COMMANDS,
  ].filter((command) => hosted || !command.gated || (hasDaemon && command.withDaemon === true));
  const nouns = commands.map(nounOf);
  return commands.toSorted((a, b) => nouns.indexOf(nounOf(a)) - nouns.indexOf(nounOf(b)));
}

/** What keeps commands together in the help: their heading and their first word. */
function nounOf({ group, path }: Command): string {
  return `${group} ${path.split(" ")[0]}`;
}
