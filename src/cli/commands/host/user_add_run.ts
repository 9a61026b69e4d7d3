import { addUser, COMMAND_LINE, openHostData, type Role } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { hostLocation } from "./location.ts";
import type { HostPlace } from "./options.ts";
import { DONE, text } from "../../terminal/text.ts";
import { readNewPassword } from "./password.ts";

/** Who to add. */
export interface HostUserAddOptions {
  readonly username: string;
  readonly data: HostPlace;
  readonly team: string | undefined;
  readonly role: Role | undefined;
  readonly name: string | undefined;
  readonly passwordStdin: boolean;
}

/** Adds a user to a host's data; the password comes from standard input. */
export async function run(context: Context, options: HostUserAddOptions): Promise<number> {
  const password = await readNewPassword(context, options.passwordStdin);
  const data = await openHostData(context.platform, hostLocation(context, options.data));
  try {
    const user = await addUser(data, COMMAND_LINE, {
      username: options.username,
      password,
      ...(options.team === undefined ? {} : { team: options.team }),
      ...(options.role === undefined ? {} : { role: options.role }),
      ...(options.name === undefined ? {} : { name: options.name }),
    });
    if (context.globals.json) {
      context.output.json({
        username: user.username,
        name: user.name,
        team: user.team,
        role: user.role,
      });
    } else {
      context.output.result(
        text`${DONE} Added ${user.username} to team ${user.team}${
          user.role === "admin" ? " as admin" : ""
        }.`,
      );
    }
    return 0;
  } finally {
    await data.store.close();
  }
}
