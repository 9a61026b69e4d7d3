import * as v from "valibot";
import { isJsonObject } from "./field.ts";
import { parseWith } from "./parse.ts";

/** Who a fault comes from: the control plane, or the tracker behind it (wire.md, Errors). */
export const ERROR_SOURCES = ["saas", "provider"] as const;

/** One of {@link ERROR_SOURCES}. */
export type ErrorSource = typeof ERROR_SOURCES[number];

/** What every answer other than 2xx carries (wire.md, Errors). */
export type ErrorEnvelope = {
  readonly error_code: string;
  readonly category: string;
  readonly http_status: number;
  readonly message: string;
  readonly retryable: boolean;
  /** A person has to do something in the dashboard. */
  readonly user_action_required: boolean;
  readonly source: ErrorSource;
  /** Seconds to wait before the one repetition. */
  readonly retry_after_seconds?: number | undefined;
  readonly provider?: string | undefined;
  readonly details?: unknown;
};

/** Status and category of every error code (wire.md, Errors). */
export const ERROR_CODES = {
  invalid_candidate_token: { status: 400, category: "binding" },
  legacy_flow_forbidden: { status: 400, category: "binding" },
  unauthorized: { status: 401, category: "auth" },
  no_installation: { status: 403, category: "access" },
  missing_user_link: { status: 403, category: "access" },
  binding_not_found: { status: 404, category: "binding" },
  operation_not_found: { status: 404, category: "operation" },
  no_resource_mapping: { status: 404, category: "binding" },
  already_bound: { status: 409, category: "conflict" },
  ambiguous_project: { status: 409, category: "binding" },
  origin_conflict: { status: 409, category: "conflict" },
  idempotency_conflict: { status: 409, category: "conflict" },
  in_progress: { status: 409, category: "conflict" },
  mapping_disabled: { status: 409, category: "binding" },
  project_mismatch: { status: 403, category: "binding" },
  validation_error: { status: 422, category: "validation" },
  rate_limited: { status: 429, category: "rate_limit" },
  internal_error: { status: 500, category: "server" },
} as const;

/** An error code a host may answer with. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** Codes that say the saved `binding_ref` no longer routes (wire.md, Errors). */
export const STALE_BINDING_CODES = [
  "binding_not_found",
  "mapping_disabled",
  "project_mismatch",
] as const;

const RawEnvelopeSchema = v.pipe(
  v.looseObject({
    error_code: v.nullish(v.string()),
    code: v.nullish(v.string()),
    category: v.string(),
    http_status: v.number(),
    message: v.string(),
    retryable: v.boolean(),
    user_action_required: v.boolean(),
    source: v.picklist(ERROR_SOURCES),
    retry_after_seconds: v.nullish(v.number()),
    provider: v.nullish(v.string()),
    details: v.optional(v.unknown()),
  }),
  v.rawTransform(({ dataset, addIssue, NEVER }): ErrorEnvelope => {
    const { code, retry_after_seconds, provider, details, ...rest } = dataset.value;
    const error_code = rest.error_code ?? code;
    if (error_code == null) {
      addIssue({
        message: "is missing",
        path: [{
          type: "object",
          origin: "value",
          input: dataset.value,
          key: "error_code",
          value: undefined,
        }],
      });
      return NEVER;
    }
    return {
      ...rest,
      error_code,
      ...(retry_after_seconds == null ? {} : { retry_after_seconds }),
      ...(provider == null ? {} : { provider }),
      ...(details == null ? {} : { details }),
    };
  }),
);

/**
 * Schema of {@link ErrorEnvelope}. Reads `code` for `error_code`, as older hosts say it, drops `null` for the optional
 * fields, and keeps fields it does not know (wire.md, Errors).
 */
export const ErrorEnvelopeSchema: v.GenericSchema<unknown, ErrorEnvelope> = RawEnvelopeSchema;

/** Reads an error body; `null` when it is not an envelope (the caller then says "HTTP <status>"; wire.md, Errors). */
export function parseErrorEnvelope(body: unknown): ErrorEnvelope | null {
  if (!isJsonObject(body)) return null;
  const parsed = parseWith(ErrorEnvelopeSchema, body);
  return parsed.ok ? parsed.value : null;
}

/** What a host says when it builds an envelope; what is left out follows from the code. */
export interface ErrorEnvelopeInput {
  readonly code: ErrorCode;
  readonly message: string;
  /** HTTP status; the code's own unless given. */
  readonly status?: number;
  /** Whether the same request may succeed later; true for 429, 5xx and `in_progress` unless given. */
  readonly retryable?: boolean;
  /** Whether a person has to act in the dashboard; true for `access` codes unless given. */
  readonly userActionRequired?: boolean;
  readonly source?: ErrorSource;
  /** Seconds. */
  readonly retryAfterSeconds?: number;
  readonly provider?: string;
  readonly details?: unknown;
}

/** Builds the envelope a host answers with (wire.md, Errors). */
export function errorEnvelope(input: ErrorEnvelopeInput): ErrorEnvelope {
  const { status, category } = ERROR_CODES[input.code];
  const httpStatus = input.status ?? status;
  return {
    error_code: input.code,
    category,
    http_status: httpStatus,
    message: input.message,
    retryable: input.retryable ?? isRetryable(input.code, httpStatus),
    user_action_required: input.userActionRequired ?? category === "access",
    source: input.source ?? "saas",
    ...(input.retryAfterSeconds === undefined
      ? {}
      : { retry_after_seconds: input.retryAfterSeconds }),
    ...(input.provider === undefined ? {} : { provider: input.provider }),
    ...(input.details === undefined ? {} : { details: input.details }),
  };
}

function isRetryable(code: ErrorCode, httpStatus: number): boolean {
  return httpStatus === 429 || httpStatus >= 500 || code === "in_progress";
}
