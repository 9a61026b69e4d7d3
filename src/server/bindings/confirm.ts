import type { HostedProvider } from "../../contract/providers.ts";
import type { ProjectIdentity } from "../../contract/routing.ts";
import {
  type HostContext,
  inTransaction,
  type TransactionContext,
} from "../context/host_context.ts";
import { belongsTo, type ProjectMapping } from "../model/binding.ts";
import { type HostError, hostError } from "../model/host_error.ts";
import type { Resource } from "../model/resource.ts";
import type { Caller } from "../model/user.ts";
import {
  insertMapping,
  mappingOfProject,
  mappingOfResource,
  setMappingState,
} from "../store/bindings.ts";
import { lockInstallation } from "../store/locks.ts";
import { spendCandidateToken } from "./candidate_tokens.ts";
import { requireInstallation } from "./resources.ts";

/** What a client confirms: the candidate by its hash, and the project it is for. */
export interface Confirmation {
  readonly provider: HostedProvider;
  readonly candidateHash: string;
  readonly project: ProjectIdentity;
}

/**
 * Binds a project to the resource that a candidate token stands for.
 *
 * @throws {HostError} `no_installation`, `invalid_candidate_token`, `already_bound`, `mapping_disabled`.
 */
export async function confirmBinding(
  context: TransactionContext,
  caller: Caller,
  { provider, candidateHash, project }: Confirmation,
): Promise<{ readonly mapping: ProjectMapping; readonly resource: Resource }> {
  await requireInstallation(context, caller.team.id, provider);
  const resource = await spendCandidateToken(
    context,
    candidateHash,
    caller.team.id,
    provider,
    project,
  );
  return { resource, mapping: await bindProject(context, resource, project) };
}

/**
 * Maps a project to a resource. The same pair again keeps its reference; a project that moves to
 * another resource leaves the old one free.
 *
 * @throws {HostError} `already_bound`, `mapping_disabled`.
 */
export async function bindProject(
  context: HostContext,
  resource: Resource,
  project: ProjectIdentity,
): Promise<ProjectMapping> {
  return await inTransaction(context, async ({ store, newId, now }) => {
    // One project has one mapping in an installation, and one resource has one project.
    await lockInstallation(store, resource.installationId);
    const held = await mappingOfResource(store, resource.id);
    if (held !== null && !belongsTo(held, project)) {
      throw hostError(
        "already_bound",
        `"${resource.label}" is bound to the project "${held.projectSlug}"`,
        resource.provider,
      );
    }
    if (held?.state === "disabled") throw disabled(held.bindingRef, resource.provider);
    if (held !== null) return held;
    const previous = await mappingOfProject(store, resource.installationId, project);
    if (previous !== null) await setMappingState(store, previous.bindingRef, "deleted");
    return await insertMapping(store, {
      bindingRef: newId("srm"),
      installationId: resource.installationId,
      resourceId: resource.id,
      project,
      boundAt: now(),
    });
  });
}

/** Returns the error of a call that is routed to a disabled mapping. */
export function disabled(bindingRef: string, provider: HostedProvider): HostError {
  return hostError(
    "mapping_disabled",
    `The mapping "${bindingRef}" is disabled. Enable it in the dashboard or bind again.`,
    provider,
  );
}
