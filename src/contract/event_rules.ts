import { HOSTED_PROVIDERS } from "./providers.ts";
import * as v from "valibot";
import { DateTimeSchema, isJsonObject, type JsonObject, matching } from "./field.ts";
import { type ParseOutcome, parseWith } from "./parse.ts";

/** Every event type (behaviour.md, Events). */
export const EVENT_TYPES = [
  "WPStatusChanged",
  "WPCreated",
  "WPAssigned",
  "FeatureCreated",
  "FeatureCompleted",
  "HistoryAdded",
  "ErrorLogged",
  "DependencyResolved",
  "MissionOriginBound",
] as const;

/** One of {@link EVENT_TYPES}. */
export type EventType = typeof EVENT_TYPES[number];

/** What an event is about (wire.md, Events). */
export const AGGREGATE_TYPES = ["WorkPackage", "Feature"] as const;

/** One of {@link AGGREGATE_TYPES}. */
export type AggregateType = typeof AGGREGATE_TYPES[number];

/** Lanes a work package moves through. */
export const LANES = [
  "planned",
  "claimed",
  "in_progress",
  "for_review",
  "in_review",
  "approved",
  "done",
  "blocked",
  "canceled",
] as const;

/** One of {@link LANES}. */
export type Lane = typeof LANES[number];

/** Tells a lane from other text. */
export function isLane(text: string): text is Lane {
  return LANES.some((lane) => lane === text);
}

/** The rule for one payload field: as a schema, as JSON Schema, and in words ("must …"). */
export interface FieldRule {
  readonly required: boolean;
  readonly schema: v.GenericSchema<unknown, unknown>;
  readonly json: JsonObject;
  readonly rule: string;
}

/** The rules for one event type. */
export interface EventRule {
  /** What the event is about. */
  readonly aggregateType: (payload: JsonObject) => AggregateType;
  /** Which one it is about. */
  readonly aggregateId: (payload: JsonObject) => string;
  /** By field name; fields without a rule pass through. */
  readonly fields: Readonly<Record<string, FieldRule>>;
  /** The fields as one schema. */
  readonly schema: v.GenericSchema<unknown, JsonObject>;
}

const text = rule(v.pipe(v.string(), v.minLength(1)), { type: "string", minLength: 1 }, "be text");
const wpId = pattern("^WP\\d{2}$", "be `WP` and two digits");
// The directory of a mission, in either of its forms.
const featureSlug = pattern(
  "^(\\d{3}-[a-z0-9]+(-[a-z0-9]+)*|[a-z0-9]+(-[a-z0-9]+)*-[0-7][0-9A-HJKMNP-TV-Z]{7})$",
  "be three digits, a dash and a kebab-case name, or such a name, a dash and the first eight " +
    "characters of the mission's id",
);
const featureNumber = pattern("^\\d{3}$", "be three digits");
const dateTime = rule(
  DateTimeSchema,
  { type: "string", format: "date-time" },
  "be an ISO 8601 date and time with an offset",
);
const count = rule(
  v.pipe(v.number(), v.integer(), v.minValue(0)),
  { type: "integer", minimum: 0 },
  "be a whole number from 0 up",
);
const wpIds = rule(
  v.array(v.pipe(v.string(), v.regex(/^WP\d{2}$/))),
  { type: "array", items: { type: "string", pattern: "^WP\\d{2}$" } },
  "be a list of `WP` and two digits",
);
const duration = rule(
  v.union([v.string(), v.number()]),
  { type: ["string", "number"] },
  "be text or a number",
);

