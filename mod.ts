/**
 * The library behind `tracker`: readiness, binding, sync, missions and events for other programs.
 * Importing it has no effect; everything takes the {@link Platform} it works on.
 *
 * @example The first thing that is missing for hosted work
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
  SignalName,
  Signals,
  SystemFacts,
} from "./src/platform/platform.ts";
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
export type { Lock, LockOptions } from "./src/platform/lock.ts";
export type { Database, DatabaseOpener, DatabaseOptions } from "./src/platform/database.ts";
export type {
  DetachedOptions,
  Processes,
  ProcessOptions,
  ProcessResult,
} from "./src/platform/processes.ts";
export type { Random } from "./src/platform/random.ts";
export type { InputStream, OutputStream, Terminal } from "./src/platform/terminal.ts";

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
  READINESS_PROBES,
  type ReadinessOptions,
  type ReadinessProbes,
  type ReadinessResult,
} from "./src/client/readiness.ts";
export type { RequestLogEntry, RequestOptions } from "./src/client/open_host.ts";
export {
  READINESS_STATES,
  READINESS_WORDING,
  type ReadinessState,
} from "./src/user/readiness_wording.ts";

// The project and its tracker.
export { findProjectRoot, requireProjectRoot } from "./src/project/root.ts";
export { type BindingConfig, isConfigured, loadBinding, NO_BINDING } from "./src/project/config.ts";
export { HostedTrackerService } from "./src/client/service.ts";
export {
  type Backend,
  type HostedBackend,
  type LocalBackend,
  openBackend,
  type ProjectContext,
  type SavedBinding,
} from "./src/tracker/backend.ts";
export {
  bindProject,
  bindToCandidate,
  discoverResources,
  type UnbindOutcome,
  unbindProject,
} from "./src/tracker/binding.ts";
export type { BindRequest, BindResultOutcome } from "./src/tracker/bind_request.ts";
export { type CachedIssues, openCache } from "./src/tracker/cache.ts";
export {
  type HostedBackendOptions as HostedServiceOptions,
  openHosted as openHostedService,
} from "./src/client/open_service.ts";

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
export {
  type BindableResource,
  type BindCandidate,
  type Confidence,
  CONFIDENCES,
  findCandidateByPosition,
} from "./src/contract/discovery.ts";
export {
  AGGREGATE_TYPES,
  EVENT_TYPES,
  type EventType,
  type Lane,
  LANES,
} from "./src/contract/event_rules.ts";
