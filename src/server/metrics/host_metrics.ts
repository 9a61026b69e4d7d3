import { Counter, Histogram, type MetricDefinition } from "./metric.ts";

/** Every metric of the host, by the name it has in the code. */
export const METRICS = {
  build: gauge("tracker_build_info", "Always 1: the version of the program and of Deno", [
    "version",
    "deno",
  ]),
  ready: gauge(
    "tracker_ready",
    "1 when the host takes requests, 0 when /readyz says that it does not",
  ),
  requests: counter("tracker_http_requests_total", "Requests answered, by call and status", [
    "call",
    "status",
  ]),
  duration: {
    name: "tracker_http_request_duration_seconds",
    type: "histogram",
    help: "Time from the head of a request to its answer, by call",
    labels: ["call"],
  },
  inFlight: gauge("tracker_http_requests_in_flight", "Requests that are being answered"),
  errors: counter("tracker_http_errors_total", "Requests answered with an error, by its code", [
    "code",
  ]),
  signInFailures: counter(
    "tracker_sign_in_failures_total",
    "Sign-ins refused for a wrong password or an invalid token, by call",
    ["call"],
  ),
  webhooks: counter("tracker_webhooks_total", "Webhooks of providers, by what became of them", [
    "outcome",
  ]),
  limits: counter("tracker_limits_hit_total", "Requests and connections that met a limit", [
    "limit",
  ]),
  connections: gauge("tracker_http_connections", "Open connections of clients"),
  connectionLimit: gauge("tracker_http_connections_limit", "Most connections of clients at once"),
  accepted: counter("tracker_http_connections_accepted_total", "Connections accepted"),
  bodyBytes: gauge("tracker_http_body_bytes", "Bytes reserved for large request bodies"),
  bodyLimit: gauge("tracker_http_body_bytes_limit", "Most bytes reserved for large request bodies"),
  bodiesWaiting: gauge("tracker_http_bodies_waiting", "Large request bodies that wait for room"),
  logDropped: counter(
    "tracker_log_lines_dropped_total",
    "Lines of the log that could not be written",
  ),
  loopDelay: gauge(
    "tracker_event_loop_delay_seconds",
    "Longest time in the last minute that work kept all requests waiting",
  ),
  storeUp: gauge("tracker_store_up", "1 when the database answers"),
  storeWaiting: gauge("tracker_store_waiting", "Work that waits for a connection to the database"),
  storeOpen: gauge("tracker_store_connections", "Connections to the database, by state", ["state"]),
  jobs: gauge("tracker_jobs", "Jobs that have not ended, by kind and state", ["kind", "state"]),
  jobAge: gauge("tracker_jobs_oldest_due_seconds", "Time that the oldest due job waits, by kind", [
    "kind",
  ]),
  outbox: gauge("tracker_outbox_items", "Pushed items that wait for their delivery, by provider", [
    "provider",
  ]),
  outboxAge: gauge("tracker_outbox_oldest_seconds", "Age of the oldest item, by provider", [
    "provider",
  ]),
  providerState: gauge("tracker_provider_connections", "Connections to providers, by state", [
    "provider",
    "state",
  ]),
  providerBudget: gauge(
    "tracker_provider_budget_left",
    "Requests that a provider still allows, by connection",
    ["provider", "connection"],
  ),
  memory: gauge("process_resident_memory_bytes", "Resident memory of the process"),
  started: gauge("process_start_time_seconds", "Start of the process, in seconds since 1970"),
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** The names of the metrics in the code. */
export type MetricName = keyof typeof METRICS;

/** What the host counts while it answers. */
export class HostMetrics {
  /** Requests by call and status. */
  readonly requests = new Counter(METRICS.requests);
  /** Their durations by call. */
  readonly duration = new Histogram();
  /** Errors by code. */
  readonly errors = new Counter(METRICS.errors);
  /** Refused sign-ins by call. */
  readonly signInFailures = new Counter(METRICS.signInFailures);
  /** Webhooks by outcome. */
  readonly webhooks = new Counter(METRICS.webhooks);
  /** Limits hit. */
  readonly limits = new Counter(METRICS.limits);
  /** Requests under way. */
  inFlight = 0;
}

function gauge(name: string, help: string, labels: readonly string[] = []): MetricDefinition {
  return { name, type: "gauge", help, labels };
}

function counter(name: string, help: string, labels: readonly string[] = []): MetricDefinition {
  return { name, type: "counter", help, labels };
}
