import {
  classifyProvider,
  ORIGIN_PROVIDERS,
  ORIGIN_UNSUPPORTED,
  type OriginProvider,
} from "../contract/providers.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { dashboardOfHost } from "../user/host_words.ts";
import { noTrackerBound } from "../user/readiness_wording.ts";
import { type BindingConfig, isConfigured } from "../project/config.ts";
import { providerRemoved } from "../project/removed_provider.ts";
import { HostedApiError } from "../client/errors.ts";
import type { RequestLogEntry } from "../client/client.ts";
import type { HostedTracker } from "../client/hosted_tracker.ts";

/** The two calls about tickets, routed by the project's binding. */
export type OriginTracker = Pick<HostedTracker, "searchIssues" | "bindOrigin">;

/** What a project's tickets are reached with. */
export interface OriginAccess {
  /** The machine to work on. */
  readonly platform: Platform;
  /** The project's root. */
  readonly projectRoot: string;
  /** This program's version, told to the host. */
  readonly version: string;
  /** Makes the calls; the configured host's unless given. */
  readonly tracker?: OriginTracker | undefined;
  /** Told of each request. */
  readonly onRequestLog?: ((entry: RequestLogEntry) => void) | undefined;
}

/**
 * The provider of a binding whose tickets can be a mission's origin.
 *
 * @throws {TrackerError} `no_binding`; `origin_unsupported` for a provider that is none of `ORIGIN_PROVIDERS`.
 */
export function originProvider(binding: BindingConfig): OriginProvider {
  if (binding.provider === null) throw noTrackerBound();
  const named = classifyProvider(binding.provider);
  if (named.kind === "removed") throw providerRemoved(named);
  const provider = ORIGIN_PROVIDERS.find((one) =>
    named.kind === "hosted" && one === named.provider
  );
  if (provider === undefined) {
    throw new TrackerError({
      code: "origin_unsupported",
      message: ORIGIN_UNSUPPORTED,
      nextAction: "Run `tracker mission create SLUG` to create a mission without a ticket.",
      details: { provider: binding.provider },
    });
  }
  if (!isConfigured(binding)) throw noTrackerBound();
  return provider;
}

/** The tracker to ask: the one given, else the configured host under the user's session. */
export async function openOriginTracker(
  access: OriginAccess,
  binding: BindingConfig,
  provider: OriginProvider,
): Promise<OriginTracker> {
  if (access.tracker !== undefined) return access.tracker;
  const { platform, version, projectRoot: root } = access;
  const { openHosted } = await import("../client/open_service.ts");
  return await openHosted({
    platform,
    root,
    provider,
    binding,
    version,
    onRequestLog: access.onRequestLog,
  });
}

/** Tells where to link one's account, also for a host that does not say that a person has to act. */
export async function explainMissingLink(error: unknown, platform: Platform): Promise<unknown> {
  if (!(error instanceof HostedApiError) || error.nextAction !== null) return error;
  if (error.errorCode !== "missing_user_link" && error.errorCode !== "no_installation") {
    return error;
  }
  const dashboard = await dashboardOfHost(platform);
  return new HostedApiError({
    errorCode: error.errorCode,
    message: error.message,
    statusCode: error.statusCode,
    category: error.category,
    retryable: error.retryable,
    userActionRequired: true,
    source: error.source,
    details: error.details,
    nextAction: error.errorCode === "missing_user_link"
      ? `Open ${dashboard}, link your account there, then try again.`
      : `Open ${dashboard}, connect the tracker there, then try again.`,
  });
}
