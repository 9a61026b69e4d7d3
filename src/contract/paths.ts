/** Paths of the tracker calls, below the base URL (wire.md, Tracker calls). */
export const TRACKER_PATHS = {
  status: "/api/v1/tracker/status/",
  mappings: "/api/v1/tracker/mappings/",
  pull: "/api/v1/tracker/pull/",
  push: "/api/v1/tracker/push/",
  run: "/api/v1/tracker/run/",
  operations: "/api/v1/tracker/operations/",
  health: "/api/v1/tracker/health/",
  resources: "/api/v1/tracker/resources/",
  resolve: "/api/v1/tracker/bind-resolve/",
  confirm: "/api/v1/tracker/bind-confirm/",
  validate: "/api/v1/tracker/bind-validate/",
  search: "/api/v1/tracker/issue-search/",
  bindOrigin: "/api/v1/tracker/mission-origin/bind/",
  listComments: "/api/v1/tracker/comments/list/",
  addComment: "/api/v1/tracker/comments/add/",
} as const;

/** Paths of signing in (wire.md, Authentication). */
export const AUTH_PATHS = {
  token: "/api/v1/token/",
  refresh: "/api/v1/token/refresh/",
  device: "/oauth/device",
  deviceToken: "/oauth/token",
  me: "/api/v1/me",
  authorize: "/oauth/authorize",
  revoke: "/oauth/revoke",
} as const;

/** Path of the event upload (wire.md, Events). */
export const EVENTS_BATCH_PATH = "/api/v1/events/batch/";

/** Path of the snapshot publish (wire.md, Tracker snapshots). */
export const SNAPSHOTS_PATH = "/api/v1/connectors/trackers/snapshots/";

/** Path of one asynchronous operation (wire.md, Tracker calls). */
export function operationPath(id: string): string {
  return `${TRACKER_PATHS.operations}${encodeURIComponent(id)}/`;
}

/** One call of the contract. */
export interface Endpoint {
  /** The operation's name; `operationId` in the OpenAPI document. */
  readonly operation: Operation;
  readonly method: "GET" | "POST";
  /** The path, with `{id}` where one goes in. */
  readonly path: string;
  /** Carries an `Idempotency-Key`. */
  readonly idempotent: boolean;
  /** May answer 202 while the work continues at the host. */
  readonly mayAnswer202: boolean;
}

/** The calls of the contract, by name. */
export type Operation =
  | "token"
  | "refresh"
  | "device"
  | "deviceToken"
  | "me"
  | "revoke"
  | "status"
  | "mappings"
  | "pull"
  | "push"
  | "run"
  | "operation"
  | "health"
  | "resources"
  | "resolve"
  | "confirm"
  | "validate"
  | "search"
  | "bindOrigin"
  | "listComments"
  | "addComment"
  | "eventsBatch"
  | "snapshots";

/** Every call of the contract, in its order (wire.md, Authentication; Tracker calls; Events; Tracker snapshots). */
export const ENDPOINTS: readonly Endpoint[] = [
  endpoint("token", "POST", AUTH_PATHS.token),
  endpoint("refresh", "POST", AUTH_PATHS.refresh),
  endpoint("device", "POST", AUTH_PATHS.device),
  endpoint("deviceToken", "POST", AUTH_PATHS.deviceToken),
  endpoint("revoke", "POST", AUTH_PATHS.revoke),
  endpoint("me", "GET", AUTH_PATHS.me),
  endpoint("status", "GET", TRACKER_PATHS.status),
  endpoint("mappings", "GET", TRACKER_PATHS.mappings),
  endpoint("pull", "POST", TRACKER_PATHS.pull),
  endpoint("push", "POST", TRACKER_PATHS.push, "idempotent", "asynchronous"),
  endpoint("run", "POST", TRACKER_PATHS.run, "idempotent", "asynchronous"),
  endpoint("operation", "GET", `${TRACKER_PATHS.operations}{id}/`),
  endpoint("health", "GET", TRACKER_PATHS.health),
  endpoint("resources", "GET", TRACKER_PATHS.resources),
  endpoint("resolve", "POST", TRACKER_PATHS.resolve),
  endpoint("confirm", "POST", TRACKER_PATHS.confirm, "idempotent"),
  endpoint("validate", "POST", TRACKER_PATHS.validate),
  endpoint("search", "POST", TRACKER_PATHS.search),
  endpoint("bindOrigin", "POST", TRACKER_PATHS.bindOrigin, "idempotent"),
  endpoint("listComments", "POST", TRACKER_PATHS.listComments),
  endpoint("addComment", "POST", TRACKER_PATHS.addComment, "idempotent"),
  endpoint("eventsBatch", "POST", EVENTS_BATCH_PATH),
  endpoint("snapshots", "POST", SNAPSHOTS_PATH, "idempotent"),
];

function endpoint(
  operation: Operation,
  method: "GET" | "POST",
  path: string,
  ...traits: readonly ("idempotent" | "asynchronous")[]
): Endpoint {
  return {
    operation,
    method,
    path,
    idempotent: traits.includes("idempotent"),
    mayAnswer202: traits.includes("asynchronous"),
  };
}
