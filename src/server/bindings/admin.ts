import { TrackerError } from "../../platform/tracker_error.ts";
import { requireAdmin, requireMember } from "../context/admin.ts";
import { audit } from "../context/audit.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import type { Actor } from "../model/actor.ts";
import type { AuditAction } from "../model/audit_action.ts";
import type { MappingState, ProjectMapping } from "../model/binding.ts";
import { mappingsOf, setMappingState, teamOfMapping } from "../store/bindings.ts";
import { allInstallations } from "../store/installations.ts";
import { resourceById } from "../store/resources.ts";

/** A mapping as the administrator sees it. */
export interface ListedMapping extends ProjectMapping {
  readonly team: string;
  readonly provider: string;
  readonly label: string;
}

/**
 * Returns the mappings of a team, or of all teams (`null`), that are not deleted.
 *
 * @throws {TrackerError} `admin_only` for a user who is not in the team.
 */
export async function listMappings(
  context: HostContext,
  actor: Actor,
  teamId: string | null,
): Promise<ListedMapping[]> {
  const { store } = context;
  await requireMember(context, actor, teamId);
  const listed: ListedMapping[] = [];
  for (const installation of await allInstallations(store)) {
    if (teamId !== null && installation.teamId !== teamId) continue;
    const { id, teamSlug, provider } = installation;
    for (const mapping of await mappingsOf(store, id)) {
      const { label } = await resourceById(store, mapping.resourceId);
      listed.push({ ...mapping, team: teamSlug, provider, label });
    }
  }
  return listed;
}

/** Changes a mapping in the name of an actor. */
type MappingChange = (context: HostContext, actor: Actor, bindingRef: string) => Promise<void>;

/**
 * Disables a mapping: calls routed by it are refused until it is enabled again.
 *
 * @throws {TrackerError} `mapping_not_found`, `admin_only`.
 */
export const disableMapping: MappingChange = (context, actor, bindingRef) =>
  change(context, actor, bindingRef, { state: "disabled", action: "mapping.disable" });

/**
 * Enables a disabled mapping.
 *
 * @throws {TrackerError} `mapping_not_found`, `admin_only`.
 */
export const enableMapping: MappingChange = (context, actor, bindingRef) =>
  change(context, actor, bindingRef, { state: "active", action: "mapping.enable" });

/**
 * Deletes a mapping for good: its reference is not given out again, its resource is free.
 *
 * @throws {TrackerError} `mapping_not_found`, `admin_only`.
 */
export const deleteMapping: MappingChange = (context, actor, bindingRef) =>
  change(context, actor, bindingRef, { state: "deleted", action: "mapping.delete" });

async function change(
  context: HostContext,
  actor: Actor,
  bindingRef: string,
  { state, action }: { readonly state: MappingState; readonly action: AuditAction },
): Promise<void> {
  await inTransaction(context, async (context) => {
    const { store } = context;
    const teamId = await teamOfMapping(store, bindingRef);
    if (teamId === null) throw mappingNotFound(bindingRef);
    await requireAdmin(context, actor, teamId);
    const changed = await setMappingState(store, bindingRef, state);
    if (!changed) throw mappingNotFound(bindingRef);
    await audit(context, { actor, teamId, action, target: bindingRef });
  });
}

function mappingNotFound(bindingRef: string): TrackerError {
  return new TrackerError({
    code: "mapping_not_found",
    message: `No mapping has the reference "${bindingRef}"`,
    nextAction: "Run `tracker host mapping list` to see the mappings.",
  });
}
