import { errorText, type TrackerError } from "../platform/tracker_error.ts";
import type { OpenHost } from "./open_host.ts";
import { userAgent } from "./transport.ts";
import { untrustedCertificate } from "./untrusted_certificate.ts";

/** Milliseconds a host has to answer the reachability probe (wire.md, Transport). */
export const REACHABILITY_TIMEOUT_MS = 2_000;

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
    /** What is wrong when it has answered with a certificate that is not accepted. */
    readonly untrusted: TrackerError | null;
  };

/**
 * Asks a host for a sign of life: one `HEAD` to its base URL, 2 s in all, no token. Writes nothing (wire.md,
 * Transport).
 */
export async function probeHost(host: OpenHost): Promise<HostProbe> {
  const { platform, baseUrl: url } = host;
  const { clock } = platform;
  const deadline = clock.deadline(REACHABILITY_TIMEOUT_MS);
  const sentAt = clock.now();
  const started = clock.monotonic();
  let status: number | null = null;
  try {
    const { signal } = deadline;
    const headers = { "User-Agent": userAgent(host.version) };
    const response = await platform.fetch(
      new Request(url, { method: "HEAD", headers, redirect: "manual", signal }),
    );
    status = response.status;
    const roundTripMs = clock.monotonic() - started;
    await response.body?.cancel();
    return {
      kind: "answered",
      status: response.status,
      roundTripMs,
      clockAheadMs: clockAhead(response.headers.get("date"), sentAt + roundTripMs / 2),
    };
  } catch (error) {
    // A missing permission is told apart: no network would help.
    if (error instanceof Error && /NotCapable|PermissionDenied/.test(error.name)) throw error;
    const untrusted = untrustedCertificate(error, new URL(url).origin);
    const reason = deadline.signal.aborted
      ? `no answer within ${REACHABILITY_TIMEOUT_MS / 1000} seconds`
      : reasonOf(error);
    return { kind: "silent", reason, untrusted };
  } finally {
    deadline.clear();
    const ms = Math.round(clock.monotonic() - started);
    host.onRequestLog?.({ method: "HEAD", path: new URL(url).pathname, status, ms });
  }
}

/** `Date` counts whole seconds, so its middle is the best guess. */
function clockAhead(date: string | null, localMs: number): number | null {
  const hostMs = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(hostMs) ? null : Math.round(localMs - (hostMs + 500));
}

/**
 * Returns what the innermost cause says, which is the most telling: "…: tcp connect error: Connection refused (os error
 * 111)".
 */
function reasonOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  const last = errorText(inner).split(": ").at(-1) ?? "";
  return last.replace(/\s*\(os error \d+\)\s*$/, "").trim() || "no connection";
}
