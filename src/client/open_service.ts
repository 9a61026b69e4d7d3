import type { HostedProvider } from "../contract/providers.ts";
import { HostedClient } from "./client.ts";
import { openHost, type RequestOptions } from "./open_host.ts";
import { savedChoice } from "./chosen_resource.ts";
import { HostedTrackerService } from "./service.ts";
import { SessionTokens } from "./session.ts";
import { IssueCache } from "./sync_cache.ts";
import type { Platform } from "../platform/platform.ts";
import type { BindingConfig } from "../project/config.ts";
import { currentIdentity, loadIdentity } from "../project/identity.ts";
import { CredentialStore } from "../user/credentials.ts";

/** What a hosted backend is made of. */
export interface HostedBackendOptions extends RequestOptions {
  readonly platform: Platform;
  /** The project's root. */
  readonly root: string;
  readonly provider: HostedProvider;
  /** `NO_BINDING` when the project has none. */
  readonly binding: BindingConfig;
  readonly debug?: ((message: string) => void) | undefined;
  /** Told what a person should know; standard error unless given. */
  readonly warn?: ((message: string) => void) | undefined;
}

/**
 * Makes the service of a hosted provider at the configured host.
 *
 * @throws {TrackerError} `rollout_disabled`, `missing_host_config`.
 */
export async function openHosted(options: HostedBackendOptions): Promise<HostedTrackerService> {
  const { platform, root, provider, version, onRequestLog, warn } = options;
  const host = await openHost({ platform, version, onRequestLog });
  const tokens = new SessionTokens({ ...host, credentials: new CredentialStore({ platform }) });
  return new HostedTrackerService({
    platform,
    root,
    provider,
    binding: options.binding,
    client: new HostedClient({ ...host, tokens, warn }),
    cache: new IssueCache({ platform, provider, baseUrl: host.baseUrl }),
    identity: () => loadIdentity(platform, root, warn === undefined ? {} : { warn }),
    chosenResource: savedChoice(platform, root, host.baseUrl),
    currentIdentity: () => currentIdentity(platform, root),
    debug: options.debug,
  });
}
