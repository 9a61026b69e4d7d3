import {
  type BindResult,
  BindResultSchema,
  type ResolutionResult,
  ResolutionResultSchema,
  type ResourcesResult,
  ResourcesResultSchema,
  type ValidationResult,
  ValidationResultSchema,
} from "../contract/discovery.ts";
import { EVENTS_BATCH_PATH, SNAPSHOTS_PATH } from "../contract/paths.ts";
import type { HostedProvider } from "../contract/providers.ts";
import type { PushItem } from "../contract/push.ts";
import {
  type HealthResult,
  HealthResultSchema,
  type InstallationStatusResult,
  InstallationStatusResultSchema,
  type MappingsResult,
  MappingsResultSchema,
  type OperationResult,
  type PullResult,
  PullResultSchema,
  type PushResult,
  PushResultSchema,
  type RunResult,
  RunResultSchema,
  type StatusResult,
  StatusResultSchema,
} from "../contract/results.ts";
import type { PartialIdentity, ProjectIdentity, RoutingKey } from "../contract/routing.ts";
import {
  type BindOriginResult,
  BindOriginResultSchema,
  type IssueSearchResult,
  IssueSearchResultSchema,
} from "../contract/search.ts";
import {
  snapshotIdentity,
  type SnapshotReceipt,
  SnapshotReceiptSchema,
  type SnapshotRequest,
} from "../contract/snapshots.ts";
import { sha256Hex } from "../platform/random.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { normalizeHostUrl } from "../user/host_url.ts";
import { contentOf, readAnswer } from "./answers.ts";
import { sendPatiently } from "./authorized.ts";
import { Calls, type CallsOptions } from "./calls.ts";
import type {
  CallOptions,
  OriginTicketLink,
  Outcome,
  PublishOptions,
  PullOptions,
  RunOptions,
  SearchOptions,
  UploadAnswer,
  WriteOptions,
} from "./client_options.ts";
import { missingRoutingKey } from "./errors.ts";
import { pollOperation, type WaitOptions } from "./polling.ts";
import { requireHostedSync } from "./rollout.ts";
import {
  EVENTS_TIMEOUT_MS,
  REQUEST_TIMEOUT_MS,
  type RequestLogEntry,
  type TransportAnswer,
  type TransportRequest,
} from "./transport.ts";

export type { CallsOptions as HostedClientOptions } from "./calls.ts";
export type * from "./client_options.ts";
export type { OperationProgress, WaitOptions } from "./polling.ts";
export type { RequestLogEntry };

/**
 * The calls of one control-plane host. Every call checks the rollout gate first and reads the token when it is made.
 * Hosted API, Tracker calls; Events; Tracker snapshots.
 *
 * Every call throws `HostedApiError` for what the host reports, and `TrackerError` with `rollout_disabled`,
 * `missing_auth`, `session_expired`, `invalid_response`, or a code of the transport; calls that take a routing key
 * throw `missing_routing_key` before any request when it is `null`.
 */
export class HostedClient {
  /** Canonical URL of the host. */
  readonly baseUrl: string;
  readonly #options: CallsOptions;
  readonly #calls: Calls;

  /** A client of `baseUrl`. */
  constructor(options: CallsOptions) {
    this.baseUrl = normalizeHostUrl(options.baseUrl);
    this.#options = { ...options, baseUrl: this.baseUrl };
    this.#calls = new Calls(this.#options);
  }

  /** The status of a bound project. */
  status(
    provider: HostedProvider,
    routing: RoutingKey | null,
    options: CallOptions = {},
  ): Promise<StatusResult> {
    return this.#calls.get("status", StatusResultSchema, () => routed(provider, routing), options);
  }

  /** The status of the whole installation. */
  installationStatus(
    provider: HostedProvider,
    options: CallOptions = {},
  ): Promise<InstallationStatusResult> {
    return this.#calls.get("status", InstallationStatusResultSchema, () => ({ provider }), options);
  }

