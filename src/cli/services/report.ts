import type { TrackerError } from "../../platform/tracker_error.ts";
import type { Output } from "../terminal/output.ts";
import { plural } from "../terminal/format.ts";
import { ATTENTION, dim, DONE, FAILED, type Text, text } from "../terminal/text.ts";

/** What a check came to: fine, works but needs attention, broken, or nothing to judge. */
export type CheckStatus = "ok" | "warning" | "failed" | "info";

/** One line of the report. */
export interface Check {
  /** What was checked, such as `session`; stable, for programs. */
  readonly check: string;
  readonly status: CheckStatus;
  /** One line for people. */
  readonly message: string;
  /** What to do; only warnings and failures need one. */
  readonly nextAction: string | null;
  /** Facts for programs. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** Facts for programs. */
export type CheckDetails = Check["details"];

/** A check that found nothing wrong. */
export function fine(check: string, message: string, details: CheckDetails = {}): Check {
  return { check, status: "ok", message, nextAction: null, details };
}

/** A check that found something that works but should be seen to. */
export function warning(
  check: string,
  message: string,
  nextAction: string,
  details: CheckDetails = {},
): Check {
  return { check, status: "warning", message, nextAction, details };
}

/** A check that found something broken. */
export function failed(
  check: string,
  message: string,
  nextAction: string | null,
  details: CheckDetails = {},
): Check {
  return { check, status: "failed", message, nextAction, details };
}

/** A fact that is no fault, or a check that could not be made. */
export function info(check: string, message: string, details: CheckDetails = {}): Check {
  return { check, status: "info", message, nextAction: null, details };
}

/** Returns a failure as a line of the report; a permission that is not granted is none. */
export function ofFailure(check: string, failure: TrackerError): Check {
  const { code, message, nextAction, details } = failure;
  if (code !== "permission_needed") return failed(check, message, nextAction, { code, ...details });
  const words = message.slice(0, 1).toLowerCase() + message.slice(1);
  return info(check, `${check} not examined: ${words}`, details);
}

/** How many checks came to a status. */
export function countOf(checks: readonly Check[], status: CheckStatus): number {
  return checks.filter((check) => check.status === status).length;
}

/** Writes a report for people: these lines, what to do, and a line that sums up the checks. */
export function writeReport(
  output: Output,
  lines: readonly Check[],
  checks: readonly Check[] = lines,
): void {
  for (const { status, message, nextAction } of lines) {
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

/** Returns the members of a report for programs. */
export function checkDocument(checks: readonly Check[]): Readonly<Record<string, unknown>> {
  return {
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
  };
}
