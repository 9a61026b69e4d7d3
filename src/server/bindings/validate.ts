import type { ValidationResult } from "../../contract/discovery.ts";
import type { HostedProvider } from "../../contract/providers.ts";
import type { PartialIdentity } from "../../contract/routing.ts";
import type { HostContext } from "../context/host_context.ts";
import { belongsTo } from "../model/binding.ts";
import { providerContext } from "../model/resource.ts";
import type { Caller } from "../model/user.ts";
import { mappingByRef } from "../store/bindings.ts";
import { statusOfResource } from "../store/connection_status.ts";
import { resourceById } from "../store/resources.ts";
import { requireInstallation } from "./resources.ts";

/** A reference that a client has saved, and the project it is for. */
export interface SavedBinding {
  readonly provider: HostedProvider;
  readonly bindingRef: string;
  readonly project: PartialIdentity;
}

/**
 * Tells whether a saved reference still binds a project, and if not, why (wire.md, Tracker calls).
 *
 * @throws {HostError} `no_installation`.
 */
export async function validateBinding(
  context: HostContext,
  caller: Caller,
  { provider, bindingRef, project }: SavedBinding,
): Promise<ValidationResult> {
  const installation = await requireInstallation(context, caller.team.id, provider);
  const mapping = await mappingByRef(context.store, bindingRef);
  const invalid = (
    reason: "mapping_deleted" | "mapping_disabled" | "project_mismatch",
    guidance: string,
  ) => ({ valid: false, binding_ref: bindingRef, reason, guidance }) as const;
  // A mapping of another team or provider looks like one that is not there.
  if (
    mapping === null || mapping.installationId !== installation.id || mapping.state === "deleted"
  ) {
    return invalid(
      "mapping_deleted",
      `No mapping of ${provider} has this reference. Run the bind again to choose a resource.`,
    );
  }
  if (!belongsTo(mapping, project)) {
    return invalid(
      "project_mismatch",
      `The reference belongs to the project "${mapping.projectSlug}".`,
    );
  }
  if (mapping.state === "disabled") {
    return invalid(
      "mapping_disabled",
      "The mapping is disabled. Enable it in the dashboard, or ask its administrator.",
    );
  }
  const resource = await resourceById(context.store, mapping.resourceId);
  const connection = await statusOfResource(context.store, resource.id);
  const valid = {
    valid: true,
    binding_ref: bindingRef,
    display_label: resource.label,
    provider,
    provider_context: providerContext(resource),
    // A checkout that has no identity yet takes the project's.
    project_uuid: mapping.projectUuid,
    ...(connection === null ? {} : { connection }),
  } as const;
  return valid;
}
