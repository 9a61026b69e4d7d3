import * as v from "valibot";
import {
  AGGREGATE_TYPES,
  EVENT_RULES,
  EVENT_TYPES,
  isEventType,
  type PayloadOutcome,
  validatePayload,
} from "./event_rules.ts";
import {
  CountSchema,
  DateTimeSchema,
  FilledSchema,
  type JsonObject,
  JsonObjectSchema,
  matching,
  UuidV4Schema,
} from "./field.ts";
import { parseWith } from "./parse.ts";

/**
 * An event as a host takes it, from emitters of other makes and ages: with fields of their own beside the 15,
 * and without those that may be null (wire.md, Other clients).
 */
export type ReceivedEvent = {
  /** ULID or UUID. */
  readonly event_id: string;
  readonly event_type: string;
  readonly aggregate_type: string;
  readonly payload: JsonObject;
  /** ISO 8601 with an offset. */
  readonly timestamp: string;
  readonly project_uuid: string;
  readonly project_slug?: string | null | undefined;
  readonly node_id: string;
  readonly lamport_clock: number;
  readonly team_slug?: string | null | undefined;
  /** Tells emitters of spec-kitty 3.1 and newer from the older ones. */
  readonly schema_version?: string | null | undefined;
};

const EventIdSchema = matching(
  /^([0-7][0-9A-HJKMNP-TV-Z]{25}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
  "must be a ULID or a UUID",
);

/** Schema of {@link ReceivedEvent}; what it does not name passes through (wire.md, Other clients). */
export const ReceivedEventSchema: v.GenericSchema<unknown, ReceivedEvent> = v.looseObject({
  event_id: EventIdSchema,
  event_type: FilledSchema,
  aggregate_id: FilledSchema,
  aggregate_type: FilledSchema,
  payload: JsonObjectSchema,
  timestamp: DateTimeSchema,
  node_id: matching(/^[0-9a-f]{12}$/, "must be 12 hex digits"),
  lamport_clock: CountSchema,
  causation_id: v.nullish(EventIdSchema),
  team_slug: v.nullish(v.string()),
  project_uuid: UuidV4Schema,
  project_slug: v.nullish(v.string()),
  git_branch: v.nullish(v.string()),
  head_commit_sha: v.nullish(v.string()),
  repo_slug: v.nullish(v.string()),
  schema_version: v.nullish(v.string()),
  build_id: v.nullish(v.string()),
});

/** What a payload member is called by emitters that name a feature a mission, in the order they are asked for. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  feature_slug: ["mission_slug", "mission_id"],
  title: ["wp_title"],
  dependencies: ["depends_on"],
};

/** Members whose vocabulary grows with the emitter: once events say their version, only the form is a rule. */
const OPEN_MEMBERS: Readonly<Record<string, v.GenericSchema<unknown, unknown>>> = {
  from_lane: FilledSchema,
  to_lane: FilledSchema,
  feature_slug: FilledSchema,
  provider: FilledSchema,
  actor: v.union([v.string(), JsonObjectSchema]),
};

const KNOWN_AGGREGATES: readonly string[] = [
  ...AGGREGATE_TYPES,
  "Mission",
  "MissionDossier",
  "Build",
];

/**
 * Checks what is known of an event's type: an unknown type, and members that no rule names, are no fault
 * (wire.md, Other clients).
 */
export function validateReceived(event: ReceivedEvent): PayloadOutcome {
  const { event_type: type } = event;
  if (!isEventType(type)) return { ok: true, payload: event.payload };
  if (!KNOWN_AGGREGATES.includes(event.aggregate_type)) {
    const rule = `must be one of ${KNOWN_AGGREGATES.join(", ")}`;
    return { ok: false, field: "aggregate_type", rule };
  }
  const payload = withOurNames(event.payload);
  // A lane that is not known is kept, by emitters of any age: the table of lanes grows.
  const isOpen = event.schema_version != null || type === "WPStatusChanged";
  if (!isOpen) return validatePayload(type, payload);
  const parsed = parseWith(VERSIONED_SCHEMAS.get(type) ?? EVENT_RULES[type].schema, payload);
  if (parsed.ok) return { ok: true, payload: parsed.value };
  const field = parsed.path.split(/[.[]/, 1)[0] ?? parsed.path;
  const rule = field in payload ? parsed.message : "is a required field and is missing";
  return { ok: false, field, rule };
}

/** By event type. */
const VERSIONED_SCHEMAS: ReadonlyMap<string, v.GenericSchema<unknown, JsonObject>> = new Map(
  EVENT_TYPES.map((type) => {
    const fields = Object.entries(EVENT_RULES[type].fields).map(([name, { schema, required }]) => {
      const open = OPEN_MEMBERS[name];
      return [name, open === undefined ? schema : required ? open : v.nullish(open)] as const;
    });
    return [type, v.looseObject(Object.fromEntries(fields))];
  }),
);

/** Returns the payload with each member of another name under ours too, where ours is absent. */
function withOurNames(payload: JsonObject): JsonObject {
  const named: Record<string, unknown> = { ...payload };
  for (const [ours, others] of Object.entries(OTHER_NAMES)) {
    if (named[ours] != null) continue;
    const other = others.find((name) => payload[name] != null);
    if (other !== undefined) named[ours] = payload[other];
  }
  return named;
}
