import type { JsonObject } from "../../contract/field.ts";
import type { HostedProvider } from "../../contract/providers.ts";
import type { RoutingKey } from "../../contract/routing.ts";
import type { HostContext } from "../context/host_context.ts";
import type { ProjectMapping } from "../model/binding.ts";
import { HostError, hostError } from "../model/host_error.ts";
import { type Installation, providerContext, type Resource } from "../model/resource.ts";
import type { Caller } from "../model/user.ts";
import { mappingOfTeam, mappingsOfSlug, placeOfTeam } from "../store/bindings.ts";
import { resourceById } from "../store/resources.ts";
import { disabled } from "./confirm.ts";
import { requireInstallation } from "./resources.ts";

/** Where a call goes. */
export interface Route {
  readonly installation: Installation;
  readonly mapping: ProjectMapping;
  readonly resource: Resource;
  /** Goes beside the payload: filled when a legacy slug was resolved, else empty. */
  readonly upgrade: JsonObject;
}

/**
 * Finds the mapping a routing key names (wire.md, Routing).
 *
 * @throws {HostError} `no_installation`, `binding_not_found`, `no_resource_mapping`, `mapping_disabled`,
 * `project_mismatch` when the reference is of another provider, `ambiguous_project` when several bindings have
 * the slug.
 */
export async function routeCall(
  context: HostContext,
  caller: Caller,
  request: RoutingKey & { readonly provider: HostedProvider },
): Promise<Route> {
  const { provider, binding_ref: ref } = request;
  const place = ref == null ? null : await placeOfTeam(context.store, caller.team.id, ref);
  if (place?.mapping.state === "active" && place.installation.provider === provider) {
    return { ...place, upgrade: {} };
  }
  // What is wrong is told in the order of what a call depends on.
  const installation = await requireInstallation(context, caller.team.id, provider);
  const mapping = request.binding_ref == null
    ? await bySlug(context, installation, request.project_slug)
    : await byRef(context, caller, installation, request.binding_ref);
  if (mapping.state === "disabled") throw disabled(mapping.bindingRef, provider);
  const resource = await resourceById(context.store, mapping.resourceId);
  const upgrade = request.binding_ref != null ? {} : {
    binding_ref: mapping.bindingRef,
    display_label: resource.label,
    provider_context: providerContext(resource),
  };
  return { installation, mapping, resource, upgrade };
}

/** Looked up within the team, so that no reference reaches another team's data. */
async function byRef(
  { store }: HostContext,
  caller: Caller,
  { id, provider }: Installation,
  bindingRef: string,
): Promise<ProjectMapping> {
  const mapping = await mappingOfTeam(store, caller.team.id, bindingRef);
  if (mapping === null || mapping.state === "deleted") {
    throw hostError("binding_not_found", `No mapping has the reference "${bindingRef}"`, provider);
  }
  if (mapping.installationId !== id) {
    throw hostError(
      "project_mismatch",
      `The mapping "${bindingRef}" is not one of ${provider}`,
      provider,
    );
  }
  return mapping;
}

/**
 * A project may have left disabled mappings behind; the active one counts. Of several, the newest would be a
 * guess that clients save for good.
 */
async function bySlug(
  context: HostContext,
  { id, provider }: Installation,
  slug: string,
): Promise<ProjectMapping> {
  const mappings = await mappingsOfSlug(context.store, id, slug);
  const active = mappings.filter(({ state }) => state === "active");
  const [first, ...others] = active.length === 0 ? mappings : active;
  if (first === undefined) {
    throw hostError(
      "no_resource_mapping",
      `No resource of ${provider} is mapped to the project "${slug}"`,
      provider,
    );
  }
  if (others.length > 0) throw await ambiguous(context, provider, slug, [first, ...others]);
  return first;
}

async function ambiguous(
  { store }: HostContext,
  provider: HostedProvider,
  slug: string,
  mappings: readonly ProjectMapping[],
): Promise<HostError> {
  const bindings = await Promise.all(
    mappings.map(async ({ bindingRef, resourceId, projectUuid }) => ({
      binding_ref: bindingRef,
      display_label: (await resourceById(store, resourceId)).label,
      project_uuid: projectUuid,
    })),
  );
  const named = bindings.map(({ binding_ref, display_label }) =>
    `${binding_ref} (${display_label})`
  );
  return new HostError({
    code: "ambiguous_project",
    message: `${bindings.length} bindings have the project "${slug}": ${
      named.join(", ")
    }. Bind the project again to say which.`,
    provider,
    details: { bindings },
  });
}
