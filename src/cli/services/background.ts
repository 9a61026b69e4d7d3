import { uploadInBackground } from "../../daemon/background_upload.ts";
import { type DaemonStartOutcome, notStartedWords } from "../../daemon/intent.ts";
import { MANUAL_MODE_NOTICE } from "../../daemon/manual_mode.ts";
import { errorText, TrackerError } from "../../platform/tracker_error.ts";
import type { Context } from "../command/context.ts";
import { VERSION } from "../version.ts";

/** Tells what became of background sync where a person should know: manual mode, or a failed start. */
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
 * Reports a result and what became of background sync after it. People see their result first; the one
 * document of `--json` waits until nothing can fail any more.
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

/** The work is done by then: whatever is wrong with background sync is told, and takes no result away. */
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
 * Has events that were just queued uploaded in the background, where that is allowed. The command's own work
 * is done by then: whatever goes wrong here is a warning, and manual mode is not worth a word.
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

/** Writes notices where they do not disturb: standard output for people, standard error beside JSON; none when quiet. */
export function tell(context: Context, ...lines: readonly string[]): void {
  if (context.globals.quiet) return;
  for (const line of lines) {
    if (context.globals.json) context.output.warning(line);
    else context.output.result(line);
  }
}
