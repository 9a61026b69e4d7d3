/**
 * The trackers behind the host, each behind the one interface of `provider.ts`.
 *
 * @module
 */
import { HOSTED_PROVIDERS, type HostedProvider } from "../contract/providers.ts";
import type { Provider } from "./provider.ts";
import type { Remote } from "./remote.ts";
import { SAMPLES } from "./sample/samples.ts";

export type {
  CheckedCredential,
  Connecting,
  ConnectingTools,
  CredentialField,
  CredentialForm,
  GivenCredential,
} from "./connecting.ts";
export type {
  Capabilities,
  ChangeOutcome,
  IssueChange,
  NewPlace,
  Place,
  Provider,
} from "./provider.ts";

export {
  type Access,
  type ChangedPage,
  ProviderError,
  type ProviderFault,
  type Remote,
  type RemoteComment,
  type RemoteComments,
  type RemotePlace,
  type RemoteWebhooks,
} from "./remote.ts";

/** Trackers that are reached over the network, by the provider's name. */
export type Remotes = Readonly<Partial<Record<HostedProvider, Remote>>>;

/** Returns the provider of this name. */
export function providerOf(name: HostedProvider): Provider {
  return SAMPLES[name];
}

/** The names of the providers that can do something, in the order of the contract. */
export function providersWith(can: (provider: Provider) => boolean): readonly HostedProvider[] {
  return HOSTED_PROVIDERS.filter((name) => can(providerOf(name)));
}
