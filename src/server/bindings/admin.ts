import { TrackerError } from "../../platform/tracker_error.ts";
import { mappingsOf, type ProjectMapping, setMappingState } from "../store/bindings.ts";
import type { HostData } from "../store/host_data.ts";
import { resourceById } from "./route.ts";
import { text } from "../store/row.ts";

/** A mapping as the administrator sees it. */
export interface ListedMapping extends ProjectMapping {
  readonly team: string;
  readonly provider: string;
  readonly label: string;
}

/** All mappings of all teams that are not deleted. */
export function listMappings(data: HostData): ListedMapping[] {
  const installations = data.all(
    `SELECT i.id, i.provider, teams.slug FROM installations i JOIN teams ON teams.id = i.team_id
     ORDER BY teams.slug, i.provider`,
  );
  return installations.flatMap((row) =>
    mappingsOf(data, text(row, "id")).map((mapping) => ({
      ...mapping,
      team: text(row, "slug"),
      provider: text(row, "provider"),
      label: resourceById(data, mapping.resourceId).label,
    }))
  );
}

/**
 * Disables a mapping: calls routed by it are refused until it is enabled again.
 *
 * @throws {TrackerError} `mapping_not_found`.
 */
export function disableMapping(data: HostData, bindingRef: string): void {
  change(data, bindingRef, "disabled");
}

/**
 * Enables a disabled mapping.
 *
 * @throws {TrackerError} `mapping_not_found`.
 */
export function enableMapping(data: HostData, bindingRef: string): void {
  change(data, bindingRef, "active");
}

/**
 * Deletes a mapping for good: its reference is not given out again, its resource is free.
 *
 * @throws {TrackerError} `mapping_not_found`.
 */
export function deleteMapping(data: HostData, bindingRef: string): void {
  change(data, bindingRef, "deleted");
}

function change(
  data: HostData,
  bindingRef: string,
  state: "active" | "disabled" | "deleted",
): void {
  data.transaction(() => {
    const exists = data.one(
      "SELECT 1 FROM mappings WHERE binding_ref = ? AND state <> 'deleted'",
      bindingRef,
    );
    if (exists !== null && setMappingState(data, bindingRef, state)) return;
    throw new TrackerError({
      code: "mapping_not_found",
      message: `No mapping has the reference "${bindingRef}"`,
      nextAction: "Run `tracker host mapping list` to see the mappings.",
    });
  });
}
