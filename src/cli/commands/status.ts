import type { StatusResult } from "../../contract/results.ts";
import type { BindingConfig } from "../../project/config.ts";
import type { LocalStatus } from "../../tracker/backend.ts";
import type { TrackerService } from "../../tracker/service.ts";
import type { Deps } from "../deps.ts";
import { harmless } from "../harmless.ts";
import { ago, number, plural } from "../time_words.ts";
import { trackerService } from "../tracker_service.ts";
import { labelOf } from "./bind.ts";

/** Shows the state of the project's binding, or of the whole installation. */
export async function run(deps: Deps, options: { readonly all: boolean }): Promise<number> {
  const service = await trackerService(deps);
  if (options.all) {
    const result = await service.statusAll();
    if (deps.globals.json) deps.output.json(result);
    else (await import("../installation_status.ts")).showInstallation(deps, result);
    return 0;
  }
  const outcome = await service.status();
  if (deps.globals.json) {
    deps.output.json(outcome.result);
  } else if (outcome.kind === "hosted") {
    await showHosted(deps, service, outcome.binding, outcome.result);
  } else {
    showLocal(deps, outcome.result);
  }
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
  const connection = status.connected ? output.style.green("connected") : "not connected";
  output.line(`${output.style.bold(label)} · ${harmless(status.provider)} · ${connection}`);
  const last = status.last_sync_at === undefined || status.last_sync_at === null
    ? "never"
    : ago(Date.parse(status.last_sync_at), now);
  fact(deps, "last sync", `${last}${stateOf(status.sync_state)}`);
  const { store } = await service.openCache();
  try {
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
  if (status.conflicts > 0) {
    fact(deps, "conflicts", `${number(status.conflicts)} open: \`tracker sync conflicts\``);
  }
}

/** The event queue and the daemon, from their files. */
async function showBackground(deps: Deps): Promise<void> {
  const { queueState } = await import("../queue_state.ts");
  const { readDaemonState } = await import("../../daemon/state.ts");
  const queue = await queueState(deps.platform);
  fact(deps, "queue", queue.pending === 0 ? "empty" : `${plural(queue.pending, "event")} waiting`);
  const daemon = await readDaemonState(deps.platform);
  const runs = daemon !== null && deps.platform.system.isAlive(daemon.pid) === true;
  fact(deps, "daemon", runs ? `running (pid ${daemon.pid})` : "not running");
}

function fact(deps: Deps, name: string, value: string): void {
  deps.output.line(`  ${name.padEnd(11)} ${value}`);
}
