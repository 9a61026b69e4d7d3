import {
  classifyProvider,
  type LocalProvider,
  ORIGIN_PROVIDERS,
  ORIGIN_UNSUPPORTED,
  type OriginProvider,
  PROVIDER_TITLES,
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

/**
 * The two calls about tickets, routed by the project's binding. One that does not say what its host offers takes tickets
 * of `ORIGIN_PROVIDERS` alone.
 */
export type OriginTracker =
  & Pick<HostedTracker, "searchIssues" | "bindOrigin">
  & Partial<Pick<HostedTracker, "offers">>;

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

/** Where a project's tickets are: at a host, or in a tool on this machine, of which nothing is sent. */
export type OriginPlace =
  | { readonly kind: "hosted"; readonly provider: OriginProvider }
  | { readonly kind: "local"; readonly provider: LocalProvider; readonly workspace: string };

/**
 * Where the tickets are that can be a mission's origin.
 *
 * @throws {TrackerError} `no_binding`; `origin_unsupported` for a provider that this program does not know.
 */
export function originPlace(binding: BindingConfig): OriginPlace {
  if (binding.provider === null) throw noTrackerBound();
  const named = classifyProvider(binding.provider);
  if (named.kind === "removed") throw providerRemoved(named);
  if (named.kind === "unknown") throw originUnsupported(binding.provider);
  if (!isConfigured(binding)) throw noTrackerBound();
  if (named.kind === "hosted") return named;
  return { ...named, workspace: binding.workspace ?? "" };
}

function originUnsupported(provider: string, reason = ""): TrackerError {
  return new TrackerError({
    code: "origin_unsupported",
    message: ORIGIN_UNSUPPORTED,
    nextAction:
      `${reason}Run \`tracker mission create SLUG\` to create a mission without a ticket.`,
    details: { provider },
  });
}

/**
 * The tracker to ask: the one given, else the configured host under the user's session; `null` for the tickets of a tool
 * on this machine, about which nobody is asked.
 *
 * @throws {TrackerError} `origin_unsupported` for a provider that is none of `ORIGIN_PROVIDERS` at a host that does not
 * offer `origin_any`; what asking it for that throws.
 */
export async function openOriginTracker(
  access: OriginAccess,
  binding: BindingConfig,
  place: OriginPlace,
): Promise<OriginTracker | null> {
  if (place.kind === "local") return null;
  const { provider } = place;
  const tracker = access.tracker ?? await openConfigured(access, binding, provider);
  const isEverywhere = ORIGIN_PROVIDERS.some((one) => one === provider);
  if (!isEverywhere && await tracker.offers?.("origin_any") !== true) {
    const title = PROVIDER_TITLES[provider];
    throw originUnsupported(provider, `This host does not offer it for ${title}. `);
  }
  return tracker;
}

async function openConfigured(
  { platform, version, projectRoot: root, onRequestLog }: OriginAccess,
  binding: BindingConfig,
  provider: OriginProvider,
): Promise<OriginTracker> {
  const { openHosted } = await import("../client/open_service.ts");
  return await openHosted({ platform, root, provider, binding, version, onRequestLog });
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
