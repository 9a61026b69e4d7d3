import type {
  BindableResource,
  BindCandidate,
  ResolutionResult,
} from "../../contract/discovery.ts";
import type { JsonObject } from "../../contract/field.ts";
import type { HostedProvider } from "../../contract/providers.ts";
import type { ProjectIdentity } from "../../contract/routing.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import { providerContext, type Resource } from "../model/resource.ts";
import type { Caller } from "../model/user.ts";
import { mappingOfProject, mappingOfResource } from "../store/bindings.ts";
import { resourceById } from "../store/resources.ts";
import { toldResources } from "../store/told_labels.ts";
import { makeCandidateTokens, storeCandidateToken } from "./candidate_tokens.ts";
import { confidentMatch, type MappedResource, type Match, rankResources } from "./matching.ts";
import { requireInstallation } from "./resources.ts";

/** Returns the resources of an installation, each with a token to bind it and the project that it is bound to. */
export async function bindableResources(
  context: HostContext,
  caller: Caller,
  installationId: string,
): Promise<BindableResource[]> {
  const resources = await toldResources(context.store, installationId);
  const tokens = await makeCandidateTokens(context, resources.length);
  return await inTransaction(context, async (context) => {
    const bindable: BindableResource[] = [];
    for (const { resource, mapping } of await mapped(context, resources)) {
      const token = tokens[bindable.length];
      if (token === undefined) break;
      bindable.push({
        candidate_token: await storeCandidateToken(context, token, caller.team.id, resource, null),
        display_label: resource.label,
        provider: resource.provider,
        provider_context: providerContext(resource),
        binding_ref: mapping?.bindingRef ?? null,
        bound_project_slug: mapping?.projectSlug ?? null,
        bound_at: mapping?.boundAt ?? null,
      });
    }
    return bindable;
  });
}

/**
 * Finds the resource for a project: the one it is bound to, the one that is sure, or the candidates (wire.md, Tracker calls).
 *
 * @throws {HostError} `no_installation`.
 */
export async function resolveBinding(
  context: HostContext,
  caller: Caller,
  provider: HostedProvider,
  project: ProjectIdentity,
): Promise<ResolutionResult> {
  const { store } = context;
  const installation = await requireInstallation(context, caller.team.id, provider);
  const known = await mappingOfProject(store, installation.id, project);
  if (known?.state === "active") {
    const resource = await resourceById(store, known.resourceId);
    const exact = {
      match_type: "exact",
      candidate_token: null,
      binding_ref: known.bindingRef,
      candidates: [],
      display_label: resource.label,
      provider_context: providerContext(resource),
    } as const;
    return exact;
  }
  const resources = await toldResources(store, installation.id);
  const matches = rankResources(project, await mapped(context, resources));
  return await offered(context, caller, project, matches);
}

/** A candidate with what tells resources of one name apart. */
type Candidate = BindCandidate & { readonly provider_context: JsonObject };

/** Gives the matches tokens: the sure one alone, else all. */
async function offered(
  context: HostContext,
  caller: Caller,
  project: ProjectIdentity,
  matches: readonly Match[],
): Promise<ResolutionResult> {
  const tokens = await makeCandidateTokens(context, matches.length);
  const sure = confidentMatch(matches);
  return await inTransaction(context, async (context) => {
    const candidates: Candidate[] = [];
    for (const [index, { resource, confidence, reason }] of matches.entries()) {
      const token = tokens[index];
      if (token === undefined || (sure !== null && sure.resource !== resource)) continue;
      candidates.push({
        candidate_token: await storeCandidateToken(
          context,
          token,
          caller.team.id,
          resource,
          project,
        ),
        display_label: resource.label,
        confidence,
        match_reason: reason,
        sort_position: index,
        provider_context: providerContext(resource),
      });
    }
    const only = sure === null ? undefined : candidates[0];
    return {
      match_type: only !== undefined ? "exact" : candidates.length > 0 ? "candidates" : "none",
      candidate_token: only?.candidate_token ?? null,
      binding_ref: null,
      candidates: only === undefined ? candidates : [],
      display_label: only?.display_label ?? null,
    };
  });
}

async function mapped(
  { store }: HostContext,
  resources: readonly Resource[],
): Promise<MappedResource[]> {
  return await Promise.all(
    resources.map(async (resource) => ({
      resource,
      mapping: await mappingOfResource(store, resource.id),
    })),
  );
}
