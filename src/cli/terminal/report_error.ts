import type { TrackerError } from "../../platform/tracker_error.ts";
import type { Output } from "./output.ts";
import { FAILED, jsonText, multiline, text } from "./text.ts";

/** How a failure is said: as one JSON document, as a missing prerequisite, or as what went wrong. */
export type FailureForm = "json" | "prerequisite" | "failure";

/**
 * Reports a failure on standard error and returns the exit code. The warnings before it become part of the one JSON
 * document.
 */
export function reportFailure(
  output: Pick<Output, "warning">,
  failure: TrackerError,
  form: FailureForm,
  warnings: readonly string[] = [],
): number {
  const { code, message, nextAction, exitCode } = failure;
  if (form === "json") {
    const details = warnings.length === 0 ? failure.details : { ...failure.details, warnings };
    const error = { code, message, next_action: nextAction, details };
    output.warning(jsonText(JSON.stringify({ error })));
    return exitCode;
  }
  if (form === "prerequisite") {
    output.warning(text`${message}\n\n${nextAction ?? ""}`);
    return exitCode;
  }
  // What a message quotes must not begin a line as the program's own do.
  output.warning(text`${FAILED} ${multiline(message, "  ")}`);
  if (code === "validation_error") {
    const lines = detailLines(failure.details["details"] ?? failure.details);
    for (const line of lines.slice(0, DETAILS_SHOWN)) output.warning(`  ${line}`);
    if (lines.length > DETAILS_SHOWN) {
      output.warning(`  … and ${lines.length - DETAILS_SHOWN} more (\`--json\` has all)`);
    }
  }
  if (nextAction !== null) output.warning(text`  ${multiline(nextAction, "  ")}`);
  return exitCode;
}

const DETAILS_SHOWN = 20;

/** Returns a line for each fault that a host names, the field's name before it, in whatever form the host says so. */
function detailLines(value: unknown, name = ""): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((part: unknown) => detailLines(part, name));
  if (typeof value !== "object") return [name === "" ? String(value) : `${name}: ${String(value)}`];
  if ("field" in value && "message" in value) {
    const { field, message } = value;
    // A fault of the whole body has no field.
    return [field === "" || field === null ? String(message) : `${field}: ${message}`];
  }
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) =>
    detailLines(part, name === "" ? key : `${name}.${key}`)
  );
}
