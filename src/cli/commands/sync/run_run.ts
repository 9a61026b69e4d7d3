import type { Context } from "../../command/context.ts";
import { FAILED, text } from "../../terminal/text.ts";
import { type HostedBackend, openBackend } from "../../../tracker/backend.ts";
import { ensureDaemonRunning } from "../../../daemon/intent.ts";
import { flushEvents } from "../../../events/flush.ts";
import { openCache } from "../../../tracker/cache.ts";
import { daemonPolicy } from "../../../user/settings.ts";
import { MANUAL_MODE_RUN_NOTICE } from "../../../daemon/manual_mode.ts";
import { reportWithBackground, tell } from "../../services/background.ts";
import { untilInterrupted } from "../../terminal/interrupt.ts";
import { runLocalSync } from "./local_report.ts";
import { createProgress } from "../../terminal/progress.ts";
import { reportRun } from "./report.ts";
import { plural } from "../../terminal/format.ts";
import { projectContext } from "../../services/tracker.ts";
import { VERSION } from "../../version.ts";
import { labelOf } from "../../../project/binding_label.ts";

/** How to run a full sync. */
export interface SyncRunOptions {
  readonly limit: number | undefined;
  readonly pushOnly: boolean;
  readonly dryRun: boolean;
  readonly retry: boolean;
}

/** Runs a full sync: at the host for hosted bindings, here for local ones. */
export async function run(context: Context, options: SyncRunOptions): Promise<number> {
  const backend = await openBackend(await projectContext(context));
  const label = `Syncing ${labelOf(backend.binding)}`;
  if (backend.kind === "hosted") return await runHosted(context, backend, label, options);
  const { limit, dryRun, retry } = options;
  return await runLocalSync(
    context,
    { label, dryRun },
    (local) => backend.service.run({ ...local, limit, retry }),
  );
}

async function runHosted(
  context: Context,
  { service }: HostedBackend,
  label: string,
  { limit, pushOnly, retry }: SyncRunOptions,
): Promise<number> {
  const { platform } = context;
  const manual = await daemonPolicy(platform) === "manual";
  if (manual) tell(context, MANUAL_MODE_RUN_NOTICE);
  const progress = createProgress(context, label);
  let settled = 0;
  const report = await untilInterrupted(context, (signal) =>
    service.run({
      limit,
      pullFirst: !pushOnly,
      retry,
      signal,
      onEvent(event) {
        if (event.kind === "conflict" && event.taken !== null) settled++;
      },
      onProgress: (event) => progress.sync(event),
      onPage: ({ stored, pages, total }) => progress.page(stored, pages, total),
    })).finally(() => progress.end());
  using store = (await openCache(await projectContext(context))).store;
  const telling = { settled, names: (id: string) => store?.get(id)?.ref.key ?? id };
  if (manual) {
    // The one document of `--json` waits until nothing can fail any more.
    const early = context.globals.json ? await uploadQueue(context) : null;
    const code = reportRun(context, report, telling);
    return Math.max(code, early ?? await uploadQueue(context));
  }
  return await reportWithBackground(
    context,
    () => reportRun(context, report, telling),
    () => ensureDaemonRunning({ platform, version: VERSION, intent: "remote_required" }),
  );
}

/** Uploads the queued events in manual mode, where no daemon does. */
async function uploadQueue(context: Context): Promise<number> {
  const { platform, output } = context;
  const { sent, duplicates, failure } = await flushEvents({ platform, version: VERSION });
  if (sent + duplicates > 0) {
    output.notice(`Uploaded ${plural(sent + duplicates, "queued event")}.`);
  }
  if (failure === undefined || failure === null) return 0;
  output.warning(text`${FAILED} ${failure.message}`);
  output.warning(`  ${failure.advice}`);
  return 1;
}
