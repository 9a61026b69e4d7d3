import type { JsonObject } from "../../contract/field.ts";
import type { PushItem } from "../../contract/push.ts";
import type { ReceivedEvent } from "../../contract/received_events.ts";
import { packageName, packageOfName, stepTime } from "../../contract/work_packages.ts";
import type { PackageNews } from "../store/work_packages.ts";

/** Who tells of a package, and when. */
export type Teller = Pick<PackageNews, "teamId" | "userId" | "at">;

/**
 * Returns what an event says of a work package; `null` when it says nothing of one, or not of which mission it is. Its
 * payload keeps the rules of its type.
 */
export function newsOfEvent(
  event: ReceivedEvent,
  payload: JsonObject,
  teller: Teller,
): PackageNews | null {
  const { event_id: id, event_type: type, timestamp, project_slug: projectSlug = null } = event;
  if (teller.teamId === "" || type !== "WPCreated" && type !== "WPStatusChanged") return null;
  const of = packageOf(payload);
  if (of === null) return null;
  const { title, dependencies, to_lane: lane, at, step_id } = payload;
  const about = { ...teller, ...of, projectUuid: event.project_uuid.toLowerCase(), projectSlug };
  if (type === "WPCreated") {
    return {
      ...about,
      title: textIn(title),
      dependencies: Array.isArray(dependencies) ? dependencies.map(String) : null,
      step: null,
    };
  }
  const when = stepTime(textIn(at) ?? timestamp);
  return {
    ...about,
    title: null,
    dependencies: null,
    step: { lane: String(lane), at: when, id: textIn(step_id) ?? id },
  };
}

function packageOf({ feature_slug, wp_id }: JsonObject) {
  const [mission, id] = [textIn(feature_slug), textIn(wp_id)];
  // What is no name of a package could never be found by one.
  return mission === null || id === null
    ? null
    : packageOfName(packageName({ mission, wp_id: id }));
}

/** Returns what an item of a push says of a work package; `null` when it names none. */
export function newsOfItem(
  { work_package: told, patch }: PushItem,
  project: Pick<PackageNews, "projectUuid" | "projectSlug">,
  teller: Teller,
): PackageNews | null {
  if (told == null) return null;
  const { mission, wp_id, title, lane, at, event_id: id } = told;
  const blockers = patch?.links_add?.filter(({ type }) => type === "blocked_by") ?? [];
  const dependencies = blockers.flatMap(({ ref }) => {
    const other = packageOfName(ref.id);
    return other?.mission === mission ? [other.wp_id] : [];
  });
  return {
    ...teller,
    ...project,
    mission,
    wp_id,
    title: title ?? null,
    dependencies: dependencies.length === 0 ? null : dependencies,
    step: lane == null ? null : { lane, at: at == null ? null : stepTime(at), id: id ?? "" },
  };
}

function textIn(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
