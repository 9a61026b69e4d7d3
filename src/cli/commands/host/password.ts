import type { Deps } from "../../command/context.ts";
import { askSecret } from "../../terminal/prompts.ts";

/** Reads a new password: typed at a terminal without being shown, or the first line of standard input. */
export async function readNewPassword(deps: Deps, fromStdin = false): Promise<string> {
  const { stdin } = deps.platform.terminal;
  return stdin.isTerminal && !fromStdin
    ? await askSecret(deps, "Password: ", "Pipe the password into standard input.")
    : await stdin.readLine() ?? "";
}
