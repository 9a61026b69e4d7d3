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
  return reportResult(deps, result);
}
