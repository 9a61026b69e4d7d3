import { type EnsureDaemonOptions, ensureDaemonRunning } from "../daemon/intent.ts";
import type { Listener, Platform } from "../platform/platform.ts";
import { randomHex } from "../platform/random.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";
import { dashboardHandler } from "./handler.ts";
import type { ShownProject } from "./shown_project.ts";
import { SyncRunner } from "./sync_runner.ts";

/** How to serve the dashboard. */
export interface DashboardOptions extends ShownProject {
  /** Port on 127.0.0.1; a free one unless given. */
  readonly port?: number | undefined;
  /** Starts the daemon for "Sync now"; the real one unless given. */
  readonly startDaemon?: EnsureDaemonOptions["start"] | undefined;
}

/** A dashboard that is served. */
export interface RunningDashboard {
  /** The page's address, with its secret word. */
  readonly url: string;
  /** Resolves when it has stopped. */
  readonly finished: Promise<void>;
  /** Stops a sync that is under way, answers what was asked, and ends. */
  stop(): Promise<void>;
}

const TOKEN_BYTES = 24;

/**
 * Serves the page on 127.0.0.1. Never starts the daemon by itself (behaviour.md, Dashboard).
 *
 * @throws {TrackerError} `port_unavailable`.
 */
export async function startDashboard(options: DashboardOptions): Promise<RunningDashboard> {
  const { platform, root, version, startDaemon, port = 0 } = options;
  await ensureDaemonRunning({ platform, version, intent: "local_only" });
  const token = randomHex(platform.random, TOKEN_BYTES);
  const stopping = new AbortController();
  const runner = new SyncRunner({
    platform,
    root,
    version,
    startDaemon,
    signal: stopping.signal,
  });
  let ownPort = port;
  const listener = await listen(
    platform,
    port,
    dashboardHandler({
      platform,
      root,
      version,
      token,
      runner,
      port: () => ownPort,
    }),
  );
  ownPort = listener.port;
  return {
    url: `http://127.0.0.1:${listener.port}/${token}/`,
    finished: listener.finished,
    async stop() {
      stopping.abort();
      await runner.ended();
      await listener.shutdown();
    },
  };
}

async function listen(
  platform: Platform,
  port: number,
  handler: (request: Request) => Promise<Response>,
): Promise<Listener> {
  try {
    return await platform.serve({ hostname: "127.0.0.1", port }, handler);
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    if (!["AddrInUse", "AddrNotAvailable", "PermissionDenied"].includes(name)) throw error;
    throw new TrackerError({
      code: "port_unavailable",
      message: `Cannot listen on port ${port} of 127.0.0.1: ${errorText(error)}`,
      nextAction: "Choose another port, or leave `--port` out for a free one.",
      details: { port },
      cause: error,
    });
  }
}
