import {
  type BindableResource,
  type BindCandidate,
  isBound,
  type ResolutionResult,
} from "../contract/discovery.ts";
import { isJsonObject, type JsonObject } from "../contract/field.ts";
import { canonicalJson } from "../contract/snapshots.ts";

/** A row of `discover`: what `bind --select` takes for it, and the resource where it is known. */
export interface DiscoveredResource {
  /** What `bind --select` takes; `null` when resolving the project does not offer the resource. */
  readonly select: number | null;
  /** What people call it, such as `Engineering (ENG)`. */
  readonly label: string;
  /** `null` for a candidate that fits several resources: nothing tells which of them it is. */
  readonly resource: BindableResource | null;
}

/**
 * Returns the candidates of a resolution in the order of `sort_position`, numbered 0, 1, 2 …: positions with gaps or
 * repeats are closed, so that list, prompt and `--select` count alike (wire.md, Guarantees).
 */
export function orderedCandidates(resolution: ResolutionResult): readonly BindCandidate[] {
  return [...resolution.candidates]
    .sort((a, b) => a.sort_position - b.sort_position)
    .map((candidate, index) => ({ ...candidate, sort_position: index }));
}

/**
 * Returns the rows of `discover`: first what `bind --select` takes, by number, then the other resources in the order
 * of the host. A candidate is joined to a resource by token or reference, then by label and context; a label that
 * several resources have says nothing.
 */
export function discoveredResources(
  resources: readonly BindableResource[],
  resolution: ResolutionResult | null,
): readonly DiscoveredResource[] {
  const offers = resolution === null ? [] : offersOf(resolution);
  const left = new Set(resources);
  const numbered = offers.map((offer, index): DiscoveredResource => {
    const resource = resourceOf(offer, resources);
    if (resource !== null) left.delete(resource);
    return { select: index + 1, label: resource?.display_label ?? offer.label, resource };
  });
  // A candidate without its resource stands for one of those that share its label.
  const unjoined = new Set(
    numbered.filter(({ resource }) => resource === null).map(({ label }) => label),
  );
  const others = resources.filter((resource) => left.has(resource)).map((
    resource,
  ): DiscoveredResource => ({ select: null, label: resource.display_label, resource }));
  return [
    ...numbered,
    ...others.filter(({ label, resource }) =>
      !unjoined.has(label) || (resource !== null && isBound(resource))
    ),
  ];
}

/** What a resolution offers under one number. */
interface Offer {
  readonly label: string;
  readonly token: string | null;
  readonly bindingRef: string | null;
  /** What some hosts say of the resource beside the candidate. */
  readonly context: JsonObject | null;
}

function offersOf(resolution: ResolutionResult): readonly Offer[] {
  if (resolution.match_type === "none") return [];
  if (resolution.match_type === "exact") {
    const { display_label, candidate_token, binding_ref } = resolution;
    if (display_label === null && candidate_token === null && binding_ref === null) return [];
    return [{
      label: display_label ?? "",
      token: candidate_token,
      bindingRef: binding_ref,
      context: contextOf(resolution),
    }];
  }
  return orderedCandidates(resolution).map((candidate) => ({
    label: candidate.display_label,
    token: candidate.candidate_token,
    bindingRef: null,
    context: contextOf(candidate),
  }));
}

function resourceOf(
  offer: Offer,
  resources: readonly BindableResource[],
): BindableResource | null {
  const known = resources.find((resource) =>
    (offer.bindingRef !== null && resource.binding_ref === offer.bindingRef) ||
    (offer.token !== null && resource.candidate_token === offer.token)
  );
  if (known !== undefined) return known;
  const named = resources.filter(({ display_label }) => display_label === offer.label);
  const { context } = offer;
  const same = context === null || named.length === 1
    ? named
    : named.filter(({ provider_context }) =>
      canonicalJson(provider_context) === canonicalJson(context)
    );
  return same.length === 1 ? same[0] ?? null : null;
}

/** Returns the context that a host sends beside a candidate or a match; the core of the contract has none. */
function contextOf(answer: object): JsonObject | null {
  const context = "provider_context" in answer ? answer.provider_context : null;
  return isJsonObject(context) ? context : null;
}
