import type { ConnectionStatus } from "../../../contract/connection.ts";
import type { StatusResult } from "../../../contract/results.ts";
import type { LocalStatus } from "../../../local/service_results.ts";
import type { PackageSummary } from "../../../missions/packages/listing.ts";
import type { KeptState } from "../../../store/kept_state.ts";
import type { SyncRun } from "../../../store/runs.ts";
import { type HostedBackend, openBackend, type ProjectContext } from "../../../tracker/backend.ts";
import { loggedFacts } from "../../../tracker/sync_counts.ts";
import { readSyncState, type SyncState } from "../../../tracker/sync_state.ts";
import type { Context } from "../../command/context.ts";
import { meanwhile } from "../../services/meanwhile.ts";
import type { QueueState } from "../../services/queue.ts";
import { whileWaiting } from "../../terminal/progress.ts";
import { bold, type Fragment, green, joined, text, yellow } from "../../terminal/text.ts";
import { ago, number, plural } from "../../terminal/format.ts";
import {
  connectionStep,
  connectionWords,
  lastChangeWords,
  notTakenWords,
} from "../../services/connection_words.ts";
import { projectContext } from "../../services/tracker.ts";
import { labelOf } from "../../../project/binding_label.ts";
import { waitingFacts } from "../../services/waiting_words.ts";
import { reportUnreadable } from "../../services/unreadable.ts";

/** How to show the state. */
export interface StatusOptions {
  /** The whole installation instead of this project. */
  readonly all: boolean;
}

const ASKING = "Asking the host for the status";

/** Shows the state of the project's binding, or of the whole installation. */
export async function run(context: Context, { all }: StatusOptions): Promise<number> {
  const { output, globals } = context;
  const project = await projectContext(context);
  const backend = await openBackend(project);
  if (backend.kind === "local") {
    const status = await backend.service.status();
    if (globals.json) {
      const { statusJson } = await import("./json.ts");
      const state = await readSyncState(project);
      output.json(statusJson(status, state, await packagesOf(project)));
    } else {
      showLocal(context, status, await readSyncState(project));
      await showPackages(context, () => packagesOf(project));
      await showStranded(context, () => strandedOf(context));
    }
  } else if (all) {
    return await showAll(context, backend);
  } else {
    await askAndShow(context, project, backend);
  }
  return 0;
}

/** What is read on this machine; a fault is thrown where the part is shown. */
interface Here {
  readonly state: () => Promise<SyncState>;
  readonly packages: () => Promise<PackageSummary>;
}

/** What people are shown besides. */
interface Background extends Here {
  readonly queue: () => Promise<QueueState>;
  readonly daemon: () => Promise<string>;
  readonly stranded: () => Promise<readonly KeptState[]>;
}

async function askAndShow(
  context: Context,
  project: ProjectContext,
  backend: HostedBackend,
): Promise<void> {
  const { output, globals, platform } = context;
  const ask = () => whileWaiting(context, ASKING, () => backend.service.status());
  const here: Here = { state: () => readSyncState(project), packages: () => packagesOf(project) };
  const toJson = async (status: StatusResult, { state, packages }: Here) => {
    const { packagesJson } = await import("../../services/packages.ts");
    const { waitingJson } = await import("../../services/waiting_json.ts");
    const listed = packagesJson(await packages());
    output.json({ waiting: waitingJson(await state()), packages: listed, ...status });
  };
  const background: Background = {
    ...here,
    queue: async () => await (await import("../../services/queue.ts")).queueState(platform),
    daemon: () => daemonWords(context),
    stranded: () => strandedOf(context),
  };
  const show = (status: StatusResult, read: Background) =>
    showHosted(context, backend, status, read);
  if (backend.service.binding.bindingRef === null) {
    // The answer may give a legacy binding its reference, and its cache another name.
    const status = await ask();
    return globals.json ? await toJson(status, here) : await show(status, background);
  }
  return globals.json
    ? await meanwhile(platform.clock, ask, { ...here }, toJson)
    : await meanwhile(platform.clock, ask, { ...background }, show);
}

async function showAll(context: Context, { service }: HostedBackend): Promise<number> {
  const result = await whileWaiting(context, ASKING, () => service.statusAll());
  if (context.globals.json) context.output.json(result);
  else (await import("./installation.ts")).showInstallation(context, result);
  return reportUnreadable(context, result.item_errors ?? [], "binding");
}

async function showHosted(
  context: Context,
  { service }: HostedBackend,
  status: StatusResult,
  read: Background,
): Promise<void> {
  const { output, platform } = context;
  const now = platform.clock.now();
  const label = status.display_label ?? labelOf(service.binding);
  const heading = [bold(label), status.provider, ...connectedWords(status, now)];
  output.result(joined(heading, " · "));
  if (status.connection != null) showConnection(context, status.provider, status.connection);
  const state = await read.state();
  const last = lastSync(status.last_sync_at, state.lastSync, now);
  fact(context, "last sync", `${last}${stateOf(status.sync_state ?? "")}`);
  const { total, open } = state.cached;
  fact(
    context,
    "cached",
    state.pulledAt === null && total === 0
      ? "nothing yet: `tracker sync pull`"
      : `${plural(total, "issue")}, ${number(open)} open`,
  );
  showWaiting(context, state);
  await showPackages(context, read.packages);
  const queue = await read.queue();
  fact(
    context,
    "queue",
    queue.pending === 0 ? "empty" : `${plural(queue.pending, "event")} waiting`,
  );
  fact(context, "daemon", await read.daemon());
  await showStranded(context, read.stranded);
}

