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

/** How many checks came to a status. */
export function countOf(checks: readonly Check[], status: CheckStatus): number {
  return checks.filter((check) => check.status === status).length;
}
