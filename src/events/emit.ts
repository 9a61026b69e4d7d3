import type { Lane } from "../contract/events.ts";
import type { EmitOptions, EmitOutcome } from "./emitter.ts";

/** What the typed functions need of an emitter. */
export interface Emits {
  /** See `EventEmitter.emit`. */
  emit(type: string, payload: unknown, options?: EmitOptions): Promise<EmitOutcome>;
}

/** A work package moved to another lane. Behaviour, Events. */
export interface WpStatusChanged {
  /** `WP` and two digits. */
  readonly wp_id: string;
  readonly from_lane: Lane;
  readonly to_lane: Lane;
  readonly actor?: string | null;
  readonly feature_slug?: string | null;
}

/** A work package was made. Behaviour, Events. */
export interface WpCreated {
  readonly wp_id: string;
  readonly title: string;
  readonly feature_slug: string;
  readonly dependencies?: readonly string[] | null;
}

/** A work package was given to an agent. Behaviour, Events. */
export interface WpAssigned {
  readonly wp_id: string;
  readonly agent_id: string;
  readonly phase: "implementation" | "review";
  readonly retry_count?: number | null;
}

/** A feature was made. Behaviour, Events. */
export interface FeatureCreated {
  /** The mission's directory: three digits, a dash, kebab-case; or kebab-case, a dash, the id's first eight. */
  readonly feature_slug: string;
  /** Three digits; `null` where the directory has no number. */
  readonly feature_number?: string | null;
  readonly target_branch: string;
  readonly wp_count: number;
  /** ISO 8601 with an offset. */
  readonly created_at?: string | null;
}

/** A feature is done. Behaviour, Events. */
export interface FeatureCompleted {
  readonly feature_slug: string;
  readonly total_wps: number;
  /** ISO 8601 with an offset. */
  readonly completed_at?: string | null;
  readonly total_duration?: string | number | null;
}

/** Something was written into a work package's history. Behaviour, Events. */
export interface HistoryAdded {
  readonly wp_id: string;
  readonly entry_type: "note" | "review" | "error" | "comment";
  readonly entry_content: string;
  readonly author?: string | null;
}

/** An error happened. Behaviour, Events. */
export interface ErrorLogged {
  readonly error_type: "validation" | "runtime" | "network" | "auth" | "unknown";
  readonly error_message: string;
  readonly wp_id?: string | null;
  readonly stack_trace?: string | null;
  readonly agent_id?: string | null;
}

/** A work package no longer waits for another. Behaviour, Events. */
export interface DependencyResolved {
  readonly wp_id: string;
  readonly dependency_wp_id: string;
  readonly resolution_type: "completed" | "skipped" | "merged";
}

/** A mission was bound to the ticket it came from. Behaviour, Events. */
export interface MissionOriginBound {
  readonly feature_slug: string;
  readonly provider: "jira" | "linear";
  readonly external_issue_id: string;
  readonly external_issue_key: string;
  readonly external_issue_url: string;
  readonly title: string;
}

/** Emits {@link WpStatusChanged}. */
export const emitWpStatusChanged: Emit<WpStatusChanged> = typed("WPStatusChanged");
/** Emits {@link WpCreated}. */
export const emitWpCreated: Emit<WpCreated> = typed("WPCreated");
/** Emits {@link WpAssigned}. */
export const emitWpAssigned: Emit<WpAssigned> = typed("WPAssigned");
/** Emits {@link FeatureCreated}. */
export const emitFeatureCreated: Emit<FeatureCreated> = typed("FeatureCreated");
/** Emits {@link FeatureCompleted}. */
export const emitFeatureCompleted: Emit<FeatureCompleted> = typed("FeatureCompleted");
/** Emits {@link HistoryAdded}. */
export const emitHistoryAdded: Emit<HistoryAdded> = typed("HistoryAdded");
/** Emits {@link ErrorLogged}. */
export const emitErrorLogged: Emit<ErrorLogged> = typed("ErrorLogged");
/** Emits {@link DependencyResolved}. */
export const emitDependencyResolved: Emit<DependencyResolved> = typed("DependencyResolved");
/** Emits {@link MissionOriginBound}. */
export const emitMissionOriginBound: Emit<MissionOriginBound> = typed("MissionOriginBound");

/** Emits one type of event. */
export type Emit<Payload> = (
  emitter: Emits,
  payload: Payload,
  options?: EmitOptions,
) => Promise<EmitOutcome>;

function typed<Payload>(type: string): Emit<Payload> {
  return (emitter, payload, options) => emitter.emit(type, payload, options);
}
