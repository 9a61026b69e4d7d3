import type { Hono } from "hono";
import { AddCommentRequestSchema, ListCommentsRequestSchema } from "../../contract/comments.ts";
import { TRACKER_PATHS } from "../../contract/paths.ts";
import { routeCall } from "../bindings/route.ts";
import { requireCaller } from "../http/auth.ts";
import { readJson } from "../http/body.ts";
import { at, type Host, type HostEnv, sendJson } from "../http/context.ts";
import { parseRequest } from "../http/http_error.ts";
import { answerOnce } from "../http/idempotency.ts";
import { acceptComment, listAllComments } from "../jobs/place_comments.ts";

/** Adds comments/list and comments/add (wire.md, Comments). */
export function addCommentRoutes(app: Hono<HostEnv>, host: Host): void {
  app.post(at(TRACKER_PATHS.listComments), async (call) => {
    const caller = await requireCaller(host, call);
    const request = parseRequest(ListCommentsRequestSchema, (await readJson(call)).value);
    const route = await routeCall(host.context, caller, request);
    const found = await listAllComments(host.context, host.providers, route, request);
    return sendJson({ ...found, ...route.upgrade });
  });

  app.post(at(TRACKER_PATHS.addComment), async (call) => {
    const caller = await requireCaller(host, call);
    const body = await readJson(call);
    return await answerOnce(host, call, caller, body, async (context) => {
      const request = parseRequest(AddCommentRequestSchema, body.value);
      const route = await routeCall(context, caller, request);
      const comment = await acceptComment(context, caller, route, request);
      return { status: 200, json: JSON.stringify({ ...comment, ...route.upgrade }) };
    });
  });
}
