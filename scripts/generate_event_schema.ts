/**
 * Writes contracts/events.schema.json: the envelope from contracts/openapi.yaml, the payloads from the event rules.
 *
 * Run it after a change to either: `deno run -R=contracts -W=contracts --allow-env=LOG_TOKENS,LOG_STREAM scripts/generate_event_schema.ts`.
 *
 * @module
 */
import { parse } from "yaml";
import { EVENT_RULES, EVENT_TYPES, type EventType } from "../src/contract/event_rules.ts";
import { isJsonObject, type JsonObject } from "../src/contract/field.ts";

const OPENAPI = new URL("../contracts/openapi.yaml", import.meta.url);
const TARGET = new URL("../contracts/events.schema.json", import.meta.url);

/** The event schema as text, from the text of the OpenAPI document; throws when that lacks the envelope. */
export function eventSchemaText(openapi: string): string {
  const schemas = at(at(parse(openapi), "components"), "schemas");
  const envelope = object(inlined(schemas, at(schemas, "EventEnvelope")));
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:spec-kitty:tracker:events",
    title: "Tracker events",
    ...envelope,
    properties: { ...object(envelope["properties"]), event_type: { enum: EVENT_TYPES } },
    allOf: EVENT_TYPES.map(ruleOf),
    $defs: Object.fromEntries(EVENT_TYPES.map((type) => [type, payloadOf(type)])),
    description: "Exactly these 15 fields, with the payload that belongs to the type.",
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function ruleOf(type: EventType): JsonObject {
  const { aggregateType } = EVENT_RULES[type];
  const aggregates = new Set([aggregateType({ wp_id: "WP01" }), aggregateType({})]);
  return {
    if: { properties: { event_type: { const: type } } },
    then: {
      properties: {
        aggregate_type: { enum: [...aggregates] },
        payload: { $ref: `#/$defs/${type}` },
      },
    },
  };
}

function payloadOf(type: EventType): JsonObject {
  const fields = Object.entries(EVENT_RULES[type].fields);
  return {
    type: "object",
    required: fields.filter(([, field]) => field.required).map(([name]) => name),
    properties: Object.fromEntries(
      fields.map(([name, field]) => [name, { ...field.json, description: `Must ${field.rule}.` }]),
    ),
  };
}

/** Puts the schemas that `$ref`s name in their places, so that the file stands alone. */
function inlined(schemas: JsonObject, node: unknown): unknown {
  if (Array.isArray(node)) return node.map((item) => inlined(schemas, item));
  if (!isJsonObject(node)) return node;
  const { $ref, ...rest } = node;
  const own = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, inlined(schemas, value)]),
  );
  if (typeof $ref !== "string") return own;
  const name = $ref.slice($ref.lastIndexOf("/") + 1);
  return { ...object(inlined(schemas, at(schemas, name))), ...own };
}

function at(node: unknown, key: string): JsonObject {
  return object(object(node)[key]);
}

function object(node: unknown): JsonObject {
  if (!isJsonObject(node)) throw new Error(`Expected an object, found ${JSON.stringify(node)}`);
  return node;
}

if (import.meta.main) {
  await Deno.writeTextFile(TARGET, eventSchemaText(await Deno.readTextFile(OPENAPI)));
}
