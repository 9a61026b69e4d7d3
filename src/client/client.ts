import type {
  BindResult,
  ResolutionResult,
  ResourcesResult,
  ValidationResult,
} from "../contract/discovery.ts";
import type { CommentsResult, IssueComment } from "../contract/comments.ts";
import type { HostedProvider } from "../contract/providers.ts";
import type { PushItem } from "../contract/push.ts";
import {
  BindReader,
  ResolutionReader,
  ResourcesReader,
  validationReader,
} from "../contract/reading/discovery.ts";
import {
  BindOriginReader,
  HealthReader,
  InstallationStatusReader,
  MappingsReader,
  SearchReader,
  StatusReader,
} from "../contract/reading/status.ts";
import type { OperationState } from "../contract/reading/operation.ts";
import { PullReader, PushReader, RunReader } from "../contract/reading/sync.ts";
import type {
  HealthResult,
  InstallationStatusResult,
  MappingsResult,
  PullResult,
  PushResult,
  RunResult,
  StatusResult,
} from "../contract/results.ts";
import type { PartialIdentity, ProjectIdentity, RoutingKey } from "../contract/routing.ts";
import type { BindOriginResult, IssueSearchResult } from "../contract/search.ts";
import type { SnapshotReceipt, SnapshotRequest } from "../contract/snapshots.ts";
import { type Call, Calls, type CallsOptions } from "./calls.ts";
import { addComment, listComments } from "./comment_calls.ts";
import type {
  CallOptions,
  CommentsOptions,
  OriginTicketLink,
  Outcome,
  PublishOptions,
  PullOptions,
  RunOptions,
  SearchOptions,
  UploadAnswer,
  WriteOptions,
} from "./client_options.ts";
import { pollOperation, type WaitOptions } from "./polling.ts";
import type { ClockMeasure } from "../sync/times.ts";
import { REQUEST_TIMEOUT_MS } from "./transport.ts";
import { routed } from "./routed.ts";
import { sendSnapshot, uploadBatch } from "./uploads.ts";

export type { CallsOptions as HostedClientOptions } from "./calls.ts";
export type * from "./client_options.ts";
export type { OperationProgress, WaitOptions } from "./polling.ts";
export type { RequestLogEntry } from "./open_host.ts";

/**
 * Makes the calls of one control-plane host, and reads the token at each (wire.md, Tracker calls; Events; Tracker
 * snapshots).
 *
 * Every call throws `HostedApiError` for what the host reports, and `TrackerError` with `missing_auth`,
 * `session_expired`, `invalid_response`, or a code of the transport; calls that take a routing key
 * throw `missing_routing_key` before any request when it is `null`.
 */
export class HostedClient {
  /** Canonical URL of the host. */
  readonly baseUrl: string;
  readonly #options: CallsOptions;
  readonly #calls: Calls;

  /** Makes a client of an open host. */
  constructor(options: CallsOptions) {
    this.baseUrl = options.baseUrl;
    this.#options = options;
    this.#calls = new Calls(options);
  }

  /** How far the clock of the host is from ours; `null` as long as its answers do not tell. */
  get hostClock(): ClockMeasure | null {
    return this.#calls.hostClock;
  }

