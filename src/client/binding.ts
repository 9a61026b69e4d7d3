import {
  type BindCandidate,
  type BindResult,
  findCandidateByPosition,
  type ResolutionResult,
} from "../contract/discovery.ts";
import { type ProjectIdentity, readBindingUpgrade } from "../contract/routing.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { invalidResponse } from "./answers.ts";
import { orderedCandidates } from "./binding_positions.ts";
import { type BoundOutcome, saveBound, type SavingDeps } from "./binding_saving.ts";
import type { HostedClient } from "./client.ts";
import { HostedApiError } from "./errors.ts";
import type { ChosenResource } from "./chosen_resource.ts";

/** What came of binding a project by its identity. */
export type BindOutcome =
  | BoundOutcome
  /** Several resources could be meant: a person chooses, then {@link bindCandidate}. */
  | {
    readonly kind: "choose";
    /** Ordered and numbered without gaps; number N is the one at `N - 1`. */
    readonly candidates: readonly BindCandidate[];
    readonly identity: ProjectIdentity;
  }
  /** The host knows no resource that could be meant; nothing was written. */
  | { readonly kind: "none"; readonly identity: ProjectIdentity };

/** What binding needs. */
export interface BindingDeps extends SavingDeps {
  readonly client: Pick<HostedClient, "bindResolve" | "bindConfirm">;
  readonly identity: ProjectIdentity;
  readonly chosen: ChosenResource;
}

/**
 * Binds the project to what its identity resolves to. `select` is the number of a candidate (`sort_position + 1`);
 * a sure match is number 1.
 *
 * @throws {TrackerError} `selection_out_of_range`, `candidate_expired`, and what the client and the config throw.
 */
export async function resolveAndBind(deps: BindingDeps, select?: number): Promise<BindOutcome> {
  const { identity } = deps;
  const resolution = await deps.client.bindResolve(deps.provider, identity);
  switch (resolution.match_type) {
    case "none":
      return { kind: "none", identity };
    case "exact":
      if (select !== undefined && select !== 1 && !(await isRepeated(deps, resolution, select))) {
        throw isTaken(resolution)
          ? alreadyBoundHere(deps.provider, resolution)
          : outOfRange(select, [1]);
      }
      return await bindExact(deps, resolution);
    case "candidates": {
      const candidates = orderedCandidates(resolution);
      if (candidates.length === 0) return { kind: "none", identity };
      if (select === undefined) return { kind: "choose", candidates, identity };
      return await bindCandidate(deps, candidateAt(candidates, select));
    }
  }
}

/**
 * Returns the candidate that a person means by a number.
 *
 * @throws {TrackerError} `selection_out_of_range`, naming the valid range.
 */
export function candidateAt(candidates: readonly BindCandidate[], select: number): BindCandidate {
  const candidate = findCandidateByPosition(candidates, select);
  if (candidate !== null) return candidate;
  throw outOfRange(select, candidates.map(({ sort_position }) => sort_position + 1));
}

/**
 * Confirms a candidate and saves the binding. A token that has run out is replaced once, by resolving again.
 *
 * @throws {TrackerError} `candidate_expired` when the same candidate is not offered again.
 */
export async function bindCandidate(
  deps: BindingDeps,
  candidate: BindCandidate,
): Promise<BoundOutcome> {
  await deps.chosen.remember({
    provider: deps.provider,
    select: candidate.sort_position + 1,
    displayLabel: candidate.display_label,
  });
  return await confirm(deps, {
    token: candidate.candidate_token,
    label: candidate.display_label,
    position: candidate.sort_position,
    via: "candidate",
  });
}

/** Returns whether the host has the binding already. */
function isTaken(resolution: ResolutionResult): boolean {
  return resolution.binding_ref !== null;
}

/** Returns whether an earlier bind chose this resource by the same number. */
async function isRepeated(
  deps: BindingDeps,
  resolution: ResolutionResult,
  select: number,
): Promise<boolean> {
  const earlier = await deps.chosen.recall();
  return earlier !== null && earlier.provider === deps.provider && earlier.select === select &&
    earlier.displayLabel === resolution.display_label && isTaken(resolution);
}

function alreadyBoundHere(provider: string, resolution: ResolutionResult): TrackerError {
  const label = resolution.display_label ?? resolution.binding_ref ?? "";
  return new TrackerError({
    code: "already_bound_here",
    message: `The host has this project bound to "${label}" already, and offers no other resource`,
    nextAction:
      `Take that binding with \`tracker bind -p ${provider} --select 1\`, or have it removed at the host ` +
      "to choose another.",
    details: {
      provider,
      binding_ref: resolution.binding_ref,
      display_label: resolution.display_label,
    },
  });
}

