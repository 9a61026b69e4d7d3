import type { Context } from "../../command/context.ts";
import { type Examination, examine } from "./examine.ts";
import { checkDocument, countOf, writeReport } from "../../services/report.ts";
import { VERSION } from "../../version.ts";

/** Checks everything tracker depends on; exit 1 when a check fails. Changes nothing. */
export async function run(context: Context): Promise<number> {
  const found = await examine(context);
  if (context.globals.json) context.output.json(documentOf(found));
  else writeReport(context.output, found.checks);
  return countOf(found.checks, "failed") === 0 ? 0 : 1;
}

function documentOf({ checks, permissions }: Examination): unknown {
  return {
    version: VERSION,
    ...checkDocument(checks),
    permissions,
  };
}
