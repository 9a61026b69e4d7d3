import type { IssueType, Status } from "../../../contract/issue.ts";
import type { PullReport } from "../../../client/sync_pull.ts";
import { besideHost, countsJson, nextLines, pulledWords } from "./counts.ts";
import type { Context } from "../../command/context.ts";
import { ATTENTION, DONE, text } from "../../terminal/text.ts";
import { type HostedBackend, openBackend, type ProjectContext } from "../../../tracker/backend.ts";
import { ensureDaemonRunning } from "../../../daemon/intent.ts";
import { reportWithBackground } from "../../services/background.ts";
import { untilInterrupted } from "../../terminal/interrupt.ts";
import { runLocalSync } from "./local_report.ts";
import { createProgress } from "../../terminal/progress.ts";
import { reportGone, reportItemErrors } from "./report.ts";
import { projectContext } from "../../services/tracker.ts";
import { VERSION } from "../../version.ts";
import { labelOf } from "../../../project/binding_label.ts";

/** What to pull. */
export interface SyncPullOptions {
  readonly amount:
    | { readonly kind: "default" }
    | { readonly kind: "some"; readonly limit: number }
    | { readonly kind: "all"; readonly all: true };
  readonly since: string | undefined;
  readonly statuses: readonly Status[];
  readonly types: readonly IssueType[];
  readonly dryRun: boolean;
}

/** Pulls issues into the local cache. */
export async function run(context: Context, options: SyncPullOptions): Promise<number> {
  const project = await projectContext(context);
  const backend = await openBackend(project);
  if (backend.kind === "hosted") return await pullHosted(context, project, backend, options);
  const label = `Pulling ${labelOf(backend.binding)}`;
  const { amount, dryRun } = options;
  return await runLocalSync(context, { label, dryRun }, (local) =>
    backend.service.pull({
      ...local,
      limit: amount.kind === "some" ? amount.limit : undefined,
      full: amount.kind === "all",
    }));
}

async function pullHosted(
  context: Context,
  project: ProjectContext,
  { service, binding }: HostedBackend,
  { amount, since, statuses, types }: SyncPullOptions,
): Promise<number> {
  const { platform, globals } = context;
  const progress = createProgress(context, `Pulling ${labelOf(binding)}`);
  const report = await untilInterrupted(context, (signal) =>
    service.pull({
      limit: amount.kind === "some" ? amount.limit : amount.kind === "all" ? "all" : undefined,
      since,
      status: statuses.length === 0 ? undefined : statuses,
      issueType: types.length === 0 ? undefined : types,
      collect: globals.json,
      signal,
      onPage: ({ stored, pages, total }) => progress.page(stored, pages, total),
    })).finally(() => progress.end());
  await (await import("../../services/learned_tickets.ts")).learnTickets(context, project);
  return await reportWithBackground(
    context,
    () => reportPull(context, report),
    () => ensureDaemonRunning({ platform, version: VERSION, intent: "remote_required" }),
  );
}

function reportPull(context: Context, report: PullReport): number {
  const failed = report.status !== "ok";
  if (context.globals.json) {
    const { removed, kept, cutOff } = report.gone;
    // What the host says stays as it said it: where it lists what is gone, `removed` is its list.
    const ours = {
      ...countsJson(report.counts),
      gone: { removed, kept, cut_off: cutOff },
    };
    context.output.json(besideHost(ours, { removed, ...report.result }));
    return failed ? 1 : 0;
  }
  const { output } = context;
  const mark = failed ? ATTENTION : DONE;
  const resumed = report.resumed ? " Continued where the last pull had stopped." : "";
  output.result(text`${mark} ${pulledWords(report.counts)}${resumed}`);
  const settled = report.conflicts - report.held;
  for (const line of nextLines(report.counts, { settled, pushed: false })) {
    output.result(`  ${line}`);
  }
  reportItemErrors(context, report.itemErrors, "pulled");
  reportGone(context, report.gone);
  if (report.hasMore) {
    output.notice(
      "  There are more: `tracker sync pull` continues, `tracker sync pull --all` fetches everything.",
    );
  }
  return failed ? 1 : 0;
}
