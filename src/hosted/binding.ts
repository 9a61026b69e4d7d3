import {
  type BindCandidate,
  findCandidateByPosition,
  type InvalidReason,
  type ResolutionResult,
} from "../contract/discovery.ts";
import { classifyProvider, type HostedProvider } from "../contract/providers.ts";
import type { JsonObject } from "../contract/field.ts";
import { type ProjectIdentity, readBindingUpgrade } from "../contract/routing.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { type BindingConfig, saveBinding } from "../project/config.ts";
import { invalidResponse } from "./answers.ts";
import type { HostedClient } from "./client.ts";
import { HostedApiError } from "./errors.ts";

/** What came of binding a project by its identity. */
export type BindOutcome =
  | BoundOutcome
  /** Several resources could be meant: a person chooses, then {@link bindCandidate}. */
  | {
    readonly kind: "choose";
    /** By `sort_position`; number N is the one at `N - 1`. */
    readonly candidates: readonly BindCandidate[];
    readonly identity: ProjectIdentity;
  }
  /** The host knows no resource that could be meant; nothing was written. */
  | { readonly kind: "none"; readonly identity: ProjectIdentity };

/** A binding that was made and saved. */
export interface BoundOutcome {
  readonly kind: "bound";
  readonly binding: BindingConfig;
  /** How: the host was sure, a candidate was chosen, or a reference was given. */
  readonly via: "exact" | "candidate" | "ref";
}

/** What came of binding by a reference. */
export type ValidateOutcome =
  | BoundOutcome
  /** The host refuses the reference; nothing was written. */
  | {
    readonly kind: "invalid";
    readonly bindingRef: string;
    readonly reason: InvalidReason;
    /** The host's own words on what to do. */
    readonly guidance: string;
  };

/** What binding needs. */
export interface BindingDeps {
  readonly platform: Pick<Platform, "files">;
  /** The project's root. */
  readonly root: string;
  readonly provider: HostedProvider;
  readonly client: Pick<HostedClient, "bindResolve" | "bindConfirm" | "bindValidate">;
  readonly identity: ProjectIdentity;
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
      if (select !== undefined && select !== 1) throw outOfRange(select, [1]);
      return await bindExact(deps, resolution);
    case "candidates": {
      const candidates = [...resolution.candidates]
        .sort((a, b) => a.sort_position - b.sort_position);
      if (candidates.length === 0) return { kind: "none", identity };
      if (select === undefined) return { kind: "choose", candidates, identity };
      return await bindCandidate(deps, candidateAt(candidates, select));
    }
  }
}

/**
 * The candidate that a person means by a number.
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
  return await confirm(deps, {
    token: candidate.candidate_token,
    label: candidate.display_label,
    position: candidate.sort_position,
    via: "candidate",
  });
}

/** Has the host check a reference, and saves the binding when it is good. */
export async function validateAndBind(
  deps: BindingDeps,
  bindingRef: string,
): Promise<ValidateOutcome> {
  const answer = await deps.client.bindValidate(deps.provider, bindingRef, deps.identity);
  if (!answer.valid) {
    const { binding_ref, reason, guidance } = answer;
    return { kind: "invalid", bindingRef: binding_ref, reason, guidance };
  }
  return await save(deps, "ref", {
    bindingRef: answer.binding_ref,
    displayLabel: answer.display_label,
    providerContext: answer.provider_context,
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
    return await confirmOnce(deps, selection.token, selection.via);
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
    return await confirmOnce(deps, token, selection.via);
  } catch (error) {
    throw isExpired(error) ? candidateExpired(error) : error;
  }
}

async function confirmOnce(
  deps: BindingDeps,
  token: string,
  via: "exact" | "candidate",
): Promise<BoundOutcome> {
  const answer = await deps.client.bindConfirm(deps.provider, token, deps.identity);
  return await save(deps, via, {
    bindingRef: answer.binding_ref,
    displayLabel: answer.display_label,
    providerContext: answer.provider_context,
  });
}

/** The token under which the host offers the same selection now. */
function freshToken(resolution: ResolutionResult, selection: Selection): string | null {
  if (resolution.match_type === "exact") {
    return isSameLabel(resolution, selection) ? resolution.candidate_token : null;
  }
  const same = resolution.candidates.filter(({ display_label }) =>
    display_label === selection.label
  );
  // Two resources may bear one label: then the place has to be the same too.
  const chosen = same.length > 1
    ? same.find(({ sort_position }) => sort_position === selection.position)
    : same[0];
  return chosen?.candidate_token ?? null;
}

/** Whether a sure match is what was selected; one without a label is taken at the host's word. */
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
  return await save(deps, "exact", {
    bindingRef,
    displayLabel: resolution.display_label,
    providerContext: readBindingUpgrade(resolution)?.provider_context ?? null,
  });
}

async function save(
  deps: BindingDeps,
  via: BoundOutcome["via"],
  made: {
    readonly bindingRef: string;
    readonly displayLabel: string | null;
    readonly providerContext: JsonObject | null;
  },
): Promise<BoundOutcome> {
  const binding = await saveBinding(deps.platform, deps.root, (current) => {
    const isSameProvider = isProvider(current.provider, deps.provider);
    const isSameBinding = isSameProvider && current.bindingRef === made.bindingRef;
    return {
      ...(isSameProvider ? {} : { provider: deps.provider, projectSlug: null, workspace: null }),
      bindingRef: made.bindingRef,
      displayLabel: made.displayLabel ?? (isSameBinding ? current.displayLabel : null),
      providerContext: made.providerContext ?? (isSameBinding ? current.providerContext : null),
    };
  });
  return { kind: "bound", binding, via };
}

function isProvider(name: string | null, provider: HostedProvider): boolean {
  if (name === null) return false;
  const found = classifyProvider(name);
  return found.kind === "hosted" && found.provider === provider;
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
