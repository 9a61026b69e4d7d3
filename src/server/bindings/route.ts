import type { JsonObject } from "../../contract/field.ts";
import type { HostedProvider } from "../../contract/providers.ts";
import type { RoutingKey } from "../../contract/routing.ts";
import { disabled, mappingByRef, type ProjectMapping, readMapping } from "../store/bindings.ts";
import type { Caller } from "../http/auth.ts";
import type { HostData } from "../store/host_data.ts";
import { Refusal, refuse } from "../http/http_error.ts";
import {
  type Installation,
  readResource,
  requireInstallation,
  type Resource,
  RESOURCE_COLUMNS,
} from "../store/resources.ts";

/** Where a call goes. */
export interface Route {
  readonly installation: Installation;
  readonly mapping: ProjectMapping;
  readonly resource: Resource;
  /** Goes beside the payload: filled when a legacy slug was resolved, else empty. */
  readonly upgrade: JsonObject;
}

/**
 * Finds the mapping a routing key names. Hosted API, Tracker calls (Routing).
 *
 * @throws {Refusal} `no_installation`, `binding_not_found`, `no_resource_mapping`, `mapping_disabled`,
 * `project_mismatch` when the reference is of another provider, `ambiguous_project` when several bindings have
 * the slug.
 */
export function routeCall(
  data: HostData,
  caller: Caller,
  request: RoutingKey & { readonly provider: HostedProvider },
): Route {
  const { provider } = request;
  const installation = requireInstallation(data, caller.team.id, provider);
  const mapping = request.binding_ref == null
    ? bySlug(data, installation, request.project_slug)
    : byRef(data, caller, installation, request.binding_ref);
  if (mapping.state === "disabled") throw disabled(mapping.bindingRef, provider);
  const resource = resourceById(data, mapping.resourceId);
  const upgrade = request.binding_ref != null ? {} : {
    binding_ref: mapping.bindingRef,
    display_label: resource.label,
    provider_context: resource.context,
  };
  return { installation, mapping, resource, upgrade };
}

/** The resource with this id; it must exist. */
export function resourceById(data: HostData, id: string): Resource {
  const row = data.one(
    `SELECT ${RESOURCE_COLUMNS} FROM resources r JOIN installations i ON i.id = r.installation_id
     WHERE r.id = ?`,
    id,
  );
  if (row === null) throw new TypeError(`No resource "${id}"`);
  return readResource(row);
}

/** The team an installation belongs to is checked here, so that no reference reaches another team's data. */
function byRef(
  data: HostData,
  caller: Caller,
  installation: Installation,
  bindingRef: string,
): ProjectMapping {
  const { provider } = installation;
  const mapping = mappingByRef(data, bindingRef);
  const owner = mapping === null ? null : data.one(
    "SELECT provider FROM installations WHERE id = ? AND team_id = ?",
    mapping.installationId,
    caller.team.id,
  );
  if (mapping === null || owner === null || mapping.state === "deleted") {
    throw refuse("binding_not_found", `No mapping has the reference "${bindingRef}"`, provider);
  }
  if (mapping.installationId !== installation.id) {
    throw refuse(
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
function bySlug(data: HostData, installation: Installation, slug: string): ProjectMapping {
  const { provider } = installation;
  const mappings = data.all(
    `SELECT * FROM mappings WHERE installation_id = ? AND project_slug = ? AND state <> 'deleted'
     ORDER BY state, bound_at DESC, binding_ref`,
    installation.id,
    slug,
  ).map(readMapping);
  const active = mappings.filter(({ state }) => state === "active");
  const [first, ...others] = active.length === 0 ? mappings : active;
  if (first === undefined) {
    throw refuse(
      "no_resource_mapping",
      `No resource of ${provider} is mapped to the project "${slug}"`,
      provider,
    );
  }
  if (others.length > 0) throw ambiguous(data, provider, slug, [first, ...others]);
  return first;
}

function ambiguous(
  data: HostData,
  provider: HostedProvider,
  slug: string,
  mappings: readonly ProjectMapping[],
): Refusal {
  const bindings = mappings.map(({ bindingRef, resourceId, projectUuid }) => ({
    binding_ref: bindingRef,
    display_label: resourceById(data, resourceId).label,
    project_uuid: projectUuid,
  }));
  const named = bindings.map(({ binding_ref, display_label }) =>
    `${binding_ref} (${display_label})`
  );
  return new Refusal({
    code: "ambiguous_project",
    message: `${bindings.length} bindings have the project "${slug}": ${
      named.join(", ")
    }. Bind the project again to say which.`,
    provider,
    details: { bindings },
  });
}
