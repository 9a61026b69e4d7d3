import {
  emitFeatureCreated,
  emitMissionOriginBound,
  type EmitOptions,
  type EventSink,
  type FeatureCreated,
  type MissionOriginBound,
} from "../events/emit.ts";

/** Records what happens to missions. Nothing here waits for a network. */
export interface MissionEvents {
  /** Records that a mission was created; returns whether the event is in the queue. */
  featureCreated(payload: FeatureCreated, options?: EmitOptions): Promise<boolean>;
  /** Records that a mission was bound to its ticket; returns whether the event is in the queue. */
  missionOriginBound(payload: MissionOriginBound, options?: EmitOptions): Promise<boolean>;
}

/** Records through an emitter. A failure is the emitter's to report; the mission stays. */
export function missionEvents(emitter: EventSink): MissionEvents {
  return {
    featureCreated: (payload, options) =>
      quietly(() => emitFeatureCreated(emitter, payload, options)),
    missionOriginBound: (payload, options) =>
      quietly(() => emitMissionOriginBound(emitter, payload, options)),
  };
}

async function quietly(emit: () => Promise<{ readonly kind: string }>): Promise<boolean> {
  try {
    return (await emit()).kind === "queued";
  } catch {
    // Emitters do not throw; one that does all the same must not undo what was done.
    return false;
  }
}
