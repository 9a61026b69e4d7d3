/** Who does something at the host: a signed-in user, or the person at the host's own command line. */
export type Actor =
  | { readonly kind: "user"; readonly id: string; readonly name: string }
  | { readonly kind: "command_line" };

/** The person at the host's own command line. */
export const COMMAND_LINE: Actor = { kind: "command_line" };
