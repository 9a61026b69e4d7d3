import type { DaemonStartOutcome } from "../daemon/intent.ts";
import { MANUAL_MODE_NOTICE } from "../daemon/manual_mode.ts";
import type { Deps } from "./deps.ts";
import { harmless } from "./harmless.ts";

/** Tells what became of background sync where a person should know: manual mode, or a failed start. */
export function reportBackground(deps: Deps, outcome: DaemonStartOutcome): void {
  const { skippedReason } = outcome;
  if (skippedReason === "policy_manual") return tell(deps, ...MANUAL_MODE_NOTICE);
  if (skippedReason?.startsWith("start_failed") === true) {
    deps.output.warn(
      `Warning: Background sync did not start (${
        harmless(skippedReason)
      }). See \`tracker daemon status\`.`,
    );
  }
}

/** Writes notices where they do not disturb: standard output for people, standard error beside JSON. */
export function tell(deps: Deps, ...lines: readonly string[]): void {
  for (const line of lines) {
    if (deps.globals.json) deps.output.warn(line);
    else deps.output.line(line);
  }
}
