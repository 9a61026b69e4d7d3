import type { HostedProvider } from "../contract/providers.ts";
import type { Platform } from "../platform/platform.ts";
import type { BindingConfig } from "../project/config.ts";
import type { CurrentIdentity, Identity } from "../project/identity.ts";
import type { ChosenResource } from "./chosen_resource.ts";
import type { HostedClient } from "./client.ts";
import type { IssueCache } from "./sync_cache.ts";

/** What the service needs. */
export interface HostedTrackerOptions {
  readonly platform: Pick<Platform, "files" | "clock" | "env" | "random">;
  /** The project's root. */
  readonly root: string;
  readonly provider: HostedProvider;
  /** The project's binding; `NO_BINDING` when it has none. */
  readonly binding: BindingConfig;
  readonly client: HostedClient;
  readonly cache: Pick<
    IssueCache,
    | "open"
    | "isMissing"
    | "openAgain"
    | "openForReading"
    | "openEmpty"
    | "move"
    | "willMove"
    | "exclusively"
  >;
  /** The project's identity, made and saved where missing; asked for only by binding. */
  readonly identity: () => Promise<Identity>;
  /** What an earlier bind chose. */
  readonly chosenResource: ChosenResource;
  /** The project's identity as it is; nothing is saved. */
  readonly currentIdentity: () => Promise<CurrentIdentity>;
  /** Told what went wrong where nothing is to be done about it. */
  readonly debug?: ((message: string) => void) | undefined;
}
