import type { DaemonIntent } from "./policy.ts";

/** A place that may call `ensureDaemonRunning`. */
export interface DaemonCaller {
  /** Path below `src/`, `/`-separated; one ending in `/` stands for the files in that folder. */
  readonly path: string;
  readonly intents: readonly DaemonIntent[];
  /** What it does there. */
  readonly purpose: string;
}

/** Every place that may call `ensureDaemonRunning`; a test holds it against the source. */
export const DAEMON_CALLERS: readonly DaemonCaller[] = [
  {
    path: "daemon/background_upload.ts",
    intents: ["remote_required"],
    purpose: "uploads queued events",
  },
  { path: "cli/commands/sync/pull_run.ts", intents: ["remote_required"], purpose: "after a pull" },
  { path: "cli/commands/sync/push_run.ts", intents: ["remote_required"], purpose: "after a push" },
  {
    path: "cli/commands/sync/run_run.ts",
    intents: ["remote_required"],
    purpose: "after a full cycle",
  },
  {
    path: "cli/commands/sync/publish_run.ts",
    intents: ["remote_required"],
    purpose: "after a snapshot",
  },
  {
    path: "dashboard/start.ts",
    intents: ["local_only"],
    purpose: "the dashboard's start, which never starts the daemon",
  },
  {
    path: "dashboard/read_endpoints.ts",
    intents: ["local_only"],
    purpose: "the dashboard's read endpoints, which never start the daemon",
  },
  {
    path: "dashboard/sync_now.ts",
    intents: ["remote_required"],
    purpose: "the dashboard's sync-now endpoint",
  },
];