/** Whether the host reaches the provider, as far as it says. */
function connectedWords(
  { connected, connection }: Pick<StatusResult, "connected" | "connection">,
  now: number,
): Fragment[] {
  if (connection != null && connection.state !== null) {
    const words = connectionWords(connection, now);
    return [connection.state === "ok" ? green(words) : yellow(words)];
  }
  if (connected === null) return [];
  return [connected ? green("connected") : "not connected"];
}

/** What is to be known of the connection that brings the issues, and what to do about it. */
function showConnection(context: Context, provider: string, connection: ConnectionStatus): void {
  const now = context.platform.clock.now();
  const { message, waiting, not_taken: notTaken } = connection;
  if (message != null) fact(context, "connection", message);
  const step = connectionStep(provider, connection);
  if (step !== null) fact(context, "next", `at the host: ${step}`);
  if (connection.state !== "removed") {
    fact(context, "last change", lastChangeWords(connection, now));
  }
  if (waiting != null && waiting > 0) {
    fact(context, "at the host", `${plural(waiting, "change")} not delivered to ${provider} yet`);
  }
  if (notTaken != null && notTaken > 0) {
    fact(context, "at the host", notTakenWords(notTaken, provider));
  }
}

/** The latest of what the host tells and what was done here. */
function lastSync(atHost: string | null | undefined, here: SyncRun | null, now: number): string {
  const told = atHost === undefined || atHost === null ? null : Date.parse(atHost);
  if (here === null || (told !== null && told > here.finishedAt)) {
    return told === null ? "never" : ago(told, now);
  }
  const facts = loggedFacts(here.kind, here.counts);
  const what = facts.length === 0 ? "nothing to do" : facts.join(", ");
  const isTold = facts.some((fact) => fact.endsWith(" failed"));
  const result = {
    ok: what,
    partial: isTold ? what : `${what}, not all done`,
    failed: `the ${here.kind} failed`,
  };
  return `${ago(here.finishedAt, now)}, ${result[here.outcome]}`;
}

/** What the host says of the sync, where it is more than that all is well. */
function stateOf(state: string): string {
  const words = state.replaceAll("_", " ");
  return ["idle", "ok", "never synced", "synced", ""].includes(words) ? "" : ` (${words})`;
}

function showLocal(context: Context, status: LocalStatus, state: SyncState): void {
  const { output, platform } = context;
  const { counts, lastSync } = status;
  output.result(text`${bold(status.workspace)} · ${status.provider} · local`);
  fact(context, "tool", `${status.command} in ${status.cwd}`);
  fact(
    context,
    "last sync",
    lastSync === null ? "never" : ago(lastSync.finishedAt, platform.clock.now()),
  );
  fact(context, "cached", `${plural(counts.total, "issue")}, ${number(counts.open)} open`);
  showWaiting(context, state);
}

/** What waits here, of hosts and of local tools alike. */
function showWaiting(context: Context, state: SyncState): void {
  const now = context.platform.clock.now();
  for (const [name, value] of waitingFacts(state, { now, listed: false })) {
    fact(context, name, value);
  }
}

/** What the files of missions and the cache tell of work packages. */
async function packagesOf(project: ProjectContext): Promise<PackageSummary> {
  const { readPackageSummary } = await import("../../services/packages.ts");
  return await readPackageSummary(project);
}

async function showPackages(
  context: Context,
  read: () => Promise<PackageSummary>,
): Promise<void> {
  const { packageWords } = await import("../../services/packages.ts");
  const words = packageWords(await read());
  if (words !== null) fact(context, "packages", words);
}

async function strandedOf({ platform }: Context): Promise<readonly KeptState[]> {
  return await (await import("../../services/stranded.ts")).strandedStates(platform);
}

async function showStranded(
  context: Context,
  read: () => Promise<readonly KeptState[]>,
): Promise<void> {
  const found = await read();
  if (found.length === 0) return;
  (await import("../../services/stranded.ts")).warnOfStranded(context, found);
}

/** What the files of the daemon tell. */
async function daemonWords({ platform }: Context): Promise<string> {
  const { givesSignsOfLife, readDaemonState } = await import("../../../daemon/state.ts");
  const daemon = await readDaemonState(platform);
  if (daemon !== null && givesSignsOfLife(platform, daemon)) return `running (pid ${daemon.pid})`;
  const { failureOf, readStartNote } = await import("../../../daemon/start_note.ts");
  const note = await readStartNote(platform);
  if (note === null || daemon !== null) return "not running";
  return failureOf(platform, note) === null
    ? `about to run (pid ${note.pid})`
    : "not running: `tracker daemon status` tells why";
}

function fact(context: Context, name: string, value: string): void {
  context.output.result(`  ${name.padEnd(11)} ${value}`);
}
