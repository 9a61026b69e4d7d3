import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { EVENT_TYPES, isJsonObject, type JsonObject } from "../../src/contract/mod.ts";
import { eventSchemaText } from "../../scripts/generate_event_schema.ts";
import { anEvent } from "./samples.ts";

const CONTRACTS = new URL("../../contracts/", import.meta.url);
const FILE = await Deno.readTextFile(new URL("events.schema.json", CONTRACTS));

function validator(): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  const schema: unknown = JSON.parse(FILE);
  assert.ok(isJsonObject(schema));
  return ajv.compile(schema);
}

Deno.test("the event schema file is what the rules give today", async () => {
  const openapi = await Deno.readTextFile(new URL("openapi.yaml", CONTRACTS));
  assert.equal(FILE, eventSchemaText(openapi), "run scripts/generate_event_schema.ts");
});

Deno.test("the event schema stands alone and has a payload for every type", () => {
  const schema: { $defs: JsonObject; required: string[] } = JSON.parse(FILE);
  assert.deepEqual(Object.keys(schema.$defs), [...EVENT_TYPES]);
  assert.equal(schema.required.length, 15);
  assert.ok(!FILE.includes("#/components"));
});

Deno.test("the event schema takes a good event and refuses bad ones", () => {
  const fits = validator();
  assert.ok(fits(anEvent()));
  assert.ok(!fits(anEvent({ event_type: "WPRenamed" })));
  assert.ok(!fits(anEvent({ aggregate_type: "Feature" })));
  assert.ok(!fits(anEvent({ payload: { wp_id: "WP1", from_lane: "planned", to_lane: "done" } })));
  assert.ok(!fits(anEvent({ payload: { wp_id: "WP01", from_lane: "planned" } })));
  assert.ok(!fits({ ...anEvent(), extra: 1 }));
});

Deno.test("an error belongs to its work package or to the feature level", () => {
  const fits = validator();
  const payload = { error_type: "auth", error_message: "No", wp_id: null };
  for (const aggregate_type of ["WorkPackage", "Feature"] as const) {
    assert.ok(fits(anEvent({ event_type: "ErrorLogged", aggregate_type, payload })));
  }
});
