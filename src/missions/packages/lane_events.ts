import { isLane, type Lane } from "../../contract/event_rules.ts";
import { DateTimeSchema } from "../../contract/field.ts";
import { parseWith } from "../../contract/parse.ts";
import type { FollowingEvent, LookEmitter, ProjectLook } from "../../events/looks.ts";
import { derivedEventId } from "../../events/event_ids.ts";
import { sha256Hex } from "../../platform/random.ts";
import { contentOf } from "./lane_log.ts";
import type { LaneStep, MissionPackages } from "./work_package.ts";

/**
 * Queues `WPCreated` for packages and `WPStatusChanged` for steps of the lane logs that no earlier look has seen. The ids
 * of the events follow from the log, so that a host takes each once, from whatever clone. Returns how many are new.
 */
export async function emitLaneEvents(
  emitter: Pick<LookEmitter, "emitLooks">,
  missions: readonly MissionPackages[],
): Promise<number> {
  const looks = await Promise.all(
    missions.filter(({ mission }) => mission.fault === null).map(lookAt),
  );
  const outcome = await emitter.emitLooks(looks);
  return outcome.kind === "done" ? outcome.queued : 0;
}

async function lookAt(found: MissionPackages): Promise<ProjectLook> {
  const seen = [found.mission.featureSlug, found.packages.map(({ wpId }) => wpId), found.steps];
  return {
    place: found.mission.featureSlug,
    mark: await sha256Hex(JSON.stringify(seen)),
    events: async (projectUuid) => [
      ...await Promise.all(found.packages.map((one) => created(projectUuid, found, one))),
      ...await Promise.all(moves(found).map((move) => moved(projectUuid, found, move))),
    ],
  };
}

async function created(
  projectUuid: string,
  found: MissionPackages,
  { wpId, title, dependencies }: MissionPackages["packages"][number],
): Promise<FollowingEvent> {
  const text = JSON.stringify(["WPCreated", projectUuid, found.mission.featureSlug, wpId]);
  return {
    type: "WPCreated",
    payload: {
      wp_id: wpId,
      title,
      feature_slug: found.mission.featureSlug,
      dependencies: dependencies.filter((id) => /^WP\d{2}$/.test(id)),
    },
    eventId: await derivedEventId(text, null),
  };
}

interface Move {
  readonly step: LaneStep;
  readonly from: Lane;
  readonly to: Lane;
}

/** The steps between lanes that events know, in their order; a step from elsewhere starts at the last such lane. */
function moves({ steps }: MissionPackages): Move[] {
  const last = new Map<string, Lane>();
  return steps.flatMap((step) => {
    const to = eventLane(step.to);
    if (to === null) return [];
    const from = eventLane(step.from ?? "") ?? last.get(step.wpId) ?? "planned";
    last.set(step.wpId, to);
    // What moves a package from one word for a lane to another is no move.
    return from === to && step.from !== step.to ? [] : [{ step, from, to }];
  });
}

const OTHER_WORDS = new Map([["genesis", "planned"], ["doing", "in_progress"]]);

/** The lane as events call it; `null` for one that they do not know. */
function eventLane(lane: string): Lane | null {
  const known = OTHER_WORDS.get(lane) ?? lane;
  return isLane(known) ? known : null;
}

async function moved(
  projectUuid: string,
  found: MissionPackages,
  { step, from, to }: Move,
): Promise<FollowingEvent> {
  const key = step.eventId === null ? [found.mission.featureSlug, contentOf(step)] : [step.eventId];
  const text = JSON.stringify(["WPStatusChanged", projectUuid, ...key]);
  return {
    type: "WPStatusChanged",
    payload: {
      wp_id: step.wpId,
      from_lane: from,
      to_lane: to,
      actor: step.actor,
      feature_slug: found.mission.featureSlug,
      ...(parseWith(DateTimeSchema, step.at).ok ? { at: step.at } : {}),
      ...(step.eventId === null ? {} : { step_id: step.eventId }),
    },
    eventId: await derivedEventId(text, step.eventId),
  };
}
