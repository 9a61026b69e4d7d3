import { categoriseFailure, type FailureCategory } from "../contract/events.ts";
import { readHostError } from "../contract/host_error.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";

/** Why an upload ended early. Everything not sent stays queued. */
export interface UploadFailure {
  readonly category: FailureCategory;
  readonly message: string;
  /** What to do now. */
  readonly advice: string;
}

/** What to do about a failure of each category. */
export const FAILURE_ADVICE: Readonly<Record<FailureCategory, string>> = {
  schema_mismatch:
    "Update tracker. `tracker events list --parked` shows events the host refuses; " +
    "`tracker events retry` sends them again.",
  auth_expired: "Run `tracker auth login`. The events stay queued.",
  server_error: "The events stay queued and are sent again later.",
  unknown: "The events stay queued. Run `tracker events flush --verbose` to see the requests.",
};

const SIGNED_OUT: readonly string[] = [
  "session_expired",
  "missing_auth",
  "token_refused",
  "unauthorized",
];
const UNREACHABLE: readonly string[] = ["network_error", "network_timeout", "host_unreachable"];

/** Returns a failure of a known category. */
export function uploadFailure(category: FailureCategory, message: string): UploadFailure {
  return { category, message, advice: FAILURE_ADVICE[category] };
}

/** Returns the failure that an answer other than 200 and 400 reports (wire.md, Events). */
export function failureOfStatus(status: number, body: unknown): UploadFailure {
  // A web page comes from something in between and says nothing about the host.
  const told = typeof body === "string" ? null : readHostError(body).message;
  const message = told ?? `HTTP ${status}`;
  if (status === 401) return uploadFailure("auth_expired", message);
  if (status >= 500) return uploadFailure("server_error", message);
  return uploadFailure(categoriseFailure(message), message);
}

/** Returns the failure of a request that got no usable answer. */
export function failureOfError(error: unknown): UploadFailure {
  const message = errorText(error);
  if (!(error instanceof TrackerError)) return uploadFailure("server_error", message);
  if (SIGNED_OUT.includes(error.code)) return uploadFailure("auth_expired", message);
  if (UNREACHABLE.includes(error.code)) return uploadFailure("server_error", message);
  if ("statusCode" in error && typeof error.statusCode === "number") {
    return failureOfStatus(error.statusCode, { message });
  }
  const failure = uploadFailure(categoriseFailure(message), message);
  return error.nextAction === null ? failure : { ...failure, advice: error.nextAction };
}
