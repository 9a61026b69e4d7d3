import type { Hono } from "hono";
import { TRACKER_PATHS } from "../../contract/paths.ts";
import { BindOriginRequestSchema, IssueSearchRequestSchema } from "../../contract/requests.ts";
import type { BindOriginResult, IssueSearchResult } from "../../contract/search.ts";
import { bindOrigin, requireLink } from "../bindings/origin.ts";
import { routeCall } from "../bindings/route.ts";
import { requireCaller } from "../http/auth.ts";
import { readJson } from "../http/body.ts";
import { at, type Host, type HostEnv, sendJson } from "../http/context.ts";
import { parseRequest, requireShortNames } from "../http/http_error.ts";
import { answerOnce } from "../http/idempotency.ts";
import { searchIssues } from "../sync/search.ts";
import { OLDER_PATHS } from "./other_clients.ts";

/** Adds issue-search and mission-origin/bind, at older paths too (wire.md, Tracker calls; Other clients). */
export function addOriginRoutes(app: Hono<HostEnv>, host: Host): void {
  app.on("POST", [at(TRACKER_PATHS.search), at(OLDER_PATHS.search)], async (call) => {
    const caller = await requireCaller(host, call);
    const request = parseRequest(IssueSearchRequestSchema, (await readJson(call)).value);
    const route = await routeCall(host.context, caller, request);
    await requireLink(host.context, caller, route);
    const result: IssueSearchResult = {
      candidates: await searchIssues(host.context, route.resource, request),
      resource_type: route.resource.resourceType,
      resource_id: route.resource.externalId,
    };
    return sendJson({ ...result, ...route.upgrade });
  });

  app.on("POST", [at(TRACKER_PATHS.bindOrigin), at(OLDER_PATHS.bindOrigin)], async (call) => {
    const caller = await requireCaller(host, call);
    const body = await readJson(call);
    return await answerOnce(host, call, caller, body, async (context) => {
      const request = parseRequest(BindOriginRequestSchema, body.value);
      requireShortNames([["feature_slug", request.feature_slug]]);
      const route = await routeCall(context, caller, request);
      await requireLink(context, caller, route);
      const result: BindOriginResult = await bindOrigin(context, route, request);
      return { status: 200, json: JSON.stringify({ ...result, ...route.upgrade }) };
    });
  });
}
