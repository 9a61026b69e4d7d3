import type { Deps } from "../deps.ts";
import { untilInterrupted } from "../interruption.ts";
import { createProgress } from "../progress.ts";
import { reportResult } from "../sync_report.ts";
import { trackerService } from "../tracker_service.ts";
import { labelOf } from "../binding_label.ts";

/** Waits for an operation at the host and shows its result. */
export async function run(deps: Deps, options: { readonly id: string }): Promise<number> {
  const service = await trackerService(deps);
  const progress = createProgress(deps, `Syncing ${labelOf(await service.binding())}`);
  const result = await untilInterrupted(deps, (signal) =>
    service.wait(options.id, {
      signal,
      onProgress: (event) => progress.sync(event),
    })).finally(() => progress.end());
  const code = reportResult(deps, result);
  // What an operation has done is known at the host; this command has sent and fetched nothing.
  if (!deps.globals.json) {
    deps.output.note("  The cache may be as before: `tracker sync pull` brings the state of now.");
  }
  return code;
}