  /** The mappings of a bound project. */
  mappings(
    provider: HostedProvider,
    routing: RoutingKey | null,
    options: CallOptions = {},
  ): Promise<MappingsResult> {
    return this.#calls.get(
      "mappings",
      MappingsResultSchema,
      () => routed(provider, routing),
      options,
    );
  }

  /** One page of issues. */
  pull(
    provider: HostedProvider,
    routing: RoutingKey | null,
    options: PullOptions = {},
  ): Promise<PullResult> {
    return this.#calls.post("pull", PullResultSchema, () => ({
      ...routed(provider, routing),
      limit: options.limit ?? 100,
      ...(options.cursor == null ? {} : { cursor: options.cursor }),
      ...(options.filters === undefined ? {} : { filters: options.filters }),
    }), options);
  }

  /** Pushes items; the host may take its time over them. */
  push(
    provider: HostedProvider,
    routing: RoutingKey | null,
    items: readonly PushItem[],
    options: WriteOptions = {},
  ): Promise<Outcome<PushResult>> {
    const body = () => ({ ...routed(provider, routing), items });
    return this.#calls.start("push", PushResultSchema, body, options);
  }

  /** Runs a full cycle at the host, which may take its time over it. */
  run(
    provider: HostedProvider,
    routing: RoutingKey | null,
    options: RunOptions = {},
  ): Promise<Outcome<RunResult>> {
    return this.#calls.start("run", RunResultSchema, () => ({
      ...routed(provider, routing),
      pull_first: options.pullFirst ?? true,
      limit: options.limit ?? 100,
    }), options);
  }

  /** The state of an operation now. */
  operation(id: string, options: CallOptions = {}): Promise<OperationResult> {
    return this.#calls.operation(id, options, REQUEST_TIMEOUT_MS, {});
  }

  /** Waits for an operation to end; see {@link pollOperation} for what it throws. */
  async waitForOperation(id: string, options: WaitOptions = {}): Promise<PushResult | RunResult> {
    requireHostedSync(this.#options.platform.env);
    const { clock, random } = this.#options.platform;
    return await pollOperation({
      ...options,
      clock,
      random,
      operationId: id,
      origin: this.#calls.origin,
      look: (remainingMs) => {
        // The last look still gets a moment to be answered.
        const limitMs = Math.min(REQUEST_TIMEOUT_MS, Math.max(remainingMs, 2_000));
        return this.#calls.operation(id, options, limitMs, { maxWaitMs: Math.max(remainingMs, 0) });
      },
    });
  }

  /** Whether the host is well. */
  health(options: CallOptions = {}): Promise<HealthResult> {
    return this.#calls.get("health", HealthResultSchema, () => ({}), options);
  }

  /** Everything the installation could bind a project to. */
  resources(provider: HostedProvider, options: CallOptions = {}): Promise<ResourcesResult> {
    return this.#calls.get("resources", ResourcesResultSchema, () => ({ provider }), options);
  }

  /** What the host makes of a project's identity. */
  bindResolve(
    provider: HostedProvider,
    identity: ProjectIdentity,
    options: CallOptions = {},
  ): Promise<ResolutionResult> {
    const body = () => ({ provider, project_identity: identity });
    return this.#calls.post("resolve", ResolutionResultSchema, body, options);
  }

  /** Binds a project to a candidate. */
  bindConfirm(
    provider: HostedProvider,
    candidateToken: string,
    identity: ProjectIdentity,
    options: WriteOptions = {},
  ): Promise<BindResult> {
    return this.#calls.post("confirm", BindResultSchema, () => ({
      provider,
      candidate_token: candidateToken,
      project_identity: identity,
    }), options);
  }

  /** Whether a binding reference is good for this project. */
  bindValidate(
    provider: HostedProvider,
    bindingRef: string,
    identity: PartialIdentity,
    options: CallOptions = {},
  ): Promise<ValidationResult> {
    return this.#calls.post("validate", ValidationResultSchema, () => ({
      provider,
      binding_ref: bindingRef,
      project_identity: identity,
    }), options);
  }

  /** Searches the tickets of the bound resource. */
  searchIssues(
    provider: HostedProvider,
    routing: RoutingKey | null,
    options: SearchOptions = {},
  ): Promise<IssueSearchResult> {
    return this.#calls.post("search", IssueSearchResultSchema, () => ({
      ...routed(provider, routing),
      ...(options.queryKey === undefined ? {} : { query_key: options.queryKey }),
      ...(options.queryText === undefined ? {} : { query_text: options.queryText }),
      limit: options.limit ?? 10,
    }), options);
  }

  /** Links a mission to the ticket it starts from. */
  bindOrigin(
    provider: HostedProvider,
    routing: RoutingKey | null,
    link: OriginTicketLink,
    options: WriteOptions = {},
  ): Promise<BindOriginResult> {
    return this.#calls.post("bindOrigin", BindOriginResultSchema, () => ({
      ...routed(provider, routing),
      feature_slug: link.featureSlug,
      external_issue_id: link.externalIssueId,
      external_issue_key: link.externalIssueKey,
      external_issue_url: link.externalIssueUrl,
      title: link.title,
      ...(link.externalStatus === undefined ? {} : { external_status: link.externalStatus }),
    }), options);
  }

  /** Uploads a gzipped batch of events. Any answer but a lasting 401 is returned for the queue to judge. */
  async uploadEvents(
    gzipped: Uint8Array<ArrayBuffer>,
    options: CallOptions = {},
  ): Promise<UploadAnswer> {
    const answer = await this.#calls.authorized(() => ({
      call: "eventsBatch",
      method: "POST",
      path: EVENTS_BATCH_PATH,
      body: { kind: "gzip", bytes: gzipped },
      timeoutMs: EVENTS_TIMEOUT_MS,
      signal: options.signal,
    }));
    const content = contentOf(answer);
    const body = content.kind === "json"
      ? content.value
      : content.kind === "text"
      ? content.text
      : null;
    return { status: answer.status, body };
  }

  /** Publishes a snapshot; without any token the header is left out and the host's 401 is reported. */
  async publishSnapshot(
    snapshot: SnapshotRequest,
    options: PublishOptions = {},
  ): Promise<SnapshotReceipt> {
    requireHostedSync(this.#options.platform.env);
    const request: TransportRequest = {
      call: "snapshots",
      method: "POST",
      path: SNAPSHOTS_PATH,
      headers: { "Idempotency-Key": await sha256Hex(snapshotIdentity(snapshot)) },
      body: { kind: "json", value: snapshot },
      signal: options.signal,
    };
    const answer = await this.#sendSnapshot(request, options);
    return readAnswer(SnapshotReceiptSchema, "snapshots", answer, this.#calls.origin);
  }

  async #sendSnapshot(
    request: TransportRequest,
    { authToken, teamSlug }: PublishOptions,
  ): Promise<TransportAnswer> {
    if (authToken !== undefined) {
      const headers = {
        ...request.headers,
        "Authorization": `Bearer ${authToken}`,
        ...(teamSlug === undefined ? {} : { "X-Team-Slug": teamSlug }),
      };
      return await sendPatiently(this.#options, { ...request, headers });
    }
    try {
      return await this.#calls.authorized(() => request);
    } catch (error) {
      if (!(error instanceof TrackerError) || error.code !== "missing_auth") throw error;
      return await sendPatiently(this.#options, request);
    }
  }
}

type RoutedProvider = { readonly provider: HostedProvider } & RoutingKey;

function routed(provider: HostedProvider, routing: RoutingKey | null): RoutedProvider {
  if (routing?.binding_ref !== undefined) return { provider, binding_ref: routing.binding_ref };
  if (routing?.project_slug !== undefined) return { provider, project_slug: routing.project_slug };
  throw missingRoutingKey();
}
