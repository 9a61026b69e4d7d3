/**
 * The trackers behind the host, each behind the one interface of `provider.ts`.
 *
 * @module
 */
import type { HostedProvider } from "../contract/providers.ts";
import type { Connecting } from "./connecting.ts";
import { GITHUB_CONNECTING } from "./github/connecting.ts";
import { gitHubRemote } from "./github/remote.ts";
import { GITLAB_CONNECTING } from "./gitlab/connecting.ts";
import { gitLabRemote } from "./gitlab/remote.ts";
import { JIRA_CONNECTING } from "./jira/connecting.ts";
import { editionOf } from "./jira/editions.ts";
import { jiraRemote } from "./jira/remote.ts";
import { LINEAR_CONNECTING } from "./linear/connecting.ts";
import { linearRemote } from "./linear/remote.ts";
import type { Provider } from "./provider.ts";
import type { Remote } from "./remote.ts";
import { SAMPLES } from "./sample/samples.ts";

export { Budget, type BudgetLeft, type BudgetRules } from "./budget.ts";
export { harmless } from "./harmless.ts";
export { isListedByGh, readListedByGh } from "./github/gh_list.ts";
export type {
  CheckedCredential,
  Connecting,
  ConnectingTools,
  Credential,
  CredentialFault,
  CredentialField,
  CredentialForm,
  GivenCredential,
  ProviderSignIn,
  ReadCredential,
  WebhookForm,
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
  type ListedPage,
  type NewRemoteComment,
  ProviderError,
  type ProviderFault,
  type RefusedField,
  type Remote,
  type RemoteComment,
  type RemoteComments,
  type RemoteCreation,
  type RemotePlace,
  type RemoteWebhooks,
  type RenewSecret,
  type Round,
} from "./remote.ts";
export type { WebhookTarget } from "./own_hooks.ts";
export type { LoggedCall } from "./transport.ts";

/** Trackers that are reached over the network, by the provider's name. */
export type Remotes = Readonly<Partial<Record<HostedProvider, Remote>>>;

/** How providers are connected, by their names; a provider that is not there cannot be. */
export type Connectable = Readonly<Partial<Record<HostedProvider, Connecting>>>;

/** Returns how the providers that are reached over the network are connected. */
export function connectableProviders(): Connectable {
  return {
    github: GITHUB_CONNECTING,
    gitlab: GITLAB_CONNECTING,
    jira: JIRA_CONNECTING,
    linear: LINEAR_CONNECTING,
  };
}

/** Returns the trackers that are reached over the network; what they remember is the process's. */
export function connectedRemotes(): Remotes {
  return {
    github: gitHubRemote(),
    gitlab: gitLabRemote(),
    jira: jiraRemote(({ credential }) => editionOf(credential)),
    linear: linearRemote(),
  };
}

/** Returns the provider of this name. */
export function providerOf(name: HostedProvider): Provider {
  return SAMPLES[name];
}
