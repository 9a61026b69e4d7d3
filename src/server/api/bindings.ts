import type { Hono } from "hono";
import type { BindResult } from "../../contract/discovery.ts";
import { TRACKER_PATHS } from "../../contract/paths.ts";
import {
  BindConfirmRequestSchema,
  BindResolveRequestSchema,
  BindValidateRequestSchema,
  ResourcesQuerySchema,
} from "../../contract/requests.ts";
import { sha256Hex } from "../../platform/random.ts";
import { confirmBinding } from "../bindings/confirm.ts";
import { bindableResources, resolveBinding } from "../bindings/resolve.ts";
import { requireInstallation } from "../bindings/resources.ts";
import { validateBinding } from "../bindings/validate.ts";
import { requireCaller } from "../http/auth.ts";
import { readJson } from "../http/body.ts";
import { at, type Host, type HostEnv, sendJson } from "../http/context.ts";
import { parseRequest, requireShortNames } from "../http/http_error.ts";
import { answerOnce } from "../http/idempotency.ts";
import { providerContext } from "../model/resource.ts";

/** Adds resources, bind-resolve, bind-confirm and bind-validate (wire.md, Tracker calls). */
export function addBindingRoutes(app: Hono<HostEnv>, host: Host): void {
  const { context } = host;

  app.get(at(TRACKER_PATHS.resources), async (call) => {
    const caller = await requireCaller(host, call);
    const { provider } = parseRequest(ResourcesQuerySchema, call.req.query());
    const installation = await requireInstallation(context, caller.team.id, provider);
    return sendJson({
      resources: await bindableResources(context, caller, installation.id),
      installation_id: installation.id,
      provider,
    });
  });

  app.post(at(TRACKER_PATHS.resolve), async (call) => {
    const caller = await requireCaller(host, call);
    const request = parseRequest(BindResolveRequestSchema, (await readJson(call)).value);
    const { provider, project_identity } = request;
    return sendJson(await resolveBinding(context, caller, provider, project_identity));
  });

  app.post(at(TRACKER_PATHS.confirm), async (call) => {
    const caller = await requireCaller(host, call);
    const body = await readJson(call);
    const request = parseRequest(BindConfirmRequestSchema, body.value);
    const { provider, project_identity: project } = request;
    requireShortNames([
      ["project_identity.uuid", project.uuid],
      ["project_identity.slug", project.slug],
    ]);
    const candidateHash = await sha256Hex(request.candidate_token);
    return await answerOnce(host, call, caller, body, async (context) => {
      const confirmation = { provider, candidateHash, project };
      const { mapping, resource } = await confirmBinding(context, caller, confirmation);
      const result: BindResult = {
        binding_ref: mapping.bindingRef,
        display_label: resource.label,
        provider,
        provider_context: providerContext(resource),
        bound_at: mapping.boundAt,
      };
      return { status: 200, json: JSON.stringify(result) };
    });
  });

  app.post(at(TRACKER_PATHS.validate), async (call) => {
    const caller = await requireCaller(host, call);
    const request = parseRequest(BindValidateRequestSchema, (await readJson(call)).value);
    const { provider, binding_ref: bindingRef, project_identity: project } = request;
    return sendJson(await validateBinding(context, caller, { provider, bindingRef, project }));
  });
}
