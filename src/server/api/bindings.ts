import type { Hono } from "hono";
import type {
  BindableResource,
  BindResult,
  ResolutionResult,
  ValidationResult,
} from "../../contract/discovery.ts";
import { TRACKER_PATHS } from "../../contract/paths.ts";
import {
  BindConfirmRequestSchema,
  type BindResolveRequest,
  BindResolveRequestSchema,
  type BindValidateRequest,
  BindValidateRequestSchema,
  ResourcesQuerySchema,
} from "../../contract/requests.ts";
import { sha256Hex } from "../../platform/random.ts";
import {
  belongsTo,
  bindProject,
  mappingByRef,
  mappingOfProject,
  mappingOfResource,
} from "../store/bindings.ts";
import { type Caller, requireCaller } from "../http/auth.ts";
import {
  makeCandidateTokens,
  spendCandidateToken,
  storeCandidateToken,
} from "../bindings/candidate_tokens.ts";
import { at, type Host, type HostEnv, sendJson } from "../http/context.ts";
import { answerOnce } from "../http/idempotency.ts";
import { confidentMatch, rankResources } from "../bindings/matching.ts";
import { parseRequest } from "../http/http_error.ts";
import { readJson } from "../http/body.ts";
import { listResources, requireInstallation } from "../store/resources.ts";
import { resourceById } from "../bindings/route.ts";

/** Adds resources, bind-resolve, bind-confirm and bind-validate. Hosted API, Tracker calls. */
export function addBindingRoutes(app: Hono<HostEnv>, host: Host): void {
  const { data } = host;

  app.get(at(TRACKER_PATHS.resources), async (call) => {
    const caller = await requireCaller(host, call);
    const { provider } = parseRequest(ResourcesQuerySchema, call.req.query());
    const installation = requireInstallation(data, caller.team.id, provider);
    return sendJson({
      resources: await bindableResources(host, caller, installation.id),
      installation_id: installation.id,
      provider,
    });
  });

  app.post(at(TRACKER_PATHS.resolve), async (call) => {
    const caller = await requireCaller(host, call);
    const request = parseRequest(BindResolveRequestSchema, (await readJson(call)).value);
    return sendJson(await resolve(host, caller, request));
  });

  app.post(at(TRACKER_PATHS.confirm), async (call) => {
    const caller = await requireCaller(host, call);
    const body = await readJson(call);
    const request = parseRequest(BindConfirmRequestSchema, body.value);
    const { provider, project_identity } = request;
    const hash = await sha256Hex(request.candidate_token);
    return await answerOnce(host, call, caller, body, () => {
      requireInstallation(data, caller.team.id, provider);
      const resource = spendCandidateToken(data, hash, caller.team.id, provider, project_identity);
      const mapping = bindProject(data, resource, project_identity);
      const result: BindResult = {
        binding_ref: mapping.bindingRef,
        display_label: resource.label,
        provider,
        provider_context: resource.context,
        bound_at: mapping.boundAt,
      };
      return { status: 200, json: JSON.stringify(result) };
    });
  });

  app.post(at(TRACKER_PATHS.validate), async (call) => {
    const caller = await requireCaller(host, call);
    const request = parseRequest(BindValidateRequestSchema, (await readJson(call)).value);
    return sendJson(validate(host, caller, request));
  });
}

async function bindableResources(
  host: Host,
  caller: Caller,
  installationId: string,
): Promise<BindableResource[]> {
  const { data } = host;
  const resources = listResources(data, installationId);
  const tokens = await makeCandidateTokens(data, resources.length);
  return data.transaction(() =>
    resources.flatMap((resource, index) => {
      const token = tokens[index];
      if (token === undefined) return [];
      const mapping = mappingOfResource(data, resource.id);
      return [{
        candidate_token: storeCandidateToken(data, token, caller.team.id, resource, null),
        display_label: resource.label,
        provider: resource.provider,
        provider_context: resource.context,
        binding_ref: mapping?.bindingRef ?? null,
        bound_project_slug: mapping?.projectSlug ?? null,
        bound_at: mapping?.boundAt ?? null,
      }];
    })
  );
}

async function resolve(
  host: Host,
  caller: Caller,
  request: BindResolveRequest,
): Promise<ResolutionResult> {
  const { data } = host;
  const { provider, project_identity: project } = request;
  const installation = requireInstallation(data, caller.team.id, provider);
  const known = mappingOfProject(data, installation.id, project);
  if (known?.state === "active") {
    const resource = resourceById(data, known.resourceId);
    const exact = {
      match_type: "exact",
      candidate_token: null,
      binding_ref: known.bindingRef,
      candidates: [],
      display_label: resource.label,
      provider_context: resource.context,
    } as const;
    return exact;
  }
  const matches = rankResources(
    project,
    listResources(data, installation.id).map((resource) => ({
      resource,
      mapping: mappingOfResource(data, resource.id),
    })),
  );
  const tokens = await makeCandidateTokens(data, matches.length);
  const sure = confidentMatch(matches);
  return data.transaction(() => {
    const candidates = matches.flatMap((match, index) => {
      const token = tokens[index];
      if (token === undefined || (sure !== null && sure !== match)) return [];
      return [{
        candidate_token: storeCandidateToken(data, token, caller.team.id, match.resource, project),
        display_label: match.resource.label,
        confidence: match.confidence,
        match_reason: match.reason,
        sort_position: index,
        // Tells resources of one name apart.
        provider_context: match.resource.context,
      }];
    });
    const only = sure === null ? undefined : candidates[0];
    const matchType = only !== undefined ? "exact" : candidates.length > 0 ? "candidates" : "none";
    return {
      match_type: matchType,
      candidate_token: only?.candidate_token ?? null,
      binding_ref: null,
      candidates: only === undefined ? candidates : [],
      display_label: only?.display_label ?? null,
    };
  });
}

function validate(
  host: Host,
  caller: Caller,
  request: BindValidateRequest,
): ValidationResult {
  const { data } = host;
  const { provider, binding_ref } = request;
  const installation = requireInstallation(data, caller.team.id, provider);
  const mapping = mappingByRef(data, binding_ref);
  const invalid = (
    reason: "mapping_deleted" | "mapping_disabled" | "project_mismatch",
    guidance: string,
  ) => ({ valid: false, binding_ref, reason, guidance }) as const;
  // A mapping of another team or provider looks like one that is not there.
  if (
    mapping === null || mapping.installationId !== installation.id || mapping.state === "deleted"
  ) {
    return invalid(
      "mapping_deleted",
      `No mapping of ${provider} has this reference. Run the bind again to choose a resource.`,
    );
  }
  if (!belongsTo(mapping, request.project_identity)) {
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
  const resource = resourceById(data, mapping.resourceId);
  const valid = {
    valid: true,
    binding_ref,
    display_label: resource.label,
    provider,
    provider_context: resource.context,
    // A checkout that has no identity yet takes the project's.
    project_uuid: mapping.projectUuid,
  } as const;
  return valid;
}
