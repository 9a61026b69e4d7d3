import type { StatusResult } from "../../../contract/results.ts";
import type { BindingConfig } from "../../../project/config.ts";
import type { LocalStatus } from "../../../tracker/backend.ts";
import type { SyncRun } from "../../../store/runs.ts";
import type { TrackerService } from "../../../tracker/service.ts";
import type { Deps } from "../../command/context.ts";
import { harmless } from "../../terminal/sanitize.ts";
import { ago, number, plural } from "../../terminal/format.ts";
import { trackerService } from "../../services/tracker.ts";
import { labelOf } from "../../services/binding_label.ts";
import { reportUnreadable } from "../../services/sync_report.ts";

/** Shows the state of the project's binding, or of the whole installation. */
export async function run(deps: Deps, options: { readonly all: boolean }): Promise<number> {
  const service = await trackerService(deps);
  if (options.all) {
    const result = await service.statusAll();
    if (deps.globals.json) deps.output.json(result);
    else (await import("./installation.ts")).showInstallation(deps, result);
    return reportUnreadable(deps, result.item_errors ?? [], "binding");
  }
  const outcome = await service.status();
  if (deps.globals.json) {
    const { statusJson } = await import("../../services/local_json.ts");
    deps.output.json(
      outcome.kind === "local" ? statusJson(outcome.result.details) : outcome.result,
    );
  } else if (outcome.kind === "hosted") {
    await showHosted(deps, service, outcome.binding, outcome.result);
  } else {
    showLocal(deps, outcome.result);
  }
  if (!deps.globals.json) await (await import("../../services/stranded.ts")).warnOfStranded(deps);
  return 0;
}

async function showHosted(
  deps: Deps,
  service: TrackerService,
  binding: BindingConfig,
  status: StatusResult,
): Promise<void> {
  const { output, platform } = deps;
  const now = platform.clock.now();
  const label = harmless(status.display_label ?? labelOf(binding));
  const connection = status.connected === true
    ? [output.style.green("connected")]
    : status.connected === false
    ? ["not connected"]
    : [];
  const heading = [output.style.bold(label), harmless(status.provider), ...connection];
  output.line(heading.join(" · "));
  const { store } = await service.openCache();
  try {
    const last = lastSync(status.last_sync_at, store?.runs.last() ?? null, now);
    fact(deps, "last sync", `${last}${stateOf(status.sync_state ?? "")}`);
    const counts = store?.counts();
    fact(
      deps,
      "cached",
      counts === undefined
        ? "nothing yet: `tracker sync pull`"
        : `${plural(counts.total, "issue")}, ${number(counts.open)} open`,
    );
  } finally {
    store?.close();
  }
  await showBackground(deps);
}

/** The latest of what the host tells and what was done here. */
function lastSync(atHost: string | null | undefined, here: SyncRun | null, now: number): string {
  const told = atHost === undefined || atHost === null ? null : Date.parse(atHost);
  if (here === null || (told !== null && told > here.finishedAt)) {
    return told === null ? "never" : ago(told, now);
  }
  const { created = 0, updated = 0, unchanged = 0, pulled = 0, pushed = 0 } = here.counts;
  const what = {
    pull: `${plural(created + updated + unchanged, "issue")} (${
      number(created + updated)
    } changed)`,
    push: `${number(pushed)} pushed`,
    run: `${number(pulled)} pulled, ${number(pushed)} pushed`,
  }[here.kind];
  const result = { ok: what, partial: `${what}, some failed`, failed: `the ${here.kind} failed` };
  return `${ago(here.finishedAt, now)}, ${result[here.outcome]}`;
}

/** What the host says of the sync, where it is more than that all is well. */
function stateOf(state: string): string {
  const words = harmless(state).replaceAll("_", " ");
  return ["idle", "ok", "never synced", "synced", ""].includes(words) ? "" : ` (${words})`;
}

function showLocal(deps: Deps, status: LocalStatus): void {
  const { output, platform } = deps;
  const { details } = status;
  output.line(`${output.style.bold(harmless(status.workspace))} · ${status.provider} · local`);
  fact(deps, "tool", `${harmless(details.command)} in ${harmless(details.cwd)}`);
  fact(
    deps,
    "last sync",
    status.lastSyncAt === null ? "never" : ago(status.lastSyncAt, platform.clock.now()),
  );
  fact(deps, "cached", `${plural(status.cached, "issue")}, ${number(status.open)} open`);
  fact(deps, "pending", `${plural(status.pending, "issue")} with changes to push`);
  const { refused } = details.counts;
  if (refused > 0) fact(deps, "refused", `${plural(refused, "issue")}: \`tracker issue list\``);
  if (status.conflicts > 0) {
    fact(deps, "conflicts", `${number(status.conflicts)} open: \`tracker sync conflicts\``);
  }
}

/** The event queue and the daemon, from their files. */
async function showBackground(deps: Deps): Promise<void> {
  const { queueState } = await import("../../services/queue.ts");
  const { givesSignsOfLife, readDaemonState } = await import("../../../daemon/state.ts");
  const queue = await queueState(deps.platform);
  fact(deps, "queue", queue.pending === 0 ? "empty" : `${plural(queue.pending, "event")} waiting`);
  const daemon = await readDaemonState(deps.platform);
  const runs = daemon !== null && givesSignsOfLife(deps.platform, daemon);
  fact(deps, "daemon", runs ? `running (pid ${daemon.pid})` : "not running");
}

function fact(deps: Deps, name: string, value: string): void {
  deps.output.line(`  ${name.padEnd(11)} ${value}`);
}
