import type { Lane } from "../contract/events.ts";
import type { OriginProvider } from "../contract/providers.ts";

/** What became of an event. */
export type EmitOutcome =
  /** It is in the queue under this ULID. */
  | { readonly kind: "queued"; readonly eventId: string }
  /** It breaks a rule of its type: `field` is a dotted path, `rule` completes the sentence "it …". Nothing was written. */
  | { readonly kind: "refused"; readonly field: string; readonly rule: string }
  /** It could not be written; the warning says so too. */
  | { readonly kind: "failed"; readonly reason: string };

/** Facts of one event beside its payload. */
export interface EmitOptions {
  /** ULID of the event that caused this one; `null` unless given. */
  readonly causationId?: string | null;
  /** A ULID chosen before, so that what may be emitted twice is one event; a new one unless given. */
  readonly eventId?: string;
}

/** Takes events. */
export interface EventSink {
  /**
   * Records one event of a type such as `WPCreated`. Never throws and never waits for a network: the outcome says
   * what became of it.
   */
  emit(type: string, payload: unknown, options?: EmitOptions): Promise<EmitOutcome>;
}

/** Puts the events of a project into the queue on this machine. `await using` closes it. */
export interface Emitter extends EventSink, AsyncDisposable {
  /** Closes the queue, if an event has opened it. The emitter can be used again. */
  close(): Promise<void>;
}

/** The payload of `WPStatusChanged`: a work package moved to another lane. */
export interface WpStatusChanged {
  /** `WP` and two digits. */
  readonly wp_id: string;
  /** The lane it was in. */
  readonly from_lane: Lane;
  /** The lane it is in now. */
  readonly to_lane: Lane;
  /** Who moved it. */
  readonly actor?: string | null;
  /** The directory of its mission. */
  readonly feature_slug?: string | null;
  /** When it was moved, where that was before the event: ISO 8601 with an offset. */
  readonly at?: string | null;
  /** The id of the step in the lane log: of two steps at one time, the greater is the later one. */
  readonly step_id?: string | null;
}

/** The payload of `WPCreated`: a work package was created. */
export interface WpCreated {
  /** `WP` and two digits. */
  readonly wp_id: string;
  /** Its title; not empty. */
  readonly title: string;
  /** The directory of its mission. */
  readonly feature_slug: string;
  /** The work packages it waits for. */
  readonly dependencies?: readonly string[] | null;
}

/** The payload of `WPAssigned`: a work package was given to an agent. */
export interface WpAssigned {
  /** `WP` and two digits. */
  readonly wp_id: string;
  /** Who it was given to. */
  readonly agent_id: string;
  /** What the agent does with it. */
  readonly phase: "implementation" | "review";
  /** How often it was given out before; a whole number from 0 up. */
  readonly retry_count?: number | null;
}

/** The payload of `FeatureCreated`: a mission was created. */
export interface FeatureCreated {
  /** The mission's directory: three digits, a dash, kebab-case; or kebab-case, a dash, the id's first eight. */
  readonly feature_slug: string;
  /** Three digits; `null` where the directory has no number. */
  readonly feature_number?: string | null;
  /** The branch its work will be merged into. */
  readonly target_branch: string;
  /** How many work packages it has; a whole number from 0 up. */
  readonly wp_count: number;
  /** ISO 8601 with an offset. */
  readonly created_at?: string | null;
}

/** The payload of `FeatureCompleted`: a mission is done. */
export interface FeatureCompleted {
  /** The mission's directory. */
  readonly feature_slug: string;
  /** How many work packages it had; a whole number from 0 up. */
  readonly total_wps: number;
  /** ISO 8601 with an offset. */
  readonly completed_at?: string | null;
  /** How long it took: seconds, or a text such as `2h 30m`. */
  readonly total_duration?: string | number | null;
}

/** The payload of `HistoryAdded`: something was written into a work package's history. */
export interface HistoryAdded {
  /** `WP` and two digits. */
  readonly wp_id: string;
  /** What kind of entry it is. */
  readonly entry_type: "note" | "review" | "error" | "comment";
  /** The entry's text. */
  readonly entry_content: string;
  /** Who wrote it. */
  readonly author?: string | null;
}

/** The payload of `ErrorLogged`: an error happened. */
export interface ErrorLogged {
  /** What kind of error it is. */
  readonly error_type: "validation" | "runtime" | "network" | "auth" | "unknown";
  /** What went wrong. */
  readonly error_message: string;
  /** The work package it concerns: `WP` and two digits. */
  readonly wp_id?: string | null;
  /** Where in the program it happened. */
  readonly stack_trace?: string | null;
  /** The agent it happened to. */
  readonly agent_id?: string | null;
}

/** The payload of `DependencyResolved`: a work package no longer waits for another. */
export interface DependencyResolved {
  /** The work package that waited: `WP` and two digits. */
  readonly wp_id: string;
  /** The work package it waited for: `WP` and two digits. */
  readonly dependency_wp_id: string;
  /** Why it no longer waits. */
  readonly resolution_type: "completed" | "skipped" | "merged";
}

/** The payload of `MissionOriginBound`: a mission was bound to the ticket it came from. */
export interface MissionOriginBound {
  /** The mission's directory. */
  readonly feature_slug: string;
  /** Where the ticket is. */
  readonly provider: OriginProvider;
  /** The provider's id of the ticket. */
  readonly external_issue_id: string;
  /** The key people know the ticket by, such as `WEB-12`. */
  readonly external_issue_key: string;
  /** The ticket's web page. */
  readonly external_issue_url: string;
  /** The ticket's title. */
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

/** Emits one type of event; see {@link EventSink.emit}. */
export type Emit<Payload> = (
  emitter: EventSink,
  payload: Payload,
  options?: EmitOptions,
) => Promise<EmitOutcome>;

function typed<Payload>(type: string): Emit<Payload> {
  return (emitter, payload, options) => emitter.emit(type, payload, options);
}
