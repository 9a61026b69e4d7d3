import type { User } from "./user.ts";

/** Who does something at the host: a signed-in user, or the person at the host's own command line. */
export type Actor =
  | { readonly kind: "user"; readonly id: string; readonly name: string }
  | { readonly kind: "command_line" };

/** The person at the host's own command line. */
export const COMMAND_LINE: Actor = { kind: "command_line" };

/** Returns a signed-in user as the one who does something. */
export function userActor({ id, username }: User): Actor {
  return { kind: "user", id, name: username };
}
