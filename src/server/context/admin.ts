import { TrackerError } from "../../platform/tracker_error.ts";
import type { Actor } from "../model/actor.ts";
import { isAdmin } from "../model/user.ts";
import { teamsOf } from "../store/users.ts";
import type { HostContext } from "./host_context.ts";

/**
 * Lets the host's command line pass, and the admins of a team; a user who is no member of the team any more does not
 * pass. `null` stands for what concerns all teams.
 *
 * @throws {TrackerError} `admin_only`.
 */
export async function requireAdmin(
  context: HostContext,
  actor: Actor,
  teamId: string | null,
): Promise<void> {
  if (await mayAdminister(context, actor, teamId)) return;
  throw adminOnly();
}

/** Returns whether an actor may look after a team; `null` stands for all teams. */
export async function mayAdminister(
  { store }: HostContext,
  actor: Actor,
  teamId: string | null,
): Promise<boolean> {
  if (actor.kind === "command_line") return true;
  if (teamId === null) return false;
  const teams = await teamsOf(store, actor.id);
  return teams.some((team) => team.id === teamId && isAdmin(team));
}

/**
 * Lets the host's command line pass, and everybody in a team; `null` stands for all teams.
 *
 * @throws {TrackerError} `admin_only`.
 */
export async function requireMember(
  { store }: HostContext,
  actor: Actor,
  teamId: string | null,
): Promise<void> {
  if (actor.kind === "command_line") return;
  const teams = await teamsOf(store, actor.id);
  if (!teams.some(({ id }) => id === teamId)) throw adminOnly();
}

/** Returns the failure of what only an admin may do. */
export function adminOnly(): TrackerError {
  return new TrackerError({
    code: "admin_only",
    message: "Only an admin of the team may do this",
    nextAction: "Ask an admin of your team.",
  });
}
