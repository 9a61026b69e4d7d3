import { usageError } from "../../platform/tracker_error.ts";
import { isHostedSyncEnabled } from "../../hosted/rollout.ts";
import { catalogue } from "../catalogue.ts";
import type { Deps } from "../deps.ts";
import { groupHelp, programHelp } from "../help.ts";
import { commandHelp } from "../command_help.ts";
import { commandsOf, locate } from "../words_of_line.ts";

/** Prints the help of the program, a group or a command. */
export function run(deps: Deps, options: { readonly words: readonly string[] }): Promise<number> {
  const hosted = isHostedSyncEnabled(deps.platform.env);
  const commands = catalogue(hosted);
  const columns = deps.output.stdout.columns();
  const found = locate(commands, options.words);
  switch (found.kind) {
    case "none":
      deps.output.raw(programHelp(commands, columns));
      return Promise.resolve(0);
    case "group":
      deps.output.raw(groupHelp(found.name, commandsOf(commands, found.name), columns));
      return Promise.resolve(0);
    case "command":
      deps.output.raw(commandHelp(found.command, hosted, columns));
      return Promise.resolve(0);
    case "unknown":
      throw usageError(
        `Unknown command "${found.given}".`,
        found.nearest === null
          ? "`tracker --help` lists the commands."
          : `Did you mean \`tracker ${found.nearest}\`?`,
      );
  }
}
