import type { Emitter } from "./emit.ts";

/** Events that follow from the files of one place of a project. */
export interface ProjectLook {
  /** Names the place within the project. */
  readonly place: string;
  /** Stands for all that the events follow from: with the mark of the last look nothing is asked. */
  readonly mark: string;
  /** Returns the events, in their order, for the project of this UUID. */
  readonly events: (projectUuid: string) => Promise<readonly FollowingEvent[]>;
}

/** An event that follows from what was looked at, as its id does. */
export interface FollowingEvent {
  readonly type: string;
  readonly payload: unknown;
  /** A ULID that is the same wherever and whenever the same is seen. */
  readonly eventId: string;
}

/** What became of looks. */
export type LooksOutcome =
  /** So many events are new in the queue. */
  | { readonly kind: "done"; readonly queued: number }
  /** They could not be written; the warning says so too. */
  | { readonly kind: "failed"; readonly reason: string };

/** An emitter that also tells what follows from looks. */
export interface LookEmitter extends Emitter {
  /**
   * Queues the events of looks that no earlier look has queued, though they were uploaded since. Events that break a rule
   * of their type are left out. Never throws and never waits for a network.
   */
  emitLooks(looks: readonly ProjectLook[]): Promise<LooksOutcome>;
}
