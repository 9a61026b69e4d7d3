import { STALE_BINDING_CODES } from "../contract/errors.ts";
import { isJsonObject } from "../contract/field.ts";
import type { HostError } from "../contract/host_error.ts";
import type { RoutingKey } from "../contract/routing.ts";
import { type ErrorDetails, TrackerError } from "../platform/tracker_error.ts";

/** What a {@link HostedApiError} is made of. */
export interface HostedApiErrorInit {
  /** The host's name for the fault; `http_<status>` when it gave none. */
  readonly errorCode: string;
  /** One sentence for people: what went wrong. */
  readonly message: string;
  /** HTTP status. */
  readonly statusCode: number;
  /** The host's category; `null` unless given. */
  readonly category?: string | null;
  /** Whether the same request may succeed later; false unless given. */
  readonly retryable?: boolean;
  /** Whether a person has to act in the dashboard; false unless given. */
  readonly userActionRequired?: boolean;
  /** Whose fault it is; `null` unless given. */
  readonly source?: string | null;
  /** What the host adds; anything but an object is kept under `details`. */
  readonly details?: unknown;
  /** What to do now; `null` unless given. */
  readonly nextAction?: string | null;
}

/** A failure the host reported (wire.md, Errors). */
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
  readonly source: string | null;

  /** Creates a failure from its parts. */
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

  /** Returns the same failure with another next action and other details. */
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

/** Which answer a failure comes from. */
export interface FailedCall {
  /** The call as the contract names it. */
  readonly call: string;
  /** HTTP status. */
  readonly status: number;
  /** Origin of the host. */
  readonly origin: string;
}

/** Returns the failure that a host tells of; its status alone where it says nothing (wire.md, Errors). */
export function errorFromHost(
  told: HostError,
  { call, status, origin }: FailedCall,
): HostedApiError {
  const retryable = told.retryable ?? (status === 429 || status >= 500);
  return new HostedApiError({
    errorCode: told.code ?? `http_${status}`,
    message: told.message ?? `HTTP ${status} from "${call}"`,
    statusCode: status,
    category: told.category,
    retryable,
    userActionRequired: told.userActionRequired,
    source: told.source,
    details: told.details,
    nextAction: told.userActionRequired
      ? `Open the dashboard at ${origin}, complete what it asks for, then try again.`
      : retryable
      ? TRY_AGAIN
      : null,
  });
}

/**
 * Returns the failure of an HTML page where an answer should be: it is no word of a tracker host's (wire.md, Errors).
 */
export function errorFromPage({ call, status, origin }: FailedCall): HostedApiError {
  return new HostedApiError({
    errorCode: `http_${status}`,
    message: `HTTP ${status} from "${call}": a web page, so something in between answered, ` +
      `or there is no tracker host at ${origin}`,
    statusCode: status,
    retryable: status === 429 || status >= 500,
    nextAction:
      "Check the host URL, and the proxy or sign-in page between this machine and the host.",
  });
}

const TRY_AGAIN = "The host could not do it now: try again in a moment.";

/** Returns the failure of a session that has ended: only a new login helps (wire.md, Errors). */
export function sessionExpired(): TrackerError {
  return new TrackerError({
    code: "session_expired",
    message: "Session expired. Run `tracker auth login`.",
  });
}

/** Where a token comes from that cannot be refreshed: typed at a login, kept since one, or the environment. */
export type GivenTokenOrigin = "login" | "session" | "environment" | "command";

/**
 * Returns the failure of a token that the host does not accept, where there is no other: no refresh would help. `reason`
 * is what the host says, if anything: that the token has expired, or was revoked.
 */
export function tokenRefused(origin: GivenTokenOrigin, reason: string | null): TrackerError {
  const where = origin === "environment"
    ? " in `TRACKER_TOKEN`"
    : origin === "command"
    ? " of `auth.token_command`"
    : "";
  const why = reason === null ? "" : `: ${reason.trim().replace(/\.$/, "")}`;
  return new TrackerError({
    code: "token_refused",
    message: `The tracker host refused the token${where}${why}`,
    nextAction:
      `Ask those who run the host for a new one, as \`tracker host token create\` makes it${
        NEW_TOKEN[origin]
      }.`,
  });
}

const NEW_TOKEN: Readonly<Record<GivenTokenOrigin, string>> = {
  login: "; check that it belongs to this host",
  session: ", and give it to `tracker auth login --with-token`",
  command: ", and keep it where `auth.token_command` reads it",
  environment: ", and set `TRACKER_TOKEN` to it",
};

/** Returns the failure of a session with a part that no header can carry, such as one with a line break in it. */
export function unusableSession(
  what: "access token" | "team",
  origin: "login" | "environment" | "session",
): TrackerError {
  const variable = what === "team" ? "TRACKER_TEAM" : "TRACKER_TOKEN";
  return new TrackerError({
    code: "unusable_session",
    message: `The ${what} of the session holds characters that no request can carry`,
    nextAction: origin === "login"
      ? "Ask those who run the host to rename the team, or choose another with `--team`."
      : origin === "environment"
      ? `Set \`${variable}\` to the ${what} alone, without blanks and line breaks.`
      : "Run `tracker auth login`.",
  });
}

/** A call that has neither `binding_ref` nor `project_slug` to name (wire.md, Tracker calls). */
export function missingRoutingKey(): TrackerError {
  return new TrackerError({
    code: "missing_routing_key",
    message: "The project has neither a `binding_ref` nor a `project_slug` to route the call by",
    nextAction: "Run `tracker bind` from this repo.",
  });
}

/** A saved `binding_ref` that the host no longer routes: the project has to be bound again. */
export class StaleBindingError extends TrackerError {
  /** The reference that went stale. */
  readonly bindingRef: string;
  /** The provider of the binding, such as `linear`. */
  readonly provider: string;
  /** Why: one of `STALE_BINDING_CODES`. */
  readonly errorCode: string;

  /** Creates a failure from its parts. */
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
 * Returns what a failed call is for its caller: a {@link StaleBindingError} when it was routed by `binding_ref` and the
 * host says that this routes no more, else the failure as it came.
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

/** Returns the details of an envelope as an object, which they are by custom only. */
function detailsOf(details: unknown): ErrorDetails {
  if (details === undefined || details === null) return {};
  return isJsonObject(details) ? details : { details };
}
