import { usageError } from "../../platform/tracker_error.ts";
import type { Command } from "../command/command.ts";
import { commandsJson, groupHelp, programHelp } from "./program.ts";
import type { Located } from "../command/locate.ts";
import { documentText } from "../terminal/json_document.ts";

/** How help is told: in words for a terminal of so many columns, or as a JSON document. */
export type HelpForm = { readonly columns: number } | "json";

/**
 * The help of what a line names: the program, a group or a command.
 *
 * @throws {TrackerError} `usage` where it names nothing.
 */
export async function helpAnswer(
  found: Located,
  commands: readonly Command[],
  hosted: boolean,
  form: HelpForm,
): Promise<string> {
  switch (found.kind) {
    case "none":
      return form === "json"
        ? written(commandsJson(commands))
        : programHelp(commands, form.columns);
    case "group": {
      const members = commands.filter(({ path }) => path.startsWith(`${found.name} `));
      return form === "json"
        ? written(commandsJson(members))
        : groupHelp(found.name, members, form.columns);
    }
    case "command": {
      const command = commands.find(({ path }) => path === found.path);
      if (command === undefined) throw new RangeError(`No command "${found.path}"`);
      if (form === "json") {
        const { commandJson } = await import("./json.ts");
        return written(commandJson(command, hosted));
      }
      const { commandHelp } = await import("./command.ts");
      return commandHelp(command, hosted, form.columns);
    }
    case "unknown":
      throw unknownCommand(found);
  }
}

/** Says that a line names no command, and which one it may have meant. */
export function unknownCommand(found: Extract<Located, { kind: "unknown" }>): Error {
  return usageError(
    `Unknown command "${found.given}"`,
    found.nearest === null
      ? "`tracker --help` lists the commands."
      : `Did you mean \`tracker ${found.nearest}\`?`,
  );
}

function written(document: object): string {
  return `${documentText(document)}\n`;
}
