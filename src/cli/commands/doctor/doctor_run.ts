import type { JsonObject } from "../../../contract/field.ts";
import type { Context } from "../../command/context.ts";
import { type Examination, examine } from "./examine.ts";
import type { CommandPermissions } from "./grants.ts";
import { oneLineEach } from "./kinds.ts";
import { checkDocument, countOf, writeReport } from "../../services/report.ts";
import { wordsExplained } from "../../permissions/requirements.ts";
import { whileWaiting } from "../../terminal/progress.ts";
import { writeTable } from "../../terminal/table.ts";
import { VERSION } from "../../version.ts";

/** Checks everything tracker depends on; exit 1 when a check fails. Changes nothing. */
export async function run(
  context: Context,
  options: { readonly permissions: boolean },
): Promise<number> {
  const found = await whileWaiting(
    context,
    "Checking host, tools and files",
    () => examine(context),
  );
  const { checks } = found;
  const { output, globals } = context;
  if (globals.json) output.json(documentOf(found, options.permissions));
  else {
    if (options.permissions) {
      showPermissions(context, found.permissions);
      output.result();
    }
    writeReport(output, oneLineEach(checks), checks);
  }
  return countOf(checks, "failed") === 0 ? 0 : 1;
}

function documentOf({ checks, permissions }: Examination, all: boolean): JsonObject {
  return {
    version: VERSION,
    ...checkDocument(checks),
    permissions: all ? permissions : null,
  };
}

function showPermissions({ output }: Context, table: readonly CommandPermissions[]): void {
  const needed = table.flatMap(({ permissions }) => permissions);
  writeTable(
    output,
    [{ title: "COMMAND" }, { title: "GRANTED" }, { title: "NEEDS", yields: 1, least: 20 }],
    table.map(({ command, granted, flags }) => [
      command,
      granted ? "yes" : "no",
      flags.join(" ") || "–",
    ]),
  );
  for (const sentence of wordsExplained(needed)) output.result(sentence);
}
