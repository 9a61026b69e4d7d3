import { resolveFrom } from "../../../platform/paths.ts";
import { checkHost, shownLocation } from "../../../server/mod.ts";
import { explain } from "../../services/failure.ts";
import { lookingOnly } from "../../services/looking_only.ts";
import { checkDocument, countOf, failed, ofFailure, writeReport } from "../../services/report.ts";
import type { Context } from "../../command/context.ts";
import { whileWaiting } from "../../terminal/progress.ts";
import { VERSION } from "../../version.ts";
import { command } from "./check.ts";
import { hostLocation } from "./location.ts";
import type { HostPlace } from "./options.ts";

/** What to check. */
export interface HostCheckOptions {
  readonly data: HostPlace;
  readonly keyFile: string | undefined;
}

/** Checks everything a host needs; exit 1 when a check fails. Changes nothing. */
export async function run(context: Context, options: HostCheckOptions): Promise<number> {
  const location = hostLocation(context, options.data);
  // A URL that cannot be understood is a wrong command line.
  const data = shownLocation(location);
  const { platform } = context;
  const { dir } = options.data;
  const directory = dir === undefined ? null : resolveFrom(platform.system.cwd(), dir);
  const checks = await whileWaiting(
    context,
    "Checking the host",
    () =>
      checkHost(lookingOnly(platform), location, {
        keyFile: options.keyFile,
        explain(check, error) {
          const failure = explain(error, { platform, command, data: directory });
          const found = ofFailure(check, failure);
          // Where the database may not be opened, nothing is known: that is not in order.
          return check === "database" && found.status === "info"
            ? failed(check, failure.message, failure.nextAction, { code: failure.code })
            : found;
        },
      }),
  );
  if (context.globals.json) {
    context.output.json({ version: VERSION, data, ...checkDocument(checks) });
  } else writeReport(context.output, checks);
  return countOf(checks, "failed") === 0 ? 0 : 1;
}
