import * as v from "valibot";
import { ANSWER_LIMITS, jsonExcess } from "./json_limits.ts";
import { AGGREGATE_TYPES, type AggregateType } from "./event_rules.ts";
import {
  CountSchema,
  DateTimeSchema,
  FilledSchema,
  isJsonObject,
  type JsonObject,
  JsonObjectSchema,
  matching,
  UuidV4Schema,
} from "./field.ts";
import { parseWith } from "./parse.ts";

export * from "./event_rules.ts";

/** Most events one upload may carry (wire.md, Events). */
export const MAX_BATCH_EVENTS = 1000;

/** An event with its envelope: exactly these 15 fields (wire.md, Events). */
export type EventEnvelope = {
  /** ULID. */
  readonly event_id: string;
  readonly event_type: string;
  readonly aggregate_id: string;
  readonly aggregate_type: AggregateType;
  readonly payload: JsonObject;
  /** ISO 8601 with an offset. */
  readonly timestamp: string;
  /** 12 hex digits. */
  readonly node_id: string;
  /** From 0 up, increasing per node. */
  readonly lamport_clock: number;
  /** ULID of the event that caused this one. */
  readonly causation_id: string | null;
  /** "local" when unknown. */
  readonly team_slug: string;
  /** UUID v4; an event without one is queued but never sent. */
  readonly project_uuid: string | null;
  readonly project_slug: string | null;
  readonly git_branch: string | null;
  readonly head_commit_sha: string | null;
  readonly repo_slug: string | null;
};

/** An event that may be sent: it knows its project (wire.md, Events). */
export type SendableEvent = EventEnvelope & { readonly project_uuid: string };

/** Body of an upload, oldest first (wire.md, Events). */
export type EventBatchRequest = {
  readonly events: readonly SendableEvent[];
};

/** What the host did with one event (wire.md, Events). */
export type EventResult = {
  readonly event_id: string;
  readonly status: "success" | "duplicate" | "rejected";
  readonly error?: string | null | undefined;
  /** Older hosts' word for `error`. */
  readonly error_message?: string | null | undefined;
};

/** Answer to an upload (wire.md, Events). */
export type EventBatchResponse = {
  readonly results: readonly EventResult[];
};

const UlidSchema = matching(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, "must be a ULID");

const ENVELOPE_ENTRIES = {
  event_id: UlidSchema,
  event_type: FilledSchema,
  aggregate_id: FilledSchema,
  aggregate_type: v.picklist(AGGREGATE_TYPES),
  payload: JsonObjectSchema,
  timestamp: DateTimeSchema,
  node_id: matching(/^[0-9a-f]{12}$/, "must be 12 hex digits"),
  lamport_clock: CountSchema,
  causation_id: v.nullable(UlidSchema),
  team_slug: FilledSchema,
  project_uuid: v.nullable(UuidV4Schema),
  project_slug: v.nullable(v.string()),
  git_branch: v.nullable(v.string()),
  head_commit_sha: v.nullable(v.string()),
  repo_slug: v.nullable(v.string()),
};

/** The names of the envelope's fields, in their order (wire.md, Events). */
export const ENVELOPE_FIELDS: readonly string[] = Object.keys(ENVELOPE_ENTRIES);

/** Schema of {@link EventEnvelope}; another field is a fault (wire.md, Events). */
export const EventEnvelopeSchema: v.GenericSchema<unknown, EventEnvelope> = v.strictObject(
  ENVELOPE_ENTRIES,
);

/** Schema of {@link SendableEvent}. */
export const SendableEventSchema: v.GenericSchema<unknown, SendableEvent> = v.strictObject({
  ...ENVELOPE_ENTRIES,
  project_uuid: UuidV4Schema,
});

