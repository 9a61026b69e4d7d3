import type { Hono } from "hono";
import { TRACKER_PATHS } from "../../contract/paths.ts";
import {
  MappingsQuerySchema,
  type StatusQuery,
  StatusQuerySchema,
} from "../../contract/requests.ts";
import type {
  HealthResult,
  InstallationStatusResult,
  Mapping,
  MappingsResult,
  StatusResult,
} from "../../contract/results.ts";
import { isoTime } from "../../platform/clock.ts";
import { mappingsOf } from "../store/bindings.ts";
import { type Caller, requireCaller } from "../http/auth.ts";
import { EXTENSIONS } from "./extensions.ts";
import { at, type Host, type HostEnv, sendJson } from "../http/context.ts";
import type { HostData } from "../store/host_data.ts";
import { countByStatus, readIssue } from "../store/issues.ts";
import { isBusy } from "../jobs/operations.ts";
import { parseRequest } from "../http/http_error.ts";
import {
  identityPath,
  listResources,
  requireInstallation,
  type Resource,
} from "../store/resources.ts";
import { resourceById, type Route, routeCall } from "../bindings/route.ts";
import { integer, text } from "../store/row.ts";

/** Adds status, mappings and health. Hosted API, Tracker calls. */
export function addStatusRoutes(app: Hono<HostEnv>, host: Host): void {
  const { data } = host;

  app.get(at(TRACKER_PATHS.status), async (call) => {
    const caller = await requireCaller(host, call);
    const query = parseRequest(StatusQuerySchema, call.req.query());
    return sendJson(
      query.binding_ref === undefined && query.project_slug === undefined
        ? installationStatus(data, caller, query)
        : projectStatus(data, caller, routeCall(data, caller, query)),
    );
  });

  app.get(at(TRACKER_PATHS.mappings), async (call) => {
    const caller = await requireCaller(host, call);
    const query = parseRequest(MappingsQuerySchema, call.req.query());
    const route = routeCall(data, caller, query);
    const result: MappingsResult = { mappings: packageMappings(data, route.resource) };
    return sendJson({ ...result, ...route.upgrade });
  });

  app.get(at(TRACKER_PATHS.health), () => {
    data.one("SELECT 1");
    const result: HealthResult = { status: "ok" };
    const { version } = host;
    return sendJson({
      ...result,
      ...(version === null ? {} : { version }),
      extensions: EXTENSIONS,
    });
  });
}

function projectStatus(data: HostData, caller: Caller, route: Route): StatusResult {
  const { mapping, resource, installation } = route;
  return {
    provider: installation.provider,
    connected: true,
    configured: true,
    project_slug: mapping.projectSlug,
    binding_ref: mapping.bindingRef,
    display_label: resource.label,
    sync_state: isBusy(data, mapping.bindingRef)
      ? "syncing"
      : mapping.lastSyncAt === null
      ? "never_synced"
      : "idle",
    ...(mapping.lastSyncAt === null ? {} : { last_sync_at: mapping.lastSyncAt }),
    identity_path: identityPath(data, installation.id, caller.user.id),
    counts: countByStatus(data, resource.id),
    ...route.upgrade,
  };
}

function installationStatus(
  data: HostData,
  caller: Caller,
  query: StatusQuery,
): InstallationStatusResult {
  const installation = requireInstallation(data, caller.team.id, query.provider);
  return {
    provider: installation.provider,
    connected: true,
    configured: true,
    installation_id: installation.id,
    resource_count: listResources(data, installation.id).length,
    bindings: mappingsOf(data, installation.id).map((mapping) => ({
      binding_ref: mapping.bindingRef,
      project_slug: mapping.projectSlug,
      display_label: resourceById(data, mapping.resourceId).label,
      status: mapping.state,
      bound_at: mapping.boundAt,
    })),
  };
}

function packageMappings(data: HostData, resource: Resource): Mapping[] {
  return data.all(
    `SELECT wp_id, created_at, p.updated_at, json FROM package_mappings p
     JOIN issues ON issues.resource_id = p.resource_id AND issues.external_id = p.external_id
     WHERE p.resource_id = ? ORDER BY wp_id`,
    resource.id,
  ).map((row) => {
    const { ref } = readIssue(row);
    return {
      wp_id: text(row, "wp_id"),
      system: ref.system,
      workspace: ref.workspace,
      external_id: ref.id,
      ...(ref.key == null ? {} : { external_key: ref.key }),
      ...(ref.url == null ? {} : { external_url: ref.url }),
      created_at: isoTime(integer(row, "created_at")),
      updated_at: isoTime(integer(row, "updated_at")),
    };
  });
}
