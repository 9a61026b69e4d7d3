import type { NormalizedIssue, Status } from "../contract/issue.ts";
import type { Clock } from "../platform/clock.ts";
import type { Fetch } from "../platform/platform.ts";
import type { Budget, BudgetRules } from "./budget.ts";
import type { IssueChange, NewPlace, Place } from "./provider.ts";
import type { LoggedCall } from "./transport.ts";
import type { WebhookTarget } from "./own_hooks.ts";

/**
 * Has a secret exchanged that ends, or was not taken: by one process at a time, and stored before it is used. Returns
 * what another process has stored meanwhile, else what `renew` makes of the secret. A process that ends in between
 * leaves it to the next one, which begins with the same secret.
 */
export type RenewSecret = (
  used: string,
  renew: (secret: string) => Promise<string>,
) => Promise<string>;

/** What a call to a provider is made with. */
export interface Access {
  readonly baseUrl: string;
  readonly site: string | null;
  readonly credential: { readonly kind: string; readonly secret: string };
  /** For a credential that is replaced by its use; left out where none is stored. */
  readonly renew?: RenewSecret | undefined;
  /** The provider's words for each status; the first is the one that is written. */
  readonly statusWords: Readonly<Partial<Record<Status, readonly string[]>>>;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** What may still be asked: one for a connection in each process. */
  readonly budget: Budget;
  /** Aborts when nothing waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Told of each call. */
  readonly onCall?: ((call: LoggedCall) => void) | undefined;
  /** Told, in a sentence, of what was written otherwise than it was asked for. */
  readonly onNote?: ((words: string) => void) | undefined;
  /** Told of a field that was left out, and why. Without it, such a field fails the whole write. */
  readonly onRefusedField?: ((refused: RefusedField) => void) | undefined;
}

/** A field that a provider does not take of an issue whose other fields it takes. */
export interface RefusedField {
  readonly field: "assignees";
  readonly code: string;
  /** Why, for people. */
  readonly message: string;
}

/** A place as the provider knows it. */
export interface RemotePlace extends Place {
  /** The provider's own id of the place. */
  readonly externalId: string;
}

/** Where a round over what has changed stands. */
export interface Round {
  /** The {@link ChangedPage.highWater} that the round before ended with; `null` for everything. */
  readonly since: string | null;
  /** The {@link ChangedPage.cursor} of the page before; `null` for the first page. */
  readonly cursor: string | null;
}

/** A page of issues that have changed. An issue is shown as {@link Remote.get} shows it. */
export interface ChangedPage {
  readonly issues: readonly NormalizedIssue[];
  /** Ids of issues that are gone. */
  readonly removed: readonly string[];
  /** Where the next page begins; `null` at the end. */
  readonly cursor: string | null;
  /**
   * Where the next round begins, by the provider's time, when this page is the last one. That round shows once more what
   * changed shortly before. `null` when nothing has been seen yet.
   */
  readonly highWater: string | null;
}

/** A page of all issues of a place. */
export interface ListedPage {
  /** Ids of all issues on the page. */
  readonly ids: readonly string[];
  /** Those of them that the page shows whole, at no further cost. */
  readonly issues: readonly NormalizedIssue[];
  /** Where the next page begins; `null` at the end. */
  readonly cursor: string | null;
}

/** An issue to create. */
export interface RemoteCreation {
  /** A UUID that names the creation, at each attempt the same. */
  readonly clientId: string;
  readonly fields: IssueChange & { readonly title: string };
}

