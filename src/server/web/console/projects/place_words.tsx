import { TrackerError } from "../../../../platform/tracker_error.ts";
import { HttpError } from "../../../http/http_error.ts";
import type { ProjectMapping } from "../../../model/binding.ts";
import { mappingOfResource } from "../../../store/bindings.ts";
import { type Place, placeOfTeam } from "../../../store/team_places.ts";
import type { Problems } from "../form.tsx";
import type { Visit } from "../visit.ts";

/** Returns the path of a place's page. */
export function placePath(resourceId: string): string {
  return `/projects/${encodeURIComponent(resourceId)}`;
}

/** Returns the path of the list of missions of the project that is bound to a place. */
export function missionsPath(resourceId: string): string {
  return `${placePath(resourceId)}/missions`;
}

/**
 * Returns the place that the address names, when it is one of the team.
 *
 * @throws {HttpError} 404.
 */
export async function requirePlace({ context, team, part }: Visit): Promise<Place> {
  const place = await placeOfTeam(context.store, team.id, part("place"));
  if (place !== null) return place;
  throw new HttpError({
    code: "validation_error",
    status: 404,
    message: "The team has no such place",
  });
}

/**
 * Returns the place that the address names, and the binding it holds.
 *
 * @throws {HttpError} 404.
 */
export async function requireBound(
  visit: Visit,
): Promise<{ readonly place: Place; readonly mapping: ProjectMapping }> {
  const place = await requirePlace(visit);
  const mapping = await mappingOfResource(visit.context.store, place.resource.id);
  if (mapping !== null) return { place, mapping };
  throw new HttpError({
    code: "validation_error",
    status: 404,
    message: "No project is bound to this place any more",
  });
}

/** Returns what a failure says of a form, at the field it names; rethrows what is no failure of the form. */
export function problemsOf(error: unknown, codes: readonly string[]): Problems {
  if (!(error instanceof TrackerError) || !codes.includes(error.code)) throw error;
  const { field } = error.details;
  return { [typeof field === "string" ? field : ""]: error.message };
}
