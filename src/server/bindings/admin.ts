import { TrackerError } from "../../platform/tracker_error.ts";
import type { HostContext } from "../context/host_context.ts";
import type { MappingState, ProjectMapping } from "../model/binding.ts";
import { mappingsOf, setMappingState } from "../store/bindings.ts";
import { allInstallations } from "../store/installations.ts";
import { resourceById } from "../store/resources.ts";

/** A mapping as the administrator sees it. */
export interface ListedMapping extends ProjectMapping {
  readonly team: string;
  readonly provider: string;
  readonly label: string;
}

/** Returns all mappings of all teams that are not deleted. */
export async function listMappings({ store }: HostContext): Promise<ListedMapping[]> {
  const listed: ListedMapping[] = [];
  for (const { id, teamSlug, provider } of await allInstallations(store)) {
    for (const mapping of await mappingsOf(store, id)) {
      const { label } = await resourceById(store, mapping.resourceId);
      listed.push({ ...mapping, team: teamSlug, provider, label });
    }
  }
  return listed;
}

/**
 * Disables a mapping: calls routed by it are refused until it is enabled again.
 *
 * @throws {TrackerError} `mapping_not_found`.
 */
export async function disableMapping(context: HostContext, bindingRef: string): Promise<void> {
  await change(context, bindingRef, "disabled");
}

/**
 * Enables a disabled mapping.
 *
 * @throws {TrackerError} `mapping_not_found`.
 */
export async function enableMapping(context: HostContext, bindingRef: string): Promise<void> {
  await change(context, bindingRef, "active");
}

/**
 * Deletes a mapping for good: its reference is not given out again, its resource is free.
 *
 * @throws {TrackerError} `mapping_not_found`.
 */
export async function deleteMapping(context: HostContext, bindingRef: string): Promise<void> {
  await change(context, bindingRef, "deleted");
}

async function change(
  { store }: HostContext,
  bindingRef: string,
  state: MappingState,
): Promise<void> {
  if (await setMappingState(store, bindingRef, state)) return;
  throw new TrackerError({
    code: "mapping_not_found",
    message: `No mapping has the reference "${bindingRef}"`,
    nextAction: "Run `tracker host mapping list` to see the mappings.",
  });
}
