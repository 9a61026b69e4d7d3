import type { Hono } from "hono";
import { TRACKER_PATHS } from "../../contract/paths.ts";
import { packageOfName } from "../../contract/work_packages.ts";
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
import { requireInstallation } from "../bindings/resources.ts";
import { type Route, routeCall } from "../bindings/route.ts";
import type { HostContext } from "../context/host_context.ts";
import { requireCaller } from "../http/auth.ts";
import { at, type Host, type HostEnv, send, sendJson } from "../http/context.ts";
import { parseRequest } from "../http/http_error.ts";
import { isConnected } from "../model/connection.ts";
import type { Caller } from "../model/user.ts";
import { mappingsOf } from "../store/bindings.ts";
import { statusOfConnections, statusOfResource } from "../store/connection_status.ts";
import { identityPathOf } from "../store/installations.ts";
import { listPackages, type PackageMapping } from "../store/packages.ts";
import { toldResources } from "../store/told_labels.ts";
import { statusFacts } from "../store/status_facts.ts";
import { requireReadable } from "../store/store.ts";
import { HOST_EXTENSIONS } from "./extensions.ts";

/** Adds status, mappings and health (wire.md, Tracker calls). */
export function addStatusRoutes(app: Hono<HostEnv>, host: Host): void {
  const { context, remembered } = host;

  app.get(at(TRACKER_PATHS.status), async (call) => {
    const caller = await requireCaller(host, call);
    const key = JSON.stringify([caller.user.id, caller.team.id, queryOf(call.req.url)]);
    const question = { key, version: call.get("version") };
    const json = await remembered.answers.read(context.store, question, async () => {
      const query = parseRequest(StatusQuerySchema, call.req.query());
      const status = query.binding_ref === undefined && query.project_slug === undefined
        ? await installationStatus(context, caller, query)
        : await projectStatus(context, caller, await routeCall(context, caller, query));
      return JSON.stringify(status);
    });
    return send({ status: 200, json });
  });

  app.get(at(TRACKER_PATHS.mappings), async (call) => {
    const caller = await requireCaller(host, call);
    const query = parseRequest(MappingsQuerySchema, call.req.query());
    const route = await routeCall(context, caller, query);
    const packages = await listPackages(context.store, route.resource.id);
    const result: MappingsResult = { mappings: packages.map(mappingOf) };
    return sendJson({ ...result, ...route.upgrade });
  });

  app.get(at(TRACKER_PATHS.health), async () => {
    await requireReadable(context.store);
    const { version } = host;
    const result: HealthResult = {
      status: "ok",
      ...(version === null ? {} : { version }),
      extensions: HOST_EXTENSIONS,
    };
    return sendJson(result);
  });
}

/** Returns the query of an address as it was written. */
function queryOf(url: string): string {
  const start = url.indexOf("?");
  return start < 0 ? "" : url.slice(start);
}

async function projectStatus(
  { store }: HostContext,
  caller: Caller,
  route: Route,
): Promise<StatusResult> {
  const { mapping, resource, installation } = route;
  const facts = await statusFacts(store, mapping, caller.user.id);
  const { hasConnection, isWorkedOn, linkId, counts } = facts;
  const connection = hasConnection ? await statusOfResource(store, resource.id) : null;
  return {
    provider: installation.provider,
    connected: connection === null || isConnected(connection),
    configured: true,
    project_slug: mapping.projectSlug,
    binding_ref: mapping.bindingRef,
    display_label: resource.label,
    sync_state: isWorkedOn ? "syncing" : mapping.lastSyncAt === null ? "never_synced" : "idle",
    ...(mapping.lastSyncAt === null ? {} : { last_sync_at: mapping.lastSyncAt }),
    identity_path: identityPathOf(installation, linkId),
    counts,
    ...(connection === null ? {} : { connection }),
    ...route.upgrade,
  };
}

async function installationStatus(
  context: HostContext,
  caller: Caller,
  query: StatusQuery,
): Promise<InstallationStatusResult> {
  const { store } = context;
  const installation = await requireInstallation(context, caller.team.id, query.provider);
  const resources = await toldResources(store, installation.id);
  const labels = new Map(resources.map(({ id, label }) => [id, label]));
  const mappings = await mappingsOf(store, installation.id);
  const connections = await statusOfConnections(store, installation);
  return {
    provider: installation.provider,
    connected: connections.length === 0 || connections.some(isConnected),
    configured: true,
    installation_id: installation.id,
    resource_count: resources.length,
    bindings: mappings.map((mapping) => ({
      binding_ref: mapping.bindingRef,
      project_slug: mapping.projectSlug,
      display_label: labels.get(mapping.resourceId) ?? mapping.resourceId,
      status: mapping.state,
      bound_at: mapping.boundAt,
    })),
    connections,
  };
}

function mappingOf({ packageId, ref, createdAt, updatedAt }: PackageMapping): Mapping {
  return {
    ...packageOfName(packageId) ?? { wp_id: packageId },
    system: ref.system,
    workspace: ref.workspace,
    external_id: ref.id,
    ...(ref.key == null ? {} : { external_key: ref.key }),
    ...(ref.url == null ? {} : { external_url: ref.url }),
    created_at: isoTime(createdAt),
    updated_at: isoTime(updatedAt),
  };
}
