import * as v from "valibot";
import { type ConnectionStatus, ConnectionStatusSchema } from "./connection.ts";
import {
  CountSchema,
  DateTimeSchema,
  FilledSchema,
  type JsonObject,
  JsonObjectSchema,
} from "./field.ts";
import type { ItemError } from "./results.ts";

/** How sure the host is of a candidate (wire.md, Resources and candidates). */
export const CONFIDENCES = ["high", "medium", "low"] as const;

/** One of {@link CONFIDENCES}. */
export type Confidence = typeof CONFIDENCES[number];

/** Why a binding is not valid (wire.md, Resources and candidates). */
export const INVALID_REASONS = ["mapping_deleted", "mapping_disabled", "project_mismatch"] as const;

/** One of {@link INVALID_REASONS}. */
export type InvalidReason = typeof INVALID_REASONS[number];

/** A tracker resource a project can be bound to (wire.md, Resources and candidates). */
export type BindableResource = {
  /** Short-lived and single-use; never stored. `null` where the host offers none. */
  readonly candidate_token: string | null;
  /** What people call it, such as `Engineering (ENG)`. */
  readonly display_label: string;
  /** The provider it is at. */
  readonly provider: string;
  /** What the provider says of it; not interpreted here. */
  readonly provider_context: JsonObject;
  /** The routing key of its binding; `null` where it has none. */
  readonly binding_ref: string | null;
  /** The project it is bound to; `null` when it is free. */
  readonly bound_project_slug: string | null;
  /** ISO 8601 with an offset. */
  readonly bound_at: string | null;
};

/** All resources of an installation (wire.md, Resources and candidates). */
export type ResourcesResult = {
  /** The resources, in the order of the host. */
  readonly resources: readonly BindableResource[];
  /** Members that could not be read; only where there are some. */
  readonly item_errors?: readonly ItemError[] | null | undefined;
  /** `null` where the host does not say. */
  readonly installation_id: string | null;
  /** The provider they are at. */
  readonly provider: string;
};

/** A resource that could be this project (wire.md, Resources and candidates). */
export type BindCandidate = {
  /** Short-lived and single-use; never stored. */
  readonly candidate_token: string;
  /** What people call it, such as `Engineering (ENG)`. */
  readonly display_label: string;
  /** How sure the host is. */
  readonly confidence: Confidence;
  /** Why the host offers it, in its own words. */
  readonly match_reason: string;
  /** Zero-based ordinal; people see it plus one. */
  readonly sort_position: number;
};

/** What the host makes of a project's identity (wire.md, Resources and candidates). */
export type ResolutionResult = {
  readonly match_type: "exact" | "candidates" | "none";
  readonly candidate_token: string | null;
  readonly binding_ref: string | null;
  readonly candidates: readonly BindCandidate[];
  /** Members that could not be read; only where there are some. */
  readonly item_errors?: readonly ItemError[] | null | undefined;
  readonly display_label: string | null;
};

/** A confirmed binding (wire.md, Resources and candidates). */
export type BindResult = {
  readonly binding_ref: string;
  readonly display_label: string | null;
  readonly provider: string;
  readonly provider_context: JsonObject | null;
  /** ISO 8601 with an offset. */
  readonly bound_at: string | null;
};

/** Whether a binding reference is good; both are a 200 (wire.md, Resources and candidates). */
export type ValidationResult =
  | {
    readonly valid: true;
    readonly binding_ref: string;
    readonly display_label: string | null;
    readonly provider: string;
    readonly provider_context: JsonObject | null;
    /** The connection that brings the issues; absent where they live in the host, and where it does not say. */
    readonly connection?: ConnectionStatus | null | undefined;
  }
  | {
    readonly valid: false;
    readonly binding_ref: string;
    /** One of {@link INVALID_REASONS}, or a word that is not known here. */
    readonly reason: string;
    /** The host's own words on what to do; `null` when it has none. */
    readonly guidance: string | null;
  };

/** Schema of {@link BindableResource}. */
export const BindableResourceSchema: v.GenericSchema<unknown, BindableResource> = v.looseObject({
  candidate_token: FilledSchema,
  display_label: v.string(),
  provider: v.string(),
  provider_context: JsonObjectSchema,
  binding_ref: v.nullable(v.string()),
  bound_project_slug: v.nullable(v.string()),
  bound_at: v.nullable(DateTimeSchema),
});

/** Schema of {@link ResourcesResult}. */
export const ResourcesResultSchema: v.GenericSchema<unknown, ResourcesResult> = v.looseObject({
  resources: v.array(BindableResourceSchema),
  installation_id: v.string(),
  provider: v.string(),
});

/** Schema of {@link BindCandidate}. */
export const BindCandidateSchema: v.GenericSchema<unknown, BindCandidate> = v.looseObject({
  candidate_token: FilledSchema,
  display_label: v.string(),
  confidence: v.picklist(CONFIDENCES),
  match_reason: v.string(),
  sort_position: CountSchema,
});

/** Schema of {@link ResolutionResult}. */
export const ResolutionResultSchema: v.GenericSchema<unknown, ResolutionResult> = v.looseObject({
  match_type: v.picklist(["exact", "candidates", "none"]),
  candidate_token: v.nullable(FilledSchema),
  binding_ref: v.nullable(FilledSchema),
  candidates: v.array(BindCandidateSchema),
  display_label: v.nullable(v.string()),
});

/** Schema of {@link BindResult}. */
export const BindResultSchema: v.GenericSchema<unknown, BindResult> = v.looseObject({
  binding_ref: FilledSchema,
  display_label: v.string(),
  provider: v.string(),
  provider_context: JsonObjectSchema,
  bound_at: DateTimeSchema,
});

/** Schema of {@link ValidationResult}. */
export const ValidationResultSchema: v.GenericSchema<unknown, ValidationResult> = v.variant(
  "valid",
  [
    v.looseObject({
      valid: v.literal(true),
      binding_ref: FilledSchema,
      display_label: v.string(),
      provider: v.string(),
      provider_context: JsonObjectSchema,
      connection: v.nullish(ConnectionStatusSchema),
    }),
    v.looseObject({
      valid: v.literal(false),
      binding_ref: FilledSchema,
      reason: v.picklist(INVALID_REASONS),
      guidance: v.string(),
    }),
  ],
);

/**
 * Finds what a person means by number `selectNumber` (1-based): the candidate whose `sort_position` is one less,
 * wherever it stands in the list. `null` when there is none (wire.md, Guarantees).
 */
export function findCandidateByPosition(
  candidates: readonly BindCandidate[],
  selectNumber: number,
): BindCandidate | null {
  return candidates.find((candidate) => candidate.sort_position === selectNumber - 1) ?? null;
}

/** Returns whether a project is bound to the resource already (wire.md, Resources and candidates). */
export function isBound(resource: BindableResource): boolean {
  return resource.binding_ref !== null;
}