  /** Returns the status of a bound project. */
  async status(
    provider: HostedProvider,
    routing: RoutingKey | null,
    options: CallOptions = {},
  ): Promise<StatusResult> {
    return await this.#calls.get(
      { operation: "status", reader: StatusReader, system: provider },
      routed(provider, routing),
      options,
    );
  }

  /** Returns the status of the whole installation. */
  async installationStatus(
    provider: HostedProvider,
    options: CallOptions = {},
  ): Promise<InstallationStatusResult> {
    return await this.#calls.get(
      { operation: "status", reader: InstallationStatusReader, system: provider },
      { provider },
      options,
    );
  }

  /** Returns the mappings of a bound project. */
  async mappings(
    provider: HostedProvider,
    routing: RoutingKey | null,
    options: CallOptions = {},
  ): Promise<MappingsResult> {
    return await this.#calls.get(
      { operation: "mappings", reader: MappingsReader, system: provider },
      routed(provider, routing),
      options,
    );
  }

  /** One page of issues. */
  async pull(
    provider: HostedProvider,
    routing: RoutingKey | null,
    options: PullOptions = {},
  ): Promise<PullResult> {
    return await this.#calls.post({ operation: "pull", reader: PullReader, system: provider }, {
      ...routed(provider, routing),
      limit: options.limit ?? 100,
      ...(options.cursor == null ? {} : { cursor: options.cursor }),
      ...(options.filters === undefined ? {} : { filters: options.filters }),
    }, options);
  }

  /** Pushes items; the host may take its time over them. */
  async push(
    provider: HostedProvider,
    routing: RoutingKey | null,
    items: readonly PushItem[],
    options: WriteOptions = {},
  ): Promise<Outcome<PushResult>> {
    const body = { ...routed(provider, routing), items };
    return await this.#calls.start(
      { operation: "push", reader: PushReader, system: provider },
      body,
      options,
    );
  }

  /** Runs a full cycle at the host, which may take its time over it. */
  async run(
    provider: HostedProvider,
    routing: RoutingKey | null,
    options: RunOptions = {},
  ): Promise<Outcome<RunResult>> {
    return await this.#calls.start({ operation: "run", reader: RunReader, system: provider }, {
      ...routed(provider, routing),
      pull_first: options.pullFirst ?? true,
      limit: options.limit ?? 100,
    }, options);
  }

  /** Returns the state of an operation now. */
  async operation(id: string, options: CallOptions = {}): Promise<OperationState> {
    return await this.#calls.operation(id, options, REQUEST_TIMEOUT_MS, {});
  }

  /** Waits for an operation to end; see {@link pollOperation} for what it throws. */
  async waitForOperation(id: string, options: WaitOptions = {}): Promise<PushResult | RunResult> {
    const { clock, random } = this.#options.platform;
    const accepted = this.#calls.acceptance(id);
    return await pollOperation({
      ...options,
      clock,
      random,
      operationId: id,
      origin: this.#calls.origin,
      operation: accepted?.operation,
      acceptance: accepted?.body,
      warn: this.#options.warn,
      look: (remainingMs) => {
        // The last look still gets a moment to be answered.
        const limitMs = Math.min(REQUEST_TIMEOUT_MS, Math.max(remainingMs, 2_000));
        return this.#calls.operation(id, options, limitMs, { maxWaitMs: Math.max(remainingMs, 0) });
      },
    });
  }

  /** Returns whether the host is well. */
  async health(options: CallOptions = {}): Promise<HealthResult> {
    return await this.#calls.get({ operation: "health", reader: HealthReader }, {}, options);
  }

  /** Everything the installation could bind a project to. */
  async resources(provider: HostedProvider, options: CallOptions = {}): Promise<ResourcesResult> {
    return await this.#calls.get(
      { operation: "resources", reader: ResourcesReader, system: provider },
      { provider },
      options,
    );
  }

  /** Returns what the host makes of a project's identity. */
  async bindResolve(
    provider: HostedProvider,
    identity: ProjectIdentity,
    options: CallOptions = {},
  ): Promise<ResolutionResult> {
    const call: Call<ResolutionResult> = {
      operation: "resolve",
      reader: ResolutionReader,
      system: provider,
    };
    const body = { provider, project_identity: identity };
    const resolution = await this.#calls.post(call, body, options);
    for (const { ref, message } of resolution.item_errors ?? []) {
      const name = ref.key ?? ref.id;
      this.#options.warn?.(
        `The candidate "${name}" could not be read, and is left out: ${message}.`,
      );
    }
    return resolution;
  }

  /** Binds a project to a candidate. */
  async bindConfirm(
    provider: HostedProvider,
    candidateToken: string,
    identity: ProjectIdentity,
    options: WriteOptions = {},
  ): Promise<BindResult> {
    return await this.#calls.post({ operation: "confirm", reader: BindReader, system: provider }, {
      provider,
      candidate_token: candidateToken,
      project_identity: identity,
    }, options);
  }

  /** Returns whether a binding reference is good for this project. */
  async bindValidate(
    provider: HostedProvider,
    bindingRef: string,
    identity: PartialIdentity,
    options: CallOptions = {},
  ): Promise<ValidationResult> {
    return await this.#calls.post({
      operation: "validate",
      reader: validationReader(bindingRef),
      system: provider,
    }, {
      provider,
      binding_ref: bindingRef,
      project_identity: identity,
    }, options);
  }

  /** Searches the tickets of the bound resource. */
  async searchIssues(
    provider: HostedProvider,
    routing: RoutingKey | null,
    options: SearchOptions = {},
  ): Promise<IssueSearchResult> {
    return await this.#calls.post(
      { operation: "search", reader: SearchReader, system: provider },
      {
        ...routed(provider, routing),
        ...(options.queryKey === undefined ? {} : { query_key: options.queryKey }),
        ...(options.queryText === undefined ? {} : { query_text: options.queryText }),
        limit: options.limit ?? 10,
      },
      options,
    );
  }

  /** Links a mission to the ticket it starts from. */
  async bindOrigin(
    provider: HostedProvider,
    routing: RoutingKey | null,
    link: OriginTicketLink,
    options: WriteOptions = {},
  ): Promise<BindOriginResult> {
    return await this.#calls.post(
      { operation: "bindOrigin", reader: BindOriginReader, system: provider },
      {
        ...routed(provider, routing),
        feature_slug: link.featureSlug,
        external_issue_id: link.externalIssueId,
        external_issue_key: link.externalIssueKey,
        external_issue_url: link.externalIssueUrl,
        title: link.title,
        ...(link.externalStatus === undefined ? {} : { external_status: link.externalStatus }),
      },
      options,
    );
  }

  /** One page of the comments on an issue, where the host lists `comments` (wire.md, Extensions). */
  async listComments(
    provider: HostedProvider,
    routing: RoutingKey | null,
    issueId: string,
    options: CommentsOptions = {},
  ): Promise<CommentsResult> {
    return await listComments(this.#calls, { provider, routing, issueId }, options);
  }

  /** Adds a comment to an issue, where the host lists `comments`; it may take its time over it (wire.md, Extensions). */
  async addComment(
    provider: HostedProvider,
    routing: RoutingKey | null,
    comment: { readonly issueId: string; readonly body: string },
    options: WriteOptions = {},
  ): Promise<Outcome<IssueComment>> {
    const { issueId, body } = comment;
    return await addComment(this.#calls, { provider, routing, issueId }, body, options);
  }

  /** Uploads a gzipped batch of events. Any answer but a lasting 401 is returned for the queue to judge. */
  async uploadEvents(
    gzipped: Uint8Array<ArrayBuffer>,
    options: CallOptions = {},
  ): Promise<UploadAnswer> {
    return await uploadBatch(this.#calls, gzipped, options);
  }

  /** Publishes a snapshot; without any token the header is left out and the host's 401 is reported. */
  async publishSnapshot(
    snapshot: SnapshotRequest,
    options: PublishOptions = {},
  ): Promise<SnapshotReceipt> {
    return await sendSnapshot(this.#options, this.#calls, snapshot, options);
  }
}
