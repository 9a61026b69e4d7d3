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
export * from "./src/contract/mod.ts";
export type { Platform } from "./src/platform/platform.ts";
export { systemPlatform } from "./src/platform/system.ts";
export {
  type ErrorDetails,
  TrackerError,
  type TrackerErrorInit,
} from "./src/platform/tracker_error.ts";
export {
  evaluateReadiness,
  READINESS_PROBES,
  type ReadinessOptions,
  type ReadinessProbes,
  type ReadinessResult,
} from "./src/client/readiness.ts";
export {
  READINESS_STATES,
  READINESS_WORDING,
  type ReadinessState,
} from "./src/user/readiness_wording.ts";
export {
  isHostedSyncEnabled,
  requireHostedSync,
  ROLLOUT_DISABLED_MESSAGE,
  ROLLOUT_VARIABLE,
} from "./src/client/rollout.ts";
export {
  type BindableResource,
  type BindCandidate,
  type BindResult,
  findCandidateByPosition,
  type ResolutionResult,
  type ValidationResult,
} from "./src/contract/discovery.ts";
export { HostedTrackerService } from "./src/client/service.ts";
export { HostedApiError, StaleBindingError } from "./src/client/errors.ts";
export { TrackerService, type TrackerServiceOptions } from "./src/tracker/service.ts";
export { findProjectRoot, requireProjectRoot } from "./src/project/root.ts";
export { type BindingConfig, isConfigured, loadBinding } from "./src/project/config.ts";
export {
  type HostedBackendOptions as HostedServiceOptions,
  openHosted as openHostedService,
} from "./src/client/open_service.ts";
export { EventEmitter } from "./src/events/emitter.ts";
export { openEmitter, type OpenEmitterOptions } from "./src/events/open.ts";
export * from "./src/events/emit.ts";
export * from "./src/missions/mod.ts";
export { buildSnapshot, snapshotKey } from "./src/tracker/publish.ts";
