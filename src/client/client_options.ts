import type { PullFilters } from "../contract/requests.ts";

/** How one call is made. */
export interface CallOptions {
  /** Gives the call up. */
  readonly signal?: AbortSignal | undefined;
}

/** How one write is made. */
export interface WriteOptions extends CallOptions {
  /** A UUID of version 4; a fresh one unless given. */
  readonly idempotencyKey?: string | undefined;
}

/** Which page a pull asks for (wire.md, Tracker calls). */
export interface PullOptions extends CallOptions {
  /** 1..10000 issues; 100 unless given. */
  readonly limit?: number | undefined;
  /** Where the page begins; the first page unless given. */
  readonly cursor?: string | null | undefined;
  /** Which issues; all unless given. */
  readonly filters?: PullFilters | undefined;
}

/** How a full cycle is run (wire.md, Tracker calls). */
export interface RunOptions extends WriteOptions {
  /** True unless given. */
  readonly pullFirst?: boolean | undefined;
  /** 100 unless given. */
  readonly limit?: number | undefined;
}

/** What a search looks for; the key wins (wire.md, Tracker calls). */
export interface SearchOptions extends CallOptions {
  /** The exact key people know the ticket by, such as `WEB-12`. */
  readonly queryKey?: string | undefined;
  /** Words of the title or body. */
  readonly queryText?: string | undefined;
  /** 10 unless given. */
  readonly limit?: number | undefined;
}

/** Which page of comments to ask for (wire.md, Comments). */
export interface CommentsOptions extends CallOptions {
  /** Where the page begins; the first page unless given. */
  readonly cursor?: string | null | undefined;
  /** Asks for one comment that was added there; a host may answer with all of them. */
  readonly commentId?: string | undefined;
}

/** The ticket a mission starts from (wire.md, Tracker calls). */
export interface OriginTicketLink {
  /** The name of the mission's directory. */
  readonly featureSlug: string;
  /** The provider's own id of the ticket. */
  readonly externalIssueId: string;
  /** The key people know the ticket by, such as `WEB-12`. */
  readonly externalIssueKey: string;
  /** The ticket's web page. */
  readonly externalIssueUrl: string;
  /** The ticket's title. */
  readonly title: string;
  /** The ticket's status, in the tracker's own words. */
  readonly externalStatus?: string | undefined;
}

/** What a call that may answer 202 came to (wire.md, Asynchronous operations). */
export type Outcome<T> =
  & (
    | { readonly kind: "done"; readonly result: T }
    | { readonly kind: "accepted"; readonly operationId: string }
  )
  & {
    /** The host says that it has answered the same write before, and did nothing now (wire.md, Extensions). */
    readonly replayed: boolean;
  };

/** The answer to an event upload, whatever its status (wire.md, Events). */
export interface UploadAnswer {
  /** HTTP status. */
  readonly status: number;
  /** The body as JSON; as text when it is not JSON; `null` when it is not even text. */
  readonly body: unknown;
}

/** How a snapshot is published. */
export interface PublishOptions extends CallOptions {
  /** A token to use in place of the session's. */
  readonly authToken?: string | undefined;
  /** The team that {@link authToken} works in. */
  readonly teamSlug?: string | undefined;
}
