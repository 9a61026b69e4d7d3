import { type ErrorEnvelope, type ErrorSource, STALE_BINDING_CODES } from "../contract/errors.ts";
import { isJsonObject } from "../contract/field.ts";
import type { RoutingKey } from "../contract/routing.ts";
import { type ErrorDetails, TrackerError } from "../platform/tracker_error.ts";

/** What a {@link HostedApiError} is made of. */
export interface HostedApiErrorInit {
  /** The host's name for the fault; `http_<status>` when it gave none. */
  readonly errorCode: string;
  readonly message: string;
  /** HTTP status. */
  readonly statusCode: number;
  readonly category?: string | null;
  readonly retryable?: boolean;
  readonly userActionRequired?: boolean;
  readonly source?: ErrorSource | null;
  readonly details?: unknown;
  readonly nextAction?: string | null;
}

/** A failure the host reported. Hosted API, Errors. */
export class HostedApiError extends TrackerError {
  /** The host's name for the fault, such as `binding_not_found`; the same as `code`. */
  readonly errorCode: string;
  /** HTTP status. */
  readonly statusCode: number;
  /** The host's category; `null` when the answer was no envelope. */
  readonly category: string | null;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** Whether a person has to act in the dashboard. */
  readonly userActionRequired: boolean;
  /** Whose fault it is: the control plane's or the provider's; `null` when not said. */
  readonly source: ErrorSource | null;

  /** Makes a failure from its parts. */
  constructor(init: HostedApiErrorInit) {
    super({
      code: init.errorCode,
      message: init.message,
      nextAction: init.nextAction ?? null,
      details: detailsOf(init.details),
    });
    this.name = "HostedApiError";
    this.errorCode = init.errorCode;
    this.statusCode = init.statusCode;
    this.category = init.category ?? null;
    this.retryable = init.retryable ?? false;
    this.userActionRequired = init.userActionRequired ?? false;
    this.source = init.source ?? null;
  }

  /** The same failure with another next action and other details. */
  with(nextAction: string | null, details: ErrorDetails = this.details): HostedApiError {
    const { errorCode, message, statusCode, category, retryable, userActionRequired, source } =
      this;
    return new HostedApiError({
      ...{ errorCode, message, statusCode, category, retryable, userActionRequired, source },
      details,
      nextAction,
    });
  }
}

/** The failure an error envelope tells of. Hosted API, Errors. */
export function errorFromEnvelope(
  envelope: ErrorEnvelope,
  status: number,
  origin: string,
): HostedApiError {
  return new HostedApiError({
    errorCode: envelope.error_code,
    message: envelope.message.trim() === "" ? `HTTP ${status}` : envelope.message,
    statusCode: status,
    category: envelope.category,
    retryable: envelope.retryable,
    userActionRequired: envelope.user_action_required,
    source: envelope.source,
    details: envelope.details,
    nextAction: envelope.user_action_required
      ? `Open the dashboard of ${origin}, complete what it asks for, then try again.`
      : envelope.retryable
      ? TRY_AGAIN
      : null,
  });
}

/** The failure a status tells of when the body is no envelope. Hosted API, Errors. */
export function errorFromStatus(status: number): HostedApiError {
  const retryable = status === 429 || status >= 500;
  return new HostedApiError({
    errorCode: `http_${status}`,
    message: `HTTP ${status}`,
    statusCode: status,
    retryable,
    nextAction: retryable ? TRY_AGAIN : null,
  });
}

const TRY_AGAIN = "The host could not do it now: try again in a moment.";

/** The end of a session: only a new login helps. Hosted API, Errors. */
export function sessionExpired(): TrackerError {
  return new TrackerError({
    code: "session_expired",
    message: "Session expired. Run `tracker auth login`.",
  });
}

/** A call that has neither `binding_ref` nor `project_slug` to name. Hosted API, Tracker calls. */
export function missingRoutingKey(): TrackerError {
  return new TrackerError({
    code: "missing_routing_key",
    message: "The project has neither a `binding_ref` nor a `project_slug` to route the call by",
    nextAction: "Run `tracker bind` from this repo.",
  });
}

/** A saved `binding_ref` that the host does not route any more. */
export class StaleBindingError extends TrackerError {
  /** The reference that went stale. */
  readonly bindingRef: string;
  readonly provider: string;
  /** Why: one of `STALE_BINDING_CODES`. */
  readonly errorCode: string;

  /** Makes a failure from its parts. */
  constructor(
    init: {
      readonly bindingRef: string;
      readonly provider: string;
      readonly errorCode: string;
      /** The host's reason. */
      readonly reason: string;
    },
  ) {
    super({
      code: "stale_binding",
      message: `The binding "${init.bindingRef}" is stale: ${init.reason}`,
      nextAction: `Run \`tracker bind --provider ${init.provider}\` to bind again.`,
      details: {
        binding_ref: init.bindingRef,
        provider: init.provider,
        error_code: init.errorCode,
      },
    });
    this.name = "StaleBindingError";
    this.bindingRef = init.bindingRef;
    this.provider = init.provider;
    this.errorCode = init.errorCode;
  }
}

/**
 * What a failed call is for its caller: a {@link StaleBindingError} when it was routed by `binding_ref` and the host
 * says that this routes no more, else the failure as it came.
 */
export function explainRouting(
  error: unknown,
  provider: string,
  routing: RoutingKey | null,
): unknown {
  if (!(error instanceof HostedApiError) || routing?.binding_ref === undefined) return error;
  if (!STALE_BINDING_CODES.some((code) => code === error.errorCode)) return error;
  return new StaleBindingError({
    bindingRef: routing.binding_ref,
    provider,
    errorCode: error.errorCode,
    reason: error.message,
  });
}

/** The details of an envelope are an object by custom only. */
function detailsOf(details: unknown): ErrorDetails {
  if (details === undefined || details === null) return {};
  return isJsonObject(details) ? details : { details };
}