/** Schema of {@link EventBatchRequest}. */
export const EventBatchRequestSchema: v.GenericSchema<unknown, EventBatchRequest> = v.looseObject({
  events: v.pipe(
    v.array(SendableEventSchema),
    v.check((events) => events.length <= MAX_BATCH_EVENTS, "must hold at most 1000 events"),
  ),
});

/**
 * Schema of a batch whose events are not looked into yet, for a host that judges them one by one (wire.md, Events).
 */
export const EventBatchFrameSchema: v.GenericSchema<
  unknown,
  { readonly events: readonly unknown[] }
> = v.looseObject({
  events: v.pipe(
    v.array(v.unknown()),
    v.check((events) => events.length <= MAX_BATCH_EVENTS, "must hold at most 1000 events"),
  ),
});

/** Schema of {@link EventBatchResponse}. */
export const EventBatchResponseSchema: v.GenericSchema<unknown, EventBatchResponse> = v.looseObject(
  {
    results: v.array(v.looseObject({
      event_id: v.string(),
      status: v.picklist(["success", "duplicate", "rejected"]),
      error: v.nullish(v.string()),
      error_message: v.nullish(v.string()),
    })),
  },
);

/** Why a batch was refused; `event_id` is `null` when the reason is for the whole batch. */
export interface BatchFault {
  readonly event_id: string | null;
  readonly message: string;
}

const FaultListSchema = v.array(v.looseObject({
  event_id: v.string(),
  error: v.nullish(v.string()),
  reason: v.nullish(v.string()),
}));

const FailureSchema: v.GenericSchema<unknown, { error?: unknown; details?: unknown }> = v
  .looseObject({ error: v.optional(v.unknown()), details: v.optional(v.unknown()) });

/**
 * Reads a 400 of the upload, whose `details` is a list, a JSON string of one, or plain text for the whole batch. Always
 * gives at least one fault (wire.md, Events).
 */
export function parseBatchFailure(body: unknown): readonly BatchFault[] {
  const failure = parseWith(FailureSchema, body);
  if (!isJsonObject(body) || !failure.ok) return [forAll(body)];
  const { error, details } = failure.value;
  const list = parseWith(
    FaultListSchema,
    typeof details === "string" ? fromJson(details) : details,
  );
  if (!list.ok || list.value.length === 0) return [forAll(details, error)];
  return list.value.map((fault) => ({
    event_id: fault.event_id,
    message: fault.error ?? fault.reason ?? textOf(error) ?? NO_REASON,
  }));
}

const NO_REASON = "The host gave no reason";

function forAll(...reasons: readonly unknown[]): BatchFault {
  const message = reasons.map(textOf).find((reason) => reason !== undefined);
  return { event_id: null, message: message ?? NO_REASON };
}

function textOf(reason: unknown): string | undefined {
  if (typeof reason === "string") return reason.trim() === "" ? undefined : reason;
  const isEmpty = reason === undefined || reason === null ||
    (Array.isArray(reason) && reason.length === 0);
  return isEmpty ? undefined : JSON.stringify(reason);
}

function fromJson(text: string): unknown {
  if (jsonExcess(new TextEncoder().encode(text), ANSWER_LIMITS) !== null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What kind of failure a message tells of (wire.md, Events). */
export type FailureCategory = "schema_mismatch" | "auth_expired" | "server_error" | "unknown";

/** The first that fits wins: "invalid token" is about signing in, not about a schema. */
const CATEGORY_WORDS: readonly (readonly [RegExp, FailureCategory])[] = [
  [/\b401\b|\btokens?\b|expired|unauthor|unauthenticated/i, "auth_expired"],
  [/missing|field|schema|invalid|malformed/i, "schema_mismatch"],
  [/\b5\d\d\b|server|internal|unavailable|timed? ?-?out/i, "server_error"],
];

/** Categorises a failure by the words of its message (wire.md, Events). */
export function categoriseFailure(message: string): FailureCategory {
  return CATEGORY_WORDS.find(([words]) => words.test(message))?.[1] ?? "unknown";
}
