import type { Hono } from "hono";
import { TRACKER_PATHS } from "../../contract/paths.ts";
import {
  type BindOriginRequest,
  BindOriginRequestSchema,
  IssueSearchRequestSchema,
} from "../../contract/requests.ts";
import type { BindOriginResult, IssueSearchResult } from "../../contract/search.ts";
import { isoTime } from "../../platform/clock.ts";
import { type Caller, requireCaller } from "../http/auth.ts";
import { at, type Host, type HostEnv, sendJson } from "../http/context.ts";
import type { HostData } from "../store/host_data.ts";
import { answerOnce } from "../http/idempotency.ts";
import { findIssue } from "../store/issues.ts";
import { OLDER_PATHS } from "./other_clients.ts";
import { parseRequest, Refusal, refuse } from "../http/http_error.ts";
import { readJson } from "../http/body.ts";
import { type Route, routeCall } from "../bindings/route.ts";
import { integer, text } from "../store/row.ts";
import { searchIssues } from "../sync/search.ts";

/** Adds issue-search and mission-origin/bind, at older paths too. Hosted API, Tracker calls, What our host reads. */
export function addOriginRoutes(app: Hono<HostEnv>, host: Host): void {
  const { data } = host;

  app.on("POST", [at(TRACKER_PATHS.search), at(OLDER_PATHS.search)], async (call) => {
    const caller = await requireCaller(host, call);
    const request = parseRequest(IssueSearchRequestSchema, (await readJson(call)).value);
    const route = routeCall(data, caller, request);
    requireLink(data, caller, route);
    const result: IssueSearchResult = {
      candidates: searchIssues(data, route.resource, request),
      resource_type: route.resource.resourceType,
      resource_id: route.resource.externalId,
    };
    return sendJson({ ...result, ...route.upgrade });
  });

  app.on("POST", [at(TRACKER_PATHS.bindOrigin), at(OLDER_PATHS.bindOrigin)], async (call) => {
    const caller = await requireCaller(host, call);
    const body = await readJson(call);
    return await answerOnce(host, call, caller, body, () => {
      const request = parseRequest(BindOriginRequestSchema, body.value);
      const route = routeCall(data, caller, request);
      requireLink(data, caller, route);
      const result = bindOrigin(data, route, request);
      return { status: 200, json: JSON.stringify({ ...result, ...route.upgrade }) };
    });
  });
}

/** Tickets are seen with the user's own account at the provider, never with the installation's. */
function requireLink(data: HostData, caller: Caller, route: Route): void {
  const link = data.one(
    "SELECT 1 FROM user_links WHERE installation_id = ? AND user_id = ?",
    route.installation.id,
    caller.user.id,
  );
  if (link !== null) return;
  const { provider } = route.installation;
  throw refuse(
    "missing_user_link",
    `Your account is not linked to ${provider}. Link it in the dashboard.`,
    provider,
  );
}

/** One origin per mission: the same issue again is the same link, another one is a conflict. */
function bindOrigin(data: HostData, route: Route, request: BindOriginRequest): BindOriginResult {
  const { installation, mapping, resource } = route;
  if (installation.provider !== "jira" && installation.provider !== "linear") {
    throw new Refusal({
      code: "validation_error",
      message: "Only Jira and Linear support origin binding",
      provider: installation.provider,
      details: [{ field: "provider", message: "must be jira or linear" }],
    });
  }
  if (findIssue(data, resource.id, request.external_issue_id) === null) {
    throw new Refusal({
      code: "validation_error",
      message: `No issue "${request.external_issue_id}" in "${resource.label}"`,
      provider: installation.provider,
      details: [{ field: "external_issue_id", message: "is not an issue of this resource" }],
    });
  }
  const known = data.one(
    `SELECT id, external_id, bound_at FROM origin_links
     WHERE installation_id = ? AND project_uuid = ? AND feature_slug = ?`,
    installation.id,
    mapping.projectUuid,
    request.feature_slug,
  );
  if (known === null) {
    const made = { origin_link_id: data.newId("org"), bound_at: data.nowIso() };
    data.run(
      `INSERT INTO origin_links (id, installation_id, project_uuid, feature_slug, external_id, json,
         bound_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
      made.origin_link_id,
      installation.id,
      mapping.projectUuid,
      request.feature_slug,
      request.external_issue_id,
      JSON.stringify(request),
      Date.parse(made.bound_at),
    );
    return made;
  }
  if (text(known, "external_id") !== request.external_issue_id) {
    throw refuse(
      "origin_conflict",
      `The mission "${request.feature_slug}" has another origin already`,
      installation.provider,
    );
  }
  return { origin_link_id: text(known, "id"), bound_at: isoTime(integer(known, "bound_at")) };
}
