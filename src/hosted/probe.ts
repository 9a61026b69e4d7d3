import type { Platform } from "../platform/platform.ts";
import { errorText } from "../platform/tracker_error.ts";
import { normalizeHostUrl } from "../user/host_url.ts";
import { REACHABILITY_TIMEOUT_MS } from "./readiness.ts";
import { requireHostedSync } from "./rollout.ts";

/** What one `HEAD` to a host's base URL tells. */
export type HostProbe =
  | {
    readonly kind: "answered";
    /** HTTP status; any counts as an answer. */
    readonly status: number;
    /** Milliseconds from the request to its answer. */
    readonly roundTripMs: number;
    /**
     * How far this machine's clock is ahead of the host's, in milliseconds; negative when it is behind.
     * Exact to a second or so. `null` when the answer has no `Date`.
     */
    readonly clockAheadMs: number | null;
  }
  | {
    readonly kind: "silent";
    /** The last part of what the system says, such as `Connection refused`. */
    readonly reason: string;
  };

/**
 * Asks a host for a sign of life: one `HEAD` to its base URL, 2 s in all, no token. Writes nothing. Hosted API,
 * Transport.
 *
 * @throws {TrackerError} `rollout_disabled` and `invalid_host_url` before anything is sent.
 */
export async function probeHost(
  platform: Pick<Platform, "env" | "clock" | "fetch">,
  hostUrl: string,
): Promise<HostProbe> {
  requireHostedSync(platform.env);
  const url = normalizeHostUrl(hostUrl);
  const { clock } = platform;
  const deadline = clock.deadline(REACHABILITY_TIMEOUT_MS);
  const sentAt = clock.now();
  const started = clock.monotonic();
  try {
    const { signal } = deadline;
    const response = await platform.fetch(
      new Request(url, { method: "HEAD", redirect: "manual", signal }),
    );
    const roundTripMs = clock.monotonic() - started;
    await response.body?.cancel();
    return {
      kind: "answered",
      status: response.status,
      roundTripMs,
      clockAheadMs: clockAhead(response.headers.get("date"), sentAt + roundTripMs / 2),
    };
  } catch (error) {
    // A missing permission is told apart: no network would mend it.
    if (error instanceof Error && error.name === "NotCapable") throw error;
    const reason = deadline.signal.aborted
      ? `no answer within ${REACHABILITY_TIMEOUT_MS / 1000} seconds`
      : reasonOf(error);
    return { kind: "silent", reason };
  } finally {
    deadline.clear();
  }
}

/** `Date` counts whole seconds, so its middle is the best guess. */
function clockAhead(date: string | null, localMs: number): number | null {
  const hostMs = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(hostMs) ? null : Math.round(localMs - (hostMs + 500));
}

/** The innermost cause says most: "…: tcp connect error: Connection refused (os error 111)". */
function reasonOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  const last = errorText(inner).split(": ").at(-1) ?? "";
  return last.replace(/\s*\(os error \d+\)\s*$/, "").trim() || "no connection";
}
