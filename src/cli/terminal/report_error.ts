import type { Platform } from "../../platform/platform.ts";
import { errorText, TrackerError } from "../../platform/tracker_error.ts";
import { userPaths } from "../../user/paths.ts";
import { harmless, harmlessJson, harmlessLines } from "./sanitize.ts";
import type { Output } from "./output.ts";
import { type FailureContext, permissionDenial, permissionNeeded } from "../permissions/denied.ts";
import { NotReadyError } from "../command/readiness.ts";

/**
 * Says what went wrong, in words or as JSON on standard error; answers the exit code. What was warned of before is
 * in the details of the one document there is.
 */
export function reportFailure(
  error: unknown,
  json: boolean,
  output: Output,
  context: FailureContext,
  warnings: readonly string[] = [],
): number {
  const failure = explain(error, context);
  if (json) {
    const { code, message, nextAction } = failure;
    const details = warnings.length === 0 ? failure.details : { ...failure.details, warnings };
    const error = { code, message, next_action: nextAction, details };
    output.warn(harmlessJson(JSON.stringify({ error })));
    return failure.exitCode;
  }
  if (failure instanceof NotReadyError) {
    output.warn(harmlessLines(`${failure.message}\n\n${failure.nextAction ?? ""}`));
    return failure.exitCode;
  }
  // What a message quotes must not begin a line as the program's own do.
  const message = harmlessLines(failure.message).replaceAll("\n", "\n  ");
  output.warn(`${output.errorStyle.red("✗")} ${message}`);
  if (failure.code === "validation_error") {
    const lines = detailLines(failure.details["details"] ?? failure.details);
    for (const line of lines.slice(0, DETAILS_SHOWN)) output.warn(`  ${harmless(line)}`);
    if (lines.length > DETAILS_SHOWN) {
      output.warn(`  … and ${lines.length - DETAILS_SHOWN} more (\`--json\` has all)`);
    }
  }
  if (failure.nextAction !== null) {
    output.warn(harmlessLines(failure.nextAction).replace(/^/gm, "  "));
  }
  return failure.exitCode;
}

const DETAILS_SHOWN = 20;

/** What a host finds wrong, in whatever form it says so: a line for each, the field's name before it. */
function detailLines(value: unknown, name = ""): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((part: unknown) => detailLines(part, name));
  if (typeof value !== "object") return [name === "" ? String(value) : `${name}: ${String(value)}`];
  if ("field" in value && "message" in value) return [`${value.field}: ${value.message}`];
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) =>
    detailLines(part, name === "" ? key : `${name}.${key}`)
  );
}

/** Any thrown thing as the one failure type. */
export function explain(error: unknown, context: FailureContext): TrackerError {
  const denial = permissionDenial(error);
  if (denial !== null) return permissionNeeded(denial, context);
  if (error instanceof TrackerError) return error;
  if (error instanceof Error && isSystemFault(error)) {
    return new TrackerError({
      code: "system",
      message: `The system refused: ${harmless(error.message)}`,
      nextAction: isOfUserDirectory(error, context.platform)
        ? "Make that path writable, or set `SPEC_KITTY_HOME` to a directory that you may write to."
        : "Check the path's permissions and the free disk space, then try again.",
      cause: error,
    });
  }
  if (error instanceof Error && PACKAGE_FAULT.test(error.message)) {
    return new TrackerError({
      code: "package_missing",
      message: `A package of tracker cannot be loaded: ${harmless(error.message)}`,
      nextAction:
        "Check the network, the proxy (`HTTPS_PROXY`) and the certificates (`DENO_CERT`), " +
        "then run `deno install` in the checkout.",
      cause: error,
    });
  }
  if (error instanceof Error && DATABASE_FAULT.test(error.message)) {
    return new TrackerError({
      code: "database_damaged",
      message: `A database of tracker cannot be read: ${harmless(error.message)}`,
      nextAction: "`tracker doctor` names the file; move it away, or restore it from a backup.",
      cause: error,
    });
  }
  return new TrackerError({
    code: "internal",
    message: `Something unexpected went wrong: ${harmless(errorText(error))}`,
    nextAction: "This is a fault of tracker: please report it with the command you ran.",
    details: { name: error instanceof Error ? error.name : typeof error },
    cause: error,
  });
}

function isSystemFault({ name, message }: Error): boolean {
  return SYSTEM_FAULTS.has(name) || /\(os error \d+\)/.test(message);
}

/** A home that may not be written to: everything of a user can lie elsewhere. */
function isOfUserDirectory({ name, message }: Error, platform: Platform): boolean {
  if (name !== "PermissionDenied" && !/\(os error (?:13|30)\)/.test(message)) return false;
  try {
    return message.includes(userPaths(platform).root);
  } catch {
    return false;
  }
}

/** SQLite's own words for a file that was damaged; there is no code to tell by. */
const DATABASE_FAULT =
  /file is not a database|database disk image is malformed|malformed database|^no such (?:table|column)/;

/** Deno's own words for a package that it cannot fetch, where the program runs from its source. */
const PACKAGE_FAULT =
  /^(?:Failed (?:caching|resolving) npm package |npm package not found in cache)/;

const SYSTEM_FAULTS: ReadonlySet<string> = new Set([
  "AlreadyExists",
  "Busy",
  "FilesystemLoop",
  "IsADirectory",
  "NotADirectory",
  "NotFound",
  "PermissionDenied",
  "WriteZero",
  "AddrInUse",
  "AddrNotAvailable",
]);
