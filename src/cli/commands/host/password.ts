import type { Context } from "../../command/context.ts";
import { askSecret } from "../../terminal/prompts.ts";

/** Reads a new password: typed at a terminal without being shown, or the first line of standard input. */
export async function readNewPassword(context: Context, fromStdin = false): Promise<string> {
  const { stdin } = context.platform.terminal;
  return stdin.isTerminal && !fromStdin
    ? await askSecret(context, {
      question: "Password: ",
      instead: "Pipe the password into standard input.",
    })
    : await stdin.readLine() ?? "";
}