/** A tracker that is reached over the network. A method that fails throws a {@link ProviderError}. */
export interface Remote {
  /** How it counts calls. */
  readonly budgetRules: BudgetRules;
  /** Lists a page of what has changed. Rejects a cursor that is too old: the round begins again then. */
  listChanged(access: Access, place: RemotePlace, round: Round): Promise<ChangedPage>;
  /** Lists a page of all issues. Rejects a cursor that is too old. */
  listAll(access: Access, place: RemotePlace, cursor: string | null): Promise<ListedPage>;
  /** Reads a place as it is now, such as after it was renamed; `null` when it is gone. */
  readPlace(access: Access, place: RemotePlace): Promise<NewPlace | null>;
  /** Reads an issue by its id; `null` when it is gone. */
  get(access: Access, place: RemotePlace, id: string): Promise<NormalizedIssue | null>;
  /**
   * Creates an issue that {@link Remote.findCreated} finds. Where it takes several calls, a part may be done. A parent or a
   * link that turns out not to be possible once the issue is there is left out: the issue is no failure.
   */
  create(access: Access, place: RemotePlace, creation: RemoteCreation): Promise<NormalizedIssue>;
  /** Finds the issue of a creation, when the answer to that was lost, and completes it. */
  findCreated(
    access: Access,
    place: RemotePlace,
    creation: RemoteCreation,
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
  /** As people wrote it. */
  readonly body: string;
  readonly createdAt: string;
  /** When it was edited last; when it was written, unless it was edited. */
  readonly updatedAt: string;
  /** The {@link NewRemoteComment.clientId} that it may have been added with; `null` for none. */
  readonly clientId: string | null;
}

/** A comment to add. */
export interface NewRemoteComment {
  /** A UUID that names the addition, at each attempt the same. */
  readonly clientId: string;
  readonly body: string;
}

/** Comments of issues. */
export interface RemoteComments {
  /** Lists the comments of an issue, oldest first. */
  list(access: Access, place: RemotePlace, id: string): Promise<readonly RemoteComment[]>;
  /** Adds a comment to an issue that {@link RemoteComments.findAdded} finds. */
  add(
    access: Access,
    place: RemotePlace,
    id: string,
    comment: NewRemoteComment,
  ): Promise<RemoteComment>;
  /** Finds the comment of an addition, when the answer to that was lost. */
  findAdded(
    access: Access,
    place: RemotePlace,
    id: string,
    comment: NewRemoteComment,
  ): Promise<RemoteComment | null>;
}

/** How webhooks are signed with the credential of their connection. */
export interface CredentialSigned {
  /** The kind of such a credential. */
  readonly kind: string;
  /** Returns whether a delivery is signed with the secret of the credential, and is not too old. */
  verify(secret: string, headers: Headers, now: number): Promise<boolean>;
}

/** What a provider sends by itself: a hint that an issue is to be read. */
export interface RemoteWebhooks {
  /** Returns whether the signature fits the bytes, and is not too old; `now` is milliseconds since 1970. */
  verify(secret: string, headers: Headers, body: Uint8Array, now: number): Promise<boolean>;
  /** Does the same for what is signed with a credential of this kind; left out where nothing is. */
  readonly byCredential?: CredentialSigned | undefined;
  /** Names the delivery, and the issues to read. */
  read(
    headers: Headers,
    body: Uint8Array,
  ): {
    readonly deliveryId: string;
    readonly hints: readonly { readonly placeId: string; readonly issueId: string }[];
  };
  /** Has the provider send to a URL, by one webhook; returns whether the credential allows that. */
  ensure(access: Access, place: RemotePlace, target: WebhookTarget): Promise<boolean>;
  /** Does the same for all places of a connection by one webhook; `null` where each has its own, or left out. */
  ensureForAll?(
    access: Access,
    places: readonly RemotePlace[],
    target: WebhookTarget,
  ): Promise<boolean | null>;
  /** Has the provider send to a URL no more; returns whether the credential allows that. */
  remove(access: Access, place: RemotePlace, url: string): Promise<boolean>;
  /** Does the same for all places of a connection at once; `null` where each has its own, or left out. */
  removeForAll?(
    access: Access,
    places: readonly RemotePlace[],
    url: string,
  ): Promise<boolean | null>;
}

/** Why a call to a provider failed. */
export type ProviderFault =
  /** No more calls until then, in milliseconds since 1970. */
  | { readonly kind: "limited"; readonly until: number }
  /** The credential is not taken. */
  | { readonly kind: "refused" }
  /** No answer: what was asked for may have been done. */
  | { readonly kind: "unreachable" }
  /** A failure of the provider's own: what was asked for may have been done. Less may be asked for where it was too large. */
  | { readonly kind: "failing"; readonly isTooLarge?: true }
  /** This one issue cannot be so. Nothing was done. */
  | { readonly kind: "rejected"; readonly code: string };

/** Does what may be left out where the provider does not take it. */
export async function whereTaken(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof ProviderError) || error.fault.kind !== "rejected") throw error;
  }
}

/**
 * Returns how people are assigned; `undefined` leaves the field out where that is refused, and tells so.
 *
 * @throws {ProviderError} whatever else `assign` throws, and a refusal of which nobody is told.
 */
export async function unlessRefused<T>(
  access: RefusalListener,
  assign: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await assign();
  } catch (error) {
    tellRefused(access, error);
    return undefined;
  }
}

/** Who is told of refused fields. */
type RefusalListener = Pick<Access, "onRefusedField">;

/**
 * Tells that the assignees were refused.
 *
 * @throws `error` itself where it is something else, or nobody is told.
 */
export function tellRefused({ onRefusedField }: RefusalListener, error: unknown): void {
  if (!(error instanceof ProviderError) || error.fault.kind !== "rejected") throw error;
  if (onRefusedField === undefined) throw error;
  onRefusedField({ field: "assignees", code: error.fault.code, message: error.message });
}

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

/**
 * Waits for a token that calls need. What the provider, or a proxy before it, has against that is about no issue and no
 * place: it counts as a provider that gives no answer.
 *
 * @throws {ProviderError} `limited`, `refused`, `unreachable`.
 */
export async function orUnreachable<T>(token: Promise<T>): Promise<T> {
  try {
    return await token;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const { fault: { kind }, message } = error;
    if (kind !== "rejected" && kind !== "failing") throw error;
    throw new ProviderError({ kind: "unreachable" }, message);
  }
}

/** Returns the failure of one issue that cannot be so. */
export function rejected(code: string, message: string): ProviderError {
  return new ProviderError({ kind: "rejected", code }, message);
}
