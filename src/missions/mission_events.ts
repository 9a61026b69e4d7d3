import {
  emitFeatureCreated,
  emitMissionOriginBound,
  type Emits,
  type FeatureCreated,
  type MissionOriginBound,
} from "../events/emit.ts";
import type { EmitOptions } from "../events/emitter.ts";

/** Records what happens to missions. Nothing here waits for a network. */
export interface MissionEvents {
  /** A mission was made. Answers whether that is recorded. */
  featureCreated(payload: FeatureCreated, options?: EmitOptions): Promise<boolean>;
  /** A mission was bound to its ticket. Answers whether that is recorded. */
  missionOriginBound(payload: MissionOriginBound, options?: EmitOptions): Promise<boolean>;
}

/** Records through an event emitter. A failure is the emitter's to report, never the mission's. */
export function missionEvents(emitter: Emits): MissionEvents {
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
