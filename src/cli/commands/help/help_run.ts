import { isHostedSyncEnabled } from "../../../client/rollout.ts";
import { catalogue } from "../registry.ts";
import type { Context } from "../../command/context.ts";
import { helpAnswer } from "../../help/answer.ts";
import { multiline } from "../../terminal/text.ts";
import { scan } from "../../command/command_line.ts";
import { locate } from "../../command/locate.ts";

/** Prints the help of the program, a group or a command. */
export async function run(
  context: Context,
  options: { readonly words: readonly string[] },
): Promise<number> {
  const { output, platform, globals } = context;
  const hosted = isHostedSyncEnabled(platform.env);
  const commands = await catalogue(hosted);
  const form = globals.json ? "json" : { columns: output.stdout.columns() };
  const found = locate(commands.map(({ path }) => path), scan(options.words));
  const answer = await helpAnswer(found, commands, hosted, form);
  output.result(multiline(answer.trimEnd()));
  return 0;
}
