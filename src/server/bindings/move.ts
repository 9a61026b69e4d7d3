import { TrackerError } from "../../platform/tracker_error.ts";
import { requireAdmin } from "../context/admin.ts";
import { audit } from "../context/audit.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import type { Actor } from "../model/actor.ts";
import type { ProjectMapping } from "../model/binding.ts";
import {
  insertMapping,
  mappingOfResource,
  mappingOfTeam,
  setMappingState,
} from "../store/bindings.ts";
import { lockInstallation } from "../store/locks.ts";
import { placeOfTeam } from "../store/team_places.ts";

/** Which binding to move, and where to. */
export interface Move {
  readonly teamId: string;
  readonly bindingRef: string;
  /** A free resource of the same provider. */
  readonly resourceId: string;
}

/**
 * Binds a project to another resource of its provider. The old reference is not valid any more, so that no client
 * mixes the issues of two resources: each is told to bind again, and finds the new binding by itself.
 *
 * @throws {TrackerError} `admin_only`, `binding_not_movable`.
 */
export async function moveMapping(
  context: HostContext,
  actor: Actor,
  { teamId, bindingRef, resourceId }: Move,
): Promise<ProjectMapping> {
  return await inTransaction(context, async (context) => {
    const { store, newId, now } = context;
    await requireAdmin(context, actor, teamId);
    const before = await mappingOfTeam(store, teamId, bindingRef);
    if (before === null) throw notMovable("The project is not bound any more");
    await lockInstallation(store, before.installationId);
    const target = await placeOfTeam(store, teamId, resourceId);
    if (target === null || target.resource.installationId !== before.installationId) {
      throw notMovable("The team has no such place of this provider");
    }
    if (await mappingOfResource(store, resourceId) !== null) {
      throw notMovable(`Another project is bound to "${target.resource.label}"`);
    }
    if (!await setMappingState(store, bindingRef, "deleted")) {
      throw notMovable("The project is not bound any more");
    }
    const moved = await insertMapping(store, {
      bindingRef: newId("srm"),
      installationId: before.installationId,
      resourceId,
      project: {
        uuid: before.projectUuid,
        slug: before.projectSlug,
        ...(before.repoSlug === null ? {} : { repo_slug: before.repoSlug }),
      },
      boundAt: now(),
    });
    const details = { to: target.resource.label, binding_ref: moved.bindingRef };
    await audit(context, { actor, teamId, action: "mapping.move", target: bindingRef, details });
    return moved;
  });
}

function notMovable(message: string): TrackerError {
  return new TrackerError({
    code: "binding_not_movable",
    message,
    nextAction: "Open the list of projects once more and choose another place.",
  });
}
