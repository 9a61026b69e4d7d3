import { COMMAND_LINE, type Role, setRole } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import type { HostPlace } from "./options.ts";
import { DONE, text } from "../../terminal/text.ts";
import { changeHostData } from "./data.ts";

/** Whose role to change, and where. */
export interface HostUserRoleOptions {
  readonly username: string;
  readonly role: Role;
  readonly data: HostPlace;
  readonly team: string | undefined;
}

/** Makes a user an admin or a member of a team. */
export async function run(context: Context, options: HostUserRoleOptions): Promise<number> {
  const { username, role } = options;
  const article = role === "admin" ? "an admin" : "a member";
  return await changeHostData(context, options, async (data) => {
    const team = await setRole(data, COMMAND_LINE, username, role, options.team);
    return {
      document: { username, team, role },
      line: text`${DONE} ${username} is ${article} of team ${team}.`,
    };
  });
}