/** What is being confirmed, so that it can be found again under a fresh token. */
interface Selection {
  readonly token: string;
  readonly label: string | null;
  /** `null` for a sure match. */
  readonly position: number | null;
  readonly via: "exact" | "candidate";
}

async function bindExact(deps: BindingDeps, resolution: ResolutionResult): Promise<BoundOutcome> {
  const { binding_ref, candidate_token, display_label } = resolution;
  if (binding_ref !== null) return await saveKnown(deps, resolution, binding_ref);
  if (candidate_token === null) {
    const fault = "An exact match carries neither `binding_ref` nor `candidate_token`";
    throw invalidResponse("resolve", fault, "candidate_token");
  }
  return await confirm(deps, {
    token: candidate_token,
    label: display_label,
    position: null,
    via: "exact",
  });
}

async function confirm(deps: BindingDeps, selection: Selection): Promise<BoundOutcome> {
  try {
    return await confirmOnce(deps, selection.token, selection);
  } catch (error) {
    if (!isExpired(error)) throw error;
  }
  const again = await deps.client.bindResolve(deps.provider, deps.identity);
  if (again.match_type === "exact" && again.binding_ref !== null && isSameLabel(again, selection)) {
    return await saveKnown(deps, again, again.binding_ref);
  }
  const token = freshToken(again, selection);
  if (token === null) throw candidateExpired();
  try {
    return await confirmOnce(deps, token, selection);
  } catch (error) {
    throw isExpired(error) ? candidateExpired(error) : error;
  }
}

async function confirmOnce(
  deps: BindingDeps,
  token: string,
  { via, label }: Pick<Selection, "via" | "label">,
): Promise<BoundOutcome> {
  const answer = await confirmedOrExplained(deps, token);
  return await saveBound(deps, via, {
    bindingRef: answer.binding_ref,
    displayLabel: answer.display_label ?? label,
    providerContext: answer.provider_context,
  });
}

/** Confirms; a resource that another project has is told with the two ways out. */
async function confirmedOrExplained(deps: BindingDeps, token: string): Promise<BindResult> {
  const { provider } = deps;
  try {
    return await deps.client.bindConfirm(provider, token, deps.identity);
  } catch (error) {
    if (!(error instanceof HostedApiError) || error.errorCode !== "already_bound") throw error;
    throw error.with(
      `Choose another resource from \`tracker discover -p ${provider}\`, or have the other project's binding ` +
        "removed at the host first.",
    );
  }
}

/** Returns the token under which the host offers the same selection now. */
function freshToken(resolution: ResolutionResult, selection: Selection): string | null {
  if (resolution.match_type === "exact") {
    return isSameLabel(resolution, selection) ? resolution.candidate_token : null;
  }
  const same = orderedCandidates(resolution).filter(({ display_label }) =>
    display_label === selection.label
  );
  // Two resources may bear one label: then the place has to be the same too.
  const chosen = same.length > 1
    ? same.find(({ sort_position }) => sort_position === selection.position)
    : same[0];
  return chosen?.candidate_token ?? null;
}

/** Returns whether a sure match is what was selected; one without a label is taken at the host's word. */
function isSameLabel(resolution: ResolutionResult, selection: Selection): boolean {
  const { display_label } = resolution;
  return display_label === null || selection.label === null || display_label === selection.label;
}

/**
 * Saves a binding the host has already. Its context is the one beside the answer, where there is one; else that is
 * kept when it is the one saved before.
 */
async function saveKnown(
  deps: BindingDeps,
  resolution: ResolutionResult,
  bindingRef: string,
): Promise<BoundOutcome> {
  return await saveBound(deps, "exact", {
    bindingRef,
    displayLabel: resolution.display_label,
    providerContext: readBindingUpgrade(resolution, deps.provider)?.provider_context ?? null,
  });
}

function isExpired(error: unknown): boolean {
  return error instanceof HostedApiError && error.errorCode === "invalid_candidate_token";
}

function candidateExpired(cause?: unknown): TrackerError {
  return new TrackerError({
    code: "candidate_expired",
    message: "Candidate token expired. Run the bind again.",
    cause,
  });
}

function outOfRange(select: number, numbers: readonly number[]): TrackerError {
  const least = Math.min(...numbers);
  const greatest = Math.max(...numbers);
  const range = least === greatest ? `only ${least} is` : `${least} to ${greatest} are`;
  return new TrackerError({
    code: "selection_out_of_range",
    message: `"${select}" is not one of the candidates: ${range} valid`,
    nextAction: least === greatest
      ? `Choose number ${least}.`
      : `Choose a number from ${least} to ${greatest}.`,
    details: { selection: select, first: least, last: greatest },
  });
}
