/**
 * The library behind `tracker`: readiness, binding, sync, missions and events for other programs. Importing it has no
 * effect; every function takes the {@link Platform} it works on. What goes wrong is thrown as a {@link TrackerError}
 * with a `code` to decide by. `docs/library.md` has whole programs.
 *
 * Start with {@link evaluateReadiness}, {@link bindProject} and {@link openBackend}; {@link startMissionFromTicket} for
 * missions, {@link openEmitter} for events.
 *
 * @example The first thing that is missing for work at a host
 * ```ts
 * import { evaluateReadiness, systemPlatform } from "./mod.ts";
 *
 * const { state, nextAction } = await evaluateReadiness({
 *   platform: systemPlatform(),
 *   projectRoot: null,
 * });
 * console.log(state, nextAction);
 * ```
 *
 * @example The service of a project, of either class
 * ```ts
 * import assert from "node:assert/strict";
 * import { bindProject, openBackend, systemPlatform } from "./mod.ts";
 *
 * const platform = systemPlatform();
 * const root = await platform.files.makeTemporaryDirectory("example-");
 * const env = { get: (name: string) => name === "SPEC_KITTY_HOME" ? `${root}/home` : undefined };
 * const project = { platform: { ...platform, env }, root, version: "1.0.0" };
 * await bindProject(project, { provider: "beads", workspace: "main" });
 *
 * const backend = await openBackend(project);
 * assert.equal(backend.kind, "local");
 * if (backend.kind === "local") {
 *   const { counts } = await backend.service.status();
 *   assert.equal(counts.total, 0);
 * }
 * await platform.files.remove(root);
 * ```
 *
 * @module
 */

// The machine that everything works on.
export type {
  ConnectionInfo,
  Environment,
  Fetch,
  FetchOptions,
  Listener,
  ListenOptions,
  Platform,
  RequestHandler,
  Serve,
  ServeGuard,
  ServerFigures,
  SignalName,
  Signals,
  SystemFacts,
} from "./src/platform/platform.ts";
export type { Packaging } from "./src/platform/packaging.ts";
export { systemPlatform } from "./src/platform/system.ts";
export type { Clock, Deadline, SleepOptions } from "./src/platform/clock.ts";
export type {
  DirectoryEntry,
  FileFacts,
  Files,
  PlaceOptions,
  ReadOptions,
  WriteOptions,
} from "./src/platform/files.ts";
export type { BytesReader, OpenFile } from "./src/platform/bytes_reader.ts";
export type { Lock, LockOptions } from "./src/platform/lock.ts";
export type { Database, DatabaseOpener, DatabaseOptions } from "./src/platform/database.ts";
export type {
  AttachedOptions,
  DetachedOptions,
  Processes,
  ProcessOptions,
  ProcessResult,
} from "./src/platform/processes.ts";
export type { Random } from "./src/platform/random.ts";
export type { BackgroundWriter } from "./src/platform/background_writer.ts";
export type { InputStream, OutputStream, ResultStream, Terminal } from "./src/platform/terminal.ts";

// What goes wrong.
export {
  type ErrorDetails,
  TrackerError,
  type TrackerErrorInit,
} from "./src/platform/tracker_error.ts";
export { HostedApiError, type HostedApiErrorInit, StaleBindingError } from "./src/client/errors.ts";

// The gate and readiness.
export {
  isHostedSyncEnabled,
  requireHostedSync,
  ROLLOUT_DISABLED_MESSAGE,
  ROLLOUT_VARIABLE,
} from "./src/client/rollout.ts";
export {
  evaluateReadiness,
  type ReadinessOptions,
  type ReadinessProbes,
  type ReadinessResult,
} from "./src/client/readiness.ts";
export type { RequestLogEntry, RequestOptions } from "./src/client/open_host.ts";
export { READINESS_STATES, type ReadinessState } from "./src/user/readiness_wording.ts";

// The project and its binding.
export { findProjectRoot, requireProjectRoot } from "./src/project/root.ts";
export { type BindingConfig, isConfigured, loadBinding } from "./src/project/config.ts";
export {
  type BindChoice,
  bindProject,
  type BindRequest,
  type BindResultOutcome,
  bindToCandidate,
  discoverResources,
  type HostedBindRequest,
  type LocalBindRequest,
  type UnbindOutcome,
  unbindProject,
} from "./src/tracker/binding.ts";
export type { BindOutcome } from "./src/client/binding.ts";
export type { BoundOutcome } from "./src/client/binding_saving.ts";
export type { ValidateOutcome } from "./src/client/binding_by_ref.ts";
export type { Discovery } from "./src/client/discovery.ts";
export type { DiscoveredResource } from "./src/client/binding_positions.ts";
export type { LocalBindOptions } from "./src/local/binding.ts";

// The service behind a binding.
export {
  type Backend,
  type HostedBackend,
  type LocalBackend,
  openBackend,
  type ProjectContext,
  type SavedBinding,
} from "./src/tracker/backend.ts";
export { cachedIssues } from "./src/tracker/cache.ts";
export type { IssueCounts } from "./src/store/issues.ts";
export type { IssueFilter, IssueSort, Position } from "./src/store/issue_filter.ts";
export type { SortField } from "./src/store/sort_fields.ts";

