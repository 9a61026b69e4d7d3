import type { Context } from "../../command/context.ts";
import { ATTENTION, dim, DONE, FAILED, type Text, text } from "../../terminal/text.ts";
import { type Examination, examine } from "./examine.ts";
import { type Check, countOf } from "./report.ts";
import type { Output } from "../../terminal/output.ts";
import { plural } from "../../terminal/format.ts";
import { VERSION } from "../../version.ts";

/** Checks everything tracker depends on; exit 1 when a check fails. Changes nothing. */
export async function run(context: Context): Promise<number> {
  const found = await examine(context);
  if (context.globals.json) context.output.json(documentOf(found));
  else writeReport(context.output, found.checks);
  return countOf(found.checks, "failed") === 0 ? 0 : 1;
}

function writeReport(output: Output, checks: readonly Check[]): void {
  for (const { status, message, nextAction } of checks) {
    output.result(text`${markOf(status)} ${message}`);
    if (nextAction !== null) output.result(`    → ${nextAction}`);
  }
  const counts = [
    { count: countOf(checks, "failed"), noun: "problem" },
    { count: countOf(checks, "warning"), noun: "warning" },
  ].filter(({ count }) => count > 0);
  output.result(
    counts.length === 0
      ? "Everything is in order."
      : `${counts.map(({ count, noun }) => plural(count, noun)).join(", ")}.`,
  );
}

function markOf(status: Check["status"]): Text {
  switch (status) {
    case "ok":
      return DONE;
    case "warning":
      return ATTENTION;
    case "failed":
      return FAILED;
    case "info":
      return dim("–");
  }
}

function documentOf({ checks, permissions }: Examination): unknown {
  return {
    version: VERSION,
    ok: countOf(checks, "failed") === 0,
    problems: countOf(checks, "failed"),
    warnings: countOf(checks, "warning"),
    checks: checks.map(({ check, status, message, nextAction, details }) => ({
      check,
      status,
      message,
      next_action: nextAction,
      details,
    })),
    permissions,
  };
}
