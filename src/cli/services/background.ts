import { uploadInBackground } from "../../daemon/background_upload.ts";
import { type DaemonStartOutcome, notStartedWords } from "../../daemon/intent.ts";
import { MANUAL_MODE_NOTICE } from "../../daemon/manual_mode.ts";
import { errorText, TrackerError } from "../../platform/tracker_error.ts";
import type { Context } from "../command/context.ts";
import { VERSION } from "../version.ts";

/** Reports what a person should know of background sync: manual mode, or a failed start. */
export function reportBackground(context: Context, outcome: DaemonStartOutcome): void {
  const { skippedReason } = outcome;
  if (skippedReason === "policy_manual") return tell(context, ...MANUAL_MODE_NOTICE);
  if (skippedReason?.startsWith("start_failed") === true) {
    context.output.warning(
      `Warning: ${notStartedWords(skippedReason)}. See \`tracker daemon status\`.`,
    );
  }
}

/**
 * Reports a result, then background sync. People see their result first; the one document of `--json` waits
 * until nothing can fail any more.
 */
export async function reportWithBackground(
  context: Context,
  report: () => number,
  ensure: () => Promise<DaemonStartOutcome>,
): Promise<number> {
  if (context.globals.json) {
    const tellBackground = await ensured(context, ensure);
    const code = report();
    tellBackground();
    return code;
  }
  const code = report();
  (await ensured(context, ensure))();
  return code;
}

/** Starts background sync and returns how to report it. The work is done: a failure here is a warning. */
async function ensured(
  context: Context,
  ensure: () => Promise<DaemonStartOutcome>,
): Promise<() => void> {
  try {
    const outcome = await ensure();
    return () => reportBackground(context, outcome);
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    const { message, nextAction } = error;
    return () =>
      context.output.warning(`Warning: ${notStartedWords(message)}. ${nextAction ?? ""}`.trimEnd());
  }
}

/**
 * Uploads events that were just queued in the background, where that is allowed. The command's own work is
 * done: a failure here is a warning, and manual mode is not mentioned.
 */
export async function uploadQueued(context: Context): Promise<void> {
  const { platform, output } = context;
  try {
    const outcome = await uploadInBackground({ platform, version: VERSION });
    if (outcome.skippedReason !== "policy_manual") reportBackground(context, outcome);
  } catch (error) {
    output.warning(`Warning: ${notStartedWords(errorText(error))}.`);
  }
}

/** Writes notices to standard output for people, to standard error beside JSON, and none under `--quiet`. */
export function tell(context: Context, ...lines: readonly string[]): void {
  if (context.globals.quiet) return;
  for (const line of lines) {
    if (context.globals.json) context.output.warning(line);
    else context.output.result(line);
  }
}
