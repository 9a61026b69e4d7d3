import type { Platform } from "../../platform/platform.ts";
import { damagedDatabase } from "../../platform/database_faults.ts";
import { resolveFrom } from "../../platform/paths.ts";
import { type Token, tokenize } from "../command/command_line.ts";
import { errorText, TrackerError } from "../../platform/tracker_error.ts";
import { userPaths } from "../../user/paths.ts";
import {
  type FailureContext,
  otherDenial,
  permissionDenial,
  permissionNeeded,
} from "../permissions/denied.ts";

/** Returns any thrown thing as the one failure type. */
export function explain(error: unknown, context: FailureContext): TrackerError {
  const denial = permissionDenial(error);
  if (denial !== null) return permissionNeeded(denial, context);
  if (error instanceof TrackerError) return error;
  const other = otherDenial(error);
  if (other !== null) return other;
  if (error instanceof Error && PACKAGE_FAULT.test(error.message)) {
    return new TrackerError({
      code: "package_missing",
      // Below its first line Deno writes each cause, and where the package is imported.
      message: `A package of tracker cannot be loaded: ${error.message.split("\n")[0]}`,
      nextAction:
        "Check the network, the proxy (`HTTPS_PROXY`) and the certificates (`DENO_CERT`), " +
        "then run `deno install` in the checkout.",
      cause: error,
    });
  }
  if (error instanceof Error && isSystemFault(error)) {
    return new TrackerError({
      code: "system",
      message: `The system refused: ${error.message}`,
      nextAction: isOfUserDirectory(error, context.platform)
        ? "Make that path writable, or set `SPEC_KITTY_HOME` to a directory that you may write to."
        : "Check the path's permissions and the free disk space, then try again.",
      cause: error,
    });
  }
  if (error instanceof Error && DATABASE_FAULT.test(error.message)) {
    return damagedDatabase(null, error.message, error);
  }
  return new TrackerError({
    code: "internal",
    message: `Something unexpected went wrong: ${errorText(error)}`,
    nextAction: "This is a fault of tracker: please report it with the command you ran.",
    details: { name: error instanceof Error ? error.name : typeof error },
    cause: error,
  });
}

/** Like {@link explain}, with the places that settings, project and line name where a permission was denied. */
export async function explainAtEdge(
  error: unknown,
  context: FailureContext,
  args: readonly string[],
): Promise<TrackerError> {
  if (permissionDenial(error) === null) return explain(error, context);
  const { platform } = context;
  const { placesHere } = await import("./places_here.ts");
  const line = tokenize(args, new Set(["--data", "--database"]));
  const data = valueIn(line, "--data");
  return explain(error, {
    ...context,
    places: await placesHere(platform, valueIn(line, "--repo")),
    data: data === null ? null : resolveFrom(platform.system.cwd(), data),
    database: valueIn(line, "--database"),
  });
}

/** What a line gives an option; `null` for nothing. */
function valueIn(line: readonly Token[], name: string): string | null {
  for (const token of line) {
    if (token.kind === "terminator") break;
    if (token.kind === "option" && token.names.includes(name) && token.value !== null) {
      return token.value;
    }
  }
  return null;
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
