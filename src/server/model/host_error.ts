import {
  type ErrorCode,
  type ErrorEnvelope,
  errorEnvelope,
  type ErrorSource,
} from "../../contract/errors.ts";

/** What went wrong, in the contract's terms (wire.md, Errors). */
export interface HostErrorInit {
  readonly code: ErrorCode;
  readonly message: string;
  /** The provider it is about. */
  readonly provider?: string;
  readonly details?: unknown;
  /** Seconds to wait before the one repetition. */
  readonly retryAfterSeconds?: number;
  /** Whose failure it is; the host's unless given. */
  readonly source?: ErrorSource;
}

/** What a service cannot or will not do. `http/` turns it into an answer. */
export class HostError extends Error {
  /** From the contract. */
  readonly code: ErrorCode;
  /** The provider it is about. */
  readonly provider: string | undefined;
  /** Further facts for the caller. */
  readonly details: unknown;
  /** Seconds to wait before the one repetition. */
  readonly retryAfterSeconds: number | undefined;

  /** Whose failure it is. */
  readonly source: ErrorSource | undefined;

  /** Creates an error. */
  constructor(init: HostErrorInit) {
    super(init.message);
    this.name = "HostError";
    this.code = init.code;
    this.provider = init.provider;
    this.details = init.details;
    this.retryAfterSeconds = init.retryAfterSeconds;
    this.source = init.source;
  }

  /** What is stored or sent of it. */
  get envelope(): ErrorEnvelope {
    const { code, message, provider, details, retryAfterSeconds, source } = this;
    return errorEnvelope({
      code,
      message,
      ...(provider === undefined ? {} : { provider }),
      ...(source === undefined ? {} : { source }),
      ...(details === undefined ? {} : { details }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
  }
}

/** Returns an error by its code and message alone. */
export function hostError(code: ErrorCode, message: string, provider?: string): HostError {
  return new HostError({ code, message, ...(provider === undefined ? {} : { provider }) });
}

/** Returns the error of a call that comes too early (wire.md, Errors). */
export function rateLimited(waitSeconds: number): HostError {
  return new HostError({
    code: "rate_limited",
    message: `Too many requests. Try again in ${waitSeconds} s.`,
    retryAfterSeconds: waitSeconds,
  });
}