// At a host: what its methods take and return.
export type { HostedTracker } from "./src/client/hosted_tracker.ts";
export type { CallOptions, OriginTicketLink, SearchOptions } from "./src/client/client_options.ts";
export type { PullChoice, PullProgress } from "./src/client/sync_pull.ts";
export type { PullGoal } from "./src/client/pull_plan.ts";
export type { PullReport } from "./src/client/pull_totals.ts";
export type { PulledGone } from "./src/client/whole_listing.ts";
export type { GoneIssues } from "./src/store/listings.ts";
export type { PageCounts } from "./src/store/issue_store.ts";
export type {
  PlannedBatch,
  PushChoice,
  PushOutcome,
  SyncProgress,
} from "./src/client/sync_push.ts";
export type { PushedItem, PushedOutcome } from "./src/client/push_totals.ts";
export type { PushEditsChoice, PushEditsReport } from "./src/client/edits_report.ts";
export type { OperationProgress } from "./src/client/polling.ts";
export type { RunChoice } from "./src/client/sync_run.ts";
export type { CommentChoice } from "./src/client/send_comment.ts";
export type { RunReport, RunTotal } from "./src/client/run_totals.ts";

// What syncs of either class come to.
export type { SyncCountsReport } from "./src/sync/counts_report.ts";

// With a tool on this machine: what its methods take and return.
export type { IssueView, SyncedIssues } from "./src/sync/editable_issues.ts";
export type { FieldRefusal } from "./src/sync/pending_fields.ts";
export type {
  AddedComment,
  CommentDelivery,
  IssueComment,
  IssueComments,
} from "./src/sync/issue_comments.ts";
export type { LocalTracker } from "./src/local/local_tracker.ts";
export type {
  LocalMapOptions,
  LocalStatus,
  LocalSyncOptions,
} from "./src/local/service_results.ts";
export type { LocalPullOptions } from "./src/local/pull.ts";
export type { LocalPushOptions } from "./src/local/push.ts";
export type {
  FieldChange,
  IssueName,
  LocalPullReport,
  LocalPushReport,
  LocalRunReport,
  SkippedField,
  SyncEvent,
  SyncFailure,
  SyncNote,
} from "./src/sync/sync_report.ts";
export { SYNC_FIELDS, type SyncField } from "./src/contract/sync_fields.ts";
export type { EditChoice, EditResult, IssueEdit } from "./src/sync/edits.ts";
export type { SeenTexts } from "./src/sync/made_on.ts";
export type { AbsentMember, MemberEdit } from "./src/sync/member_edits.ts";
export type { DiscardResult } from "./src/sync/discard.ts";
export type { ConflictTake, ResolveOutcome } from "./src/sync/resolve.ts";
export type { JudgedMapping, MappingState } from "./src/local/renamed.ts";
export type { MappingOutcome } from "./src/store/mappings.ts";
export type { RefusedEdit } from "./src/store/edits.ts";
export type {
  ConflictReason,
  ConflictTaken,
  ConflictTimes,
  NewConflict,
  StoredConflict,
} from "./src/store/conflicts.ts";
export type { RunKind, RunOutcome, SyncRun } from "./src/store/runs.ts";

// Missions, and the tickets they start from.
export * from "./src/missions/mod.ts";

// Events.
export { openEmitter, type OpenEmitterOptions } from "./src/events/open.ts";
export * from "./src/events/emit.ts";

// What issues, results and events look like on the wire.
export type { JsonObject } from "./src/contract/field.ts";
export {
  classifyProvider,
  HOSTED_PROVIDERS,
  type HostedProvider,
  LOCAL_PROVIDERS,
  type LocalProvider,
  type Provider,
  type ProviderClass,
} from "./src/contract/providers.ts";
export {
  type ExternalRef,
  ISSUE_TYPES,
  type IssueLink,
  type IssueType,
  LINK_TYPES,
  type LinkType,
  type NormalizedIssue,
  PRIORITIES,
  type Priority,
  type Status,
  STATUSES,
} from "./src/contract/issue.ts";
export {
  parsePushItems,
  PUSH_ACTIONS,
  type PushAction,
  type PushItem,
  type PushItemFault,
  type PushItemsOutcome,
  type PushPatch,
} from "./src/contract/push.ts";
export type { PackageId, PushedPackage } from "./src/contract/work_packages.ts";
export type { ConnectionStatus } from "./src/contract/connection.ts";
export {
  type BindableResource,
  type BindCandidate,
  type Confidence,
  CONFIDENCES,
  findCandidateByPosition,
  type ResourcesResult,
} from "./src/contract/discovery.ts";
export {
  type Extension,
  EXTENSIONS,
  type IdentityPath,
  type InstallationBinding,
  type InstallationStatusResult,
  type ItemError,
  type Mapping,
  type MappingsResult,
  OPERATION_STATUSES,
  type OperationStatus,
  type PullResult,
  PUSH_OUTCOMES,
  type PushItemOutcome,
  type PushResult,
  type PushResultItem,
  RESULT_STATUSES,
  type ResultStatus,
  type ResultSummary,
  type RunResult,
  type StatusResult,
  type SyncResult,
} from "./src/contract/results.ts";
export type { ProjectIdentity } from "./src/contract/routing.ts";
export type { BindOriginResult, IssueSearchResult } from "./src/contract/search.ts";
export { EVENT_TYPES, type EventType, type Lane, LANES } from "./src/contract/event_rules.ts";
