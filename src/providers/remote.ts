import type { NormalizedIssue, Status } from "../contract/issue.ts";
import type { Clock } from "../platform/clock.ts";
import type { Fetch } from "../platform/platform.ts";
import type { Budget, BudgetRules } from "./budget.ts";
import type { IssueChange, Place } from "./provider.ts";
import type { LoggedCall } from "./transport.ts";

/** What a call to a provider is made with. */
export interface Access {
  readonly baseUrl: string;
  readonly site: string | null;
  readonly credential: { readonly kind: string; readonly secret: string };
  /** The provider's words for each status; the first is the one that is written. */
  readonly statusWords: Readonly<Partial<Record<Status, readonly string[]>>>;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** What the connection may still ask; the same one for all calls of a process. */
  readonly budget: Budget;
  /** Told of each call. */
  readonly onCall?: ((call: LoggedCall) => void) | undefined;
  /** Aborts when nobody waits any more. */
  readonly signal: AbortSignal;
}

/** A place as the provider knows it. */
export interface RemotePlace extends Place {
  /** The provider's own id of the place. */
  readonly externalId: string;
}

/** A page of issues that have changed, oldest first. */
export interface ChangedPage {
  readonly issues: readonly NormalizedIssue[];
  /** Ids of issues that are gone. */
  readonly removed: readonly string[];
  /** Where the next page begins; `null` at the end. */
  readonly cursor: string | null;
  /** Where the next round begins, by the provider's time. */
  readonly highWater: string;
}

/** A page of all issues. */
export interface WholePage {
  /** Every issue of the page. */
  readonly ids: readonly string[];
  /** The same issues whole, where the provider shows them at the cost of their ids; else none. */
  readonly issues: readonly NormalizedIssue[];
  /** Where the next page begins; `null` at the end. */
  readonly cursor: string | null;
}

/** A tracker that is reached over the network. A method that fails throws a {@link ProviderError}. */
export interface Remote {
  /** How it counts the calls of a connection. */
  readonly budgets: BudgetRules;
  /** Lists what has changed since a cursor, or everything. */
  listChanged(access: Access, place: RemotePlace, cursor: string | null): Promise<ChangedPage>;
  /** Lists a page of all issues. An issue that is there throughout is on one of the pages. */
  listAll(access: Access, place: RemotePlace, cursor: string | null): Promise<WholePage>;
  /** Reads an issue by its id; `null` when it is gone. */
  get(access: Access, place: RemotePlace, id: string): Promise<NormalizedIssue | null>;
  /** Creates an issue that {@link Remote.findCreated} finds by `clientId`, a UUID. */
  create(
    access: Access,
    place: RemotePlace,
    issue: { readonly clientId: string; readonly fields: IssueChange & { readonly title: string } },
  ): Promise<NormalizedIssue>;
  /** Finds the issue that was created under a UUID, when the answer to that was lost. */
  findCreated(
    access: Access,
    place: RemotePlace,
    clientId: string,
  ): Promise<NormalizedIssue | null>;
  /**
   * Changes an issue that was just read; a set other than links is given whole. May take several calls: what fails in
   * between has changed a part.
   */
  change(
    access: Access,
    place: RemotePlace,
    issue: NormalizedIssue,
    change: IssueChange,
  ): Promise<void>;
  /** Comments, where it has them. */
  readonly comments: RemoteComments | null;
  /** Webhooks, where it sends them. */
  readonly webhooks: RemoteWebhooks | null;
}

/** A comment at a provider. */
export interface RemoteComment {
  readonly id: string;
  readonly author: string | null;
  readonly body: string;
  readonly createdAt: string;
}

/** Comments of issues. */
export interface RemoteComments {
  /** Lists the comments of an issue, oldest first. */
  list(access: Access, place: RemotePlace, id: string): Promise<readonly RemoteComment[]>;
  /** Adds a comment. */
  add(access: Access, place: RemotePlace, id: string, body: string): Promise<RemoteComment>;
}

/** What a provider sends by itself: a hint that an issue is to be read. */
export interface RemoteWebhooks {
  /** Returns whether the signature fits the bytes. */
  verify(secret: string, headers: Headers, body: Uint8Array): Promise<boolean>;
  /** Names the delivery, and the issues to read. */
  read(
    headers: Headers,
    body: Uint8Array,
  ): {
    readonly deliveryId: string;
    readonly hints: readonly { readonly placeId: string; readonly issueId: string }[];
  };
  /** Has the provider send to a URL; returns whether the credential allows that. */
  ensure(access: Access, place: RemotePlace, url: string, secret: string): Promise<boolean>;
}

/** Why a call to a provider failed. */
export type ProviderFault =
  /** No more calls until then, in milliseconds since 1970. */
  | { readonly kind: "limited"; readonly until: number }
  /** The credential is not taken. */
  | { readonly kind: "refused" }
  /** No answer: what was asked for may have been done. */
  | { readonly kind: "unreachable" }
  /** A failure of the provider's own: what was asked for may have been done. */
  | { readonly kind: "failing" }
  /** This one issue cannot be so. Nothing was done. */
  | { readonly kind: "rejected"; readonly code: string };

/** A call to a provider has failed. */
export class ProviderError extends Error {
  /** Why. */
  readonly fault: ProviderFault;

  /** Creates an error. */
  constructor(fault: ProviderFault, message: string) {
    super(message);
    this.name = "ProviderError";
    this.fault = fault;
  }
}
