import type { HostLocation } from "../../../server/mod.ts";
import { usageError } from "../../../platform/tracker_error.ts";
import type { Context } from "../../command/context.ts";
import type { HostPlace } from "./options.ts";

/** The variable that names the host's database where no option does. */
export const DATABASE_VARIABLE = "TRACKER_HOST_DATABASE";

/**
 * Returns where the data of the host is: what the options say, else the environment. `otherwise` is what can be done
 * without data.
 *
 * @throws {TrackerError} `usage` when that is nothing, or two things.
 */
export function hostLocation(
  context: Context,
  place: HostPlace,
  otherwise?: string,
): HostLocation {
  const { dir, url, passwordFile } = place;
  if (dir !== undefined && url !== undefined) {
    throw usageError("`--data` and `--database` are two places: give one of them");
  }
  if (dir !== undefined) {
    if (passwordFile === undefined) return { dataDir: dir };
    throw usageError("`--database-password-file` goes with `--database`, not with `--data`");
  }
  const named = url ?? context.platform.env.get(DATABASE_VARIABLE)?.trim() ?? "";
  if (named === "") {
    throw usageError(
      "The data of the host is not named",
      `Add \`--data DIR\` or \`--database URL\`, or set \`${DATABASE_VARIABLE}\`.` +
        (otherwise === undefined ? "" : ` ${otherwise}`),
    );
  }
  if (url !== undefined && holdsPassword(url)) {
    context.output.warning(
      "Everybody on this machine can see the password in `--database`. " +
        "Use `--database-password-file FILE` or `TRACKER_HOST_DATABASE_PASSWORD`.",
    );
  }
  return { databaseUrl: named, ...(passwordFile === undefined ? {} : { passwordFile }) };
}

function holdsPassword(url: string): boolean {
  return /^[a-z]+:\/\/[^/@]*:[^/@]+@/i.test(url);
}
