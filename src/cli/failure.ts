import { errorText, TrackerError } from "../platform/tracker_error.ts";
import { harmless, harmlessLines } from "./harmless.ts";
import type { Output } from "./output.ts";

/** Says what went wrong, in words or as JSON on standard error; answers the exit code. */
export function reportFailure(error: unknown, json: boolean, output: Output): number {
  const failure = explain(error);
  if (json) {
    output.warn(JSON.stringify({
      error: {
        code: failure.code,
        message: failure.message,
        next_action: failure.nextAction,
        details: failure.details,
      },
    }));
    return failure.exitCode;
  }
  output.warn(`${output.errorStyle.red("✗")} ${harmlessLines(failure.message)}`);
  if (failure.nextAction !== null) output.warn(`  ${harmlessLines(failure.nextAction)}`);
  return failure.exitCode;
}

/** Any thrown thing as the one failure type. */
export function explain(error: unknown): TrackerError {
  if (error instanceof TrackerError) return error;
  if (error instanceof Error && error.name === "NotCapable") return permissionNeeded(error);
  if (error instanceof Error && SYSTEM_FAULTS.has(error.name)) {
    return new TrackerError({
      code: "system",
      message: `The system refused: ${harmless(error.message)}`,
      nextAction: "Check the path's permissions and the free disk space, then try again.",
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

// Deno says: Requires read access to "/home/me/.spec-kitty", run again with the --allow-read flag
const REQUIRES = /^Requires (\w+) access to (.+?), run again with the --allow-(\w+) flag/;

function permissionNeeded(error: Error): TrackerError {
  const match = REQUIRES.exec(error.message);
  const kind = match?.[3] ?? "all";
  const target = (match?.[2] ?? "").replaceAll('"', "").replaceAll("<", "").replaceAll(">", "");
  const flag = target === "" || target.includes(" ")
    ? `--allow-${kind}`
    : `--allow-${kind}=${target}`;
  return new TrackerError({
    code: "permission_needed",
    message: `Permission needed: ${match?.[1] ?? "access"} "${target}".`,
    nextAction: `Run it again with \`${flag}\` added to the flags of \`deno run\`.`,
    details: { permission: kind, target, flag },
    cause: error,
  });
}
