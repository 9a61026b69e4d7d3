import type { Platform } from "../platform/platform.ts";
import { normalizeHostUrl } from "../user/host_url.ts";
import { missingHost } from "../user/readiness_wording.ts";
import { resolveHostUrl } from "../user/settings.ts";
import { requireHostedSync } from "./rollout.ts";

/** One finished or failed request, for the verbose log. Holds no query, header, body or token. */
export interface RequestLogEntry {
  /** HTTP method, such as `GET`. */
  readonly method: string;
  /** Path below the origin, without the query. */
  readonly path: string;
  /** HTTP status; `null` when there was no answer. */
  readonly status: number | null;
  /** Milliseconds. */
  readonly ms: number;
  /**
   * Milliseconds that are waited from now on, because the host asked for it, before the request is sent again. Such an
   * entry comes after that of the request itself.
   */
  readonly waitMs?: number;
}

/** How requests are made. */
export interface RequestOptions {
  /** This program's version, for `User-Agent`. */
  readonly version?: string | undefined;
  /** Told of every request when it has ended. */
  readonly onRequestLog?: ((entry: RequestLogEntry) => void) | undefined;
}

/** Which host to open. */
export interface OpenHostOptions extends RequestOptions {
  readonly platform: Platform;
  /** The host URL; the configured one unless given. */
  readonly baseUrl?: string | undefined;
  /** What the host is needed for, for the words when none is configured. */
  readonly purpose?: "work" | "sign_in" | undefined;
}

/** Stays in this module, so that only {@link openHost} opens a host. */
const OPENED: unique symbol = Symbol("opened");

/** A host that this machine may talk to. Every request needs one, and only {@link openHost} makes it. */
export interface OpenHost extends RequestOptions {
  readonly platform: Platform;
  /** Canonical URL: https, or http for this machine. */
  readonly baseUrl: string;
  readonly [OPENED]: true;
}

/**
 * Opens a host. This is the door of all hosted work: before it no file is written and no socket opened. Behind it only
 * the transport asks for the rollout gate again, at each request.
 *
 * @throws {TrackerError} `rollout_disabled` on a machine that has not opted in; `missing_host_config`;
 * `invalid_host_url`.
 */
export async function openHost(options: OpenHostOptions): Promise<OpenHost> {
  const { platform, version, onRequestLog, purpose } = options;
  requireHostedSync(platform.env);
  const url = options.baseUrl ?? (await resolveHostUrl(platform))?.url;
  if (url === undefined) throw missingHost(purpose);
  return { platform, version, onRequestLog, baseUrl: normalizeHostUrl(url), [OPENED]: true };
}
