import { type EnsureDaemonOptions, ensureDaemonRunning } from "../daemon/intent.ts";
import { MANUAL_MODE_RUN_NOTICE } from "../daemon/manual_mode.ts";
import { evaluateReadiness } from "../client/readiness.ts";
import { isHostedSyncEnabled } from "../client/rollout.ts";
import type { SyncProgress } from "../client/sync_push.ts";
import { classifyProvider } from "../contract/providers.ts";
import type { SyncEvent } from "../sync/sync_report.ts";
import type { Platform } from "../platform/platform.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";
import { activeMission } from "../project/active_mission.ts";
import { type BindingConfig, loadBinding, NO_BINDING } from "../project/config.ts";
import { openBackend, type ProjectContext } from "../tracker/backend.ts";
import { readSyncState, waitingCounts } from "../tracker/sync_state.ts";
import { countsOf, waitingIn } from "../tracker/sync_outcome.ts";
import { notReadyWords } from "../user/readiness_wording.ts";
import { daemonPolicy } from "../user/settings.ts";
import { plural } from "../user/numbers.ts";
import {
  type EventUpload,
  notStarted,
  uploadByDaemon,
  uploadHere,
  waitingEvents,
} from "./event_upload.ts";
import { hostedAccount, localAccount, type SyncAccount } from "./sync_account.ts";
import { syncedWords, type SyncNowView, unsyncedWords } from "./sync_words.ts";
import type { ShownProject } from "./shown_project.ts";
import { visible, visibleStart } from "../pages/visible.ts";

/** What "Sync now" works with. */
export interface SyncNowOptions extends ShownProject {
  /** Stops the sync: what is done stays done. */
  readonly signal?: AbortSignal | undefined;
  /** Starts the daemon; the real one unless given. */
  readonly startDaemon?: EnsureDaemonOptions["start"] | undefined;
}

/** Told how far a sync is, in words. */
export type TellProgress = (words: string) => void;

/** Whether there is something that "Sync now" could sync: a local binding, or hosted work enabled. */
export function canSync({ env }: Pick<Platform, "env">, binding: BindingConfig | null): boolean {
  if (isHostedSyncEnabled(env)) return true;
  return classifyProvider(binding?.provider ?? "").kind === "local";
}

/** Does what `tracker sync run` does, and tells what came of it. Never throws (behaviour.md, Whole runs). */
export async function syncNow(options: SyncNowOptions, tell: TellProgress): Promise<SyncNowView> {
  try {
    return await synced(options, tell);
  } catch (error) {
    const next = error instanceof TrackerError ? error.nextAction : null;
    const isStopped = options.signal?.aborted === true ||
      error instanceof TrackerError && error.code === "interrupted";
    return unsyncedWords(
      isStopped ? "stopped" : "failed",
      `${visibleStart(errorText(error), 600).replace(/\.$/, "")}.`,
      next === null ? null : visible(next),
    );
  }
}

async function synced(options: SyncNowOptions, tell: TellProgress): Promise<SyncNowView> {
  const { platform, root, version } = options;
  const { provider } = root === null ? NO_BINDING : await loadBinding(platform, root);
  const isLocal = classifyProvider(provider ?? "").kind === "local";
  if (!isLocal || root === null) {
    const missing = await missingPrerequisite(options);
    if (missing !== null || root === null) return missing ?? unsyncedWords("not_ready", "", null);
  }
  const policy = isLocal ? "auto" : await daemonPolicy(platform);
  const notices = policy === "manual" ? [MANUAL_MODE_RUN_NOTICE] : [];
  const warn = (message: string) => void notices.push(visibleStart(message, 300));
  const account = await run({ platform, root, version, warn }, options, tell);
  const events = isLocal ? null : await uploadEvents(options, policy, tell);
  return syncedWords({ account, events, notices, cached: await cachedCounts({ platform, root }) });
}

async function run(
  project: ProjectContext,
  { signal }: SyncNowOptions,
  tell: TellProgress,
): Promise<SyncAccount> {
  const backend = await openBackend(project);
  if (backend.kind === "hosted") {
    const report = await backend.service.run({
      signal,
      onProgress: (progress) => tell(progressWords(progress)),
      onPage: ({ stored }) => tell(`${plural(stored, "issue")} pulled`),
    });
    return hostedAccount(report);
  }
  let settled = 0;
  let sent = 0;
  const onEvent = (event: SyncEvent) => {
    if (event.kind === "conflict" && event.taken !== null) settled++;
    if (event.kind === "page") tell(`${plural(event.listed, "issue")} listed`);
    if (event.kind === "pushed") tell(`${plural(++sent, "issue")} sent`);
  };
  const report = await backend.service.run({ signal, onEvent });
  return localAccount(report, countsOf(report, await waitingIn(project)), settled);
}

function progressWords(progress: SyncProgress): string {
  return progress.kind === "batch"
    ? `${progress.sent} of ${plural(progress.total, "item")} sent`
    : `the host works on it: ${visibleStart(progress.status, 40)}`;
}

/** What the command would ask for before it begins; `null` when all is there. */
async function missingPrerequisite(
  { platform, root, version }: SyncNowOptions,
): Promise<SyncNowView | null> {
  const result = await evaluateReadiness({
    platform,
    projectRoot: root,
    featureSlug: root === null ? null : await activeMission(platform, root),
    requireMissionBinding: true,
    probeReachability: true,
    version,
  });
  if (result.state === "ready") return null;
  const { message, nextAction } = notReadyWords(result);
  return unsyncedWords(
    "not_ready",
    visible(message),
    nextAction === null ? null : visible(nextAction),
  );
}

/** The sync is done by then: whatever is wrong with the upload takes no result away. */
async function uploadEvents(
  options: SyncNowOptions,
  policy: "auto" | "manual",
  tell: TellProgress,
): Promise<EventUpload> {
  const { platform, version, startDaemon } = options;
  tell("uploading events");
  if (policy === "manual") return await uploadHere(options);
  const before = await waitingEvents(platform);
  try {
    const { started, skippedReason } = await ensureDaemonRunning({
      platform,
      version,
      intent: "remote_required",
      config: { backgroundDaemon: policy },
      // The page shows what was uploaded.
      wait: true,
      ...(startDaemon === undefined ? {} : { start: startDaemon }),
    });
    if (started) return await uploadByDaemon(options, before);
    return await notStarted(platform, skippedReason ?? "");
  } catch (error) {
    return await notStarted(platform, errorText(error));
  }
}

async function cachedCounts(project: Pick<ProjectContext, "platform" | "root">) {
  return waitingCounts(await readSyncState(project));
}