/** The payload of every event type, in one table (behaviour.md, Events). */
export const EVENT_RULES: Readonly<Record<EventType, EventRule>> = {
  WPStatusChanged: aboutWorkPackage({
    wp_id: wpId,
    from_lane: oneOf(LANES),
    to_lane: oneOf(LANES),
    actor: optional(text),
    feature_slug: optional(featureSlug),
    // When the step was made, where that was before the event.
    at: optional(dateTime),
    // What the lane log calls the step.
    step_id: optional(text),
  }),
  WPCreated: aboutWorkPackage({
    wp_id: wpId,
    title: text,
    feature_slug: featureSlug,
    dependencies: optional(wpIds),
  }),
  WPAssigned: aboutWorkPackage({
    wp_id: wpId,
    agent_id: text,
    phase: oneOf(["implementation", "review"]),
    retry_count: optional(count),
  }),
  FeatureCreated: aboutFeature({
    feature_slug: featureSlug,
    // A mission is numbered when it is merged, where its directory has no number.
    feature_number: optional(featureNumber),
    target_branch: text,
    wp_count: count,
    created_at: optional(dateTime),
  }),
  FeatureCompleted: aboutFeature({
    feature_slug: featureSlug,
    total_wps: count,
    completed_at: optional(dateTime),
    total_duration: optional(duration),
  }),
  HistoryAdded: aboutWorkPackage({
    wp_id: wpId,
    entry_type: oneOf(["note", "review", "error", "comment"]),
    entry_content: text,
    author: optional(text),
  }),
  ErrorLogged: {
    ...aboutWorkPackage({
      error_type: oneOf(["validation", "runtime", "network", "auth", "unknown"]),
      error_message: text,
      wp_id: optional(wpId),
      stack_trace: optional(text),
      agent_id: optional(text),
    }),
    // An error outside any work package belongs to the feature level, under a fixed id.
    aggregateType: (payload) => typeof payload["wp_id"] === "string" ? "WorkPackage" : "Feature",
    aggregateId: (payload) => typeof payload["wp_id"] === "string" ? payload["wp_id"] : "error",
  },
  DependencyResolved: aboutWorkPackage({
    wp_id: wpId,
    dependency_wp_id: wpId,
    resolution_type: oneOf(["completed", "skipped", "merged"]),
  }),
  MissionOriginBound: aboutFeature({
    feature_slug: featureSlug,
    provider: oneOf(HOSTED_PROVIDERS),
    external_issue_id: text,
    external_issue_key: text,
    external_issue_url: text,
    title: text,
  }),
};

/** A payload that keeps its rules, or the first field that does not and the rule it breaks. */
export type PayloadOutcome =
  | { readonly ok: true; readonly payload: JsonObject }
  | { readonly ok: false; readonly field: string; readonly rule: string };

/** Tells an event type from other text. */
export function isEventType(type: string): type is EventType {
  return EVENT_TYPES.some((known) => known === type);
}

/** Checks a payload against the rules of its type; an unknown type is a fault of `event_type`. */
export function validatePayload(type: string, payload: unknown): PayloadOutcome {
  if (!isEventType(type)) return { ok: false, field: "event_type", rule: "is not a known type" };
  if (!isJsonObject(payload)) return { ok: false, field: "payload", rule: "must be an object" };
  const { fields, schema } = EVENT_RULES[type];
  const parsed: ParseOutcome<JsonObject> = parseWith(schema, payload);
  if (parsed.ok) return { ok: true, payload: parsed.value };
  const field = parsed.path.split(/[.[]/, 1)[0] ?? parsed.path;
  if (!(field in payload)) return { ok: false, field, rule: "is a required field and is missing" };
  return { ok: false, field, rule: `must ${fields[field]?.rule ?? "keep its rule"}` };
}

/** Returns the two envelope fields that follow from a payload. */
export function aggregateOf(
  type: EventType,
  payload: JsonObject,
): { readonly aggregate_id: string; readonly aggregate_type: AggregateType } {
  const { aggregateId, aggregateType } = EVENT_RULES[type];
  return { aggregate_id: aggregateId(payload), aggregate_type: aggregateType(payload) };
}

function aboutWorkPackage(fields: Record<string, FieldRule>): EventRule {
  return about("WorkPackage", "wp_id", fields);
}

function aboutFeature(fields: Record<string, FieldRule>): EventRule {
  return about("Feature", "feature_slug", fields);
}

function about(
  aggregate: AggregateType,
  key: string,
  fields: Record<string, FieldRule>,
): EventRule {
  const entries = Object.entries(fields).map(([name, field]) => [name, field.schema] as const);
  return {
    aggregateType: () => aggregate,
    aggregateId: (payload) => String(payload[key]),
    fields,
    schema: v.looseObject(Object.fromEntries(entries)),
  };
}

function rule(
  schema: v.GenericSchema<unknown, unknown>,
  json: JsonObject,
  words: string,
): FieldRule {
  return { required: true, schema, json, rule: words };
}

function pattern(source: string, words: string): FieldRule {
  return rule(matching(new RegExp(source), words), { type: "string", pattern: source }, words);
}

function oneOf(choices: readonly string[]): FieldRule {
  return rule(
    v.picklist(choices),
    { type: "string", enum: [...choices] },
    `be one of ${choices.join(", ")}`,
  );
}

/** Emitters say `null` for what they do not know. */
function optional(field: FieldRule): FieldRule {
  return {
    required: false,
    schema: v.optional(v.nullable(field.schema)),
    json: { anyOf: [field.json, { type: "null" }] },
    rule: field.rule,
  };
}
