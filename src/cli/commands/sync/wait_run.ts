import { openHostedBackend } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { untilInterrupted } from "../../terminal/interrupt.ts";
import { createProgress } from "../../terminal/progress.ts";
import { reportResult } from "./report.ts";
import { projectContext } from "../../services/tracker.ts";
import { labelOf } from "../../../project/binding_label.ts";

/** Waits for an operation at the host and shows its result. */
export async function run(context: Context, options: { readonly id: string }): Promise<number> {
  const { binding, service } = await openHostedBackend(
    await projectContext(context),
    "`sync wait`",
  );
  const progress = createProgress(context, `Syncing ${labelOf(binding)}`);
  const result = await untilInterrupted(context, (signal) =>
    service.wait(options.id, {
      signal,
      onProgress: (event) => progress.sync(event),
    })).finally(() => progress.end());
  const code = reportResult(context, result);
  // What an operation has done is known at the host; this command has sent and fetched nothing.
  if (!context.globals.json) {
    context.output.notice(
      "  The cache may be out of date: `tracker sync pull` updates it.",
    );
  }
  return code;
}
